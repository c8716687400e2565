package console

import (
	"net/http"
	"slices"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// absence stands in for an operation that only a sandbox has.
type absence struct{}

// errOnlySandbox says why a production server has no such operation.
var errOnlySandbox = fault.New(fault.NotFound,
	"只有沙箱才有这个接口，本服务是生产环境",
	"Only a sandbox has this operation, and this is a production server.")

// operations are those that this server has.
func (s *Server) operations() []wire.Operation {
	all := manage.Operations()
	if s.Sandbox {
		return all
	}
	return slices.DeleteFunc(all, isOnlySandbox)
}

func isOnlySandbox(op wire.Operation) bool { return op.Auth == wire.ByOperatorInSandbox }

// leaveOut takes the handlers away that only a sandbox has, and notes where they would be.
func (s *Server) leaveOut(handlers map[string]handler) {
	for _, op := range append(manage.Operations(), manage.Events()) {
		if isOnlySandbox(op) {
			delete(handlers, op.ID)
			s.absent.Add(&op, absence{})
		}
	}
}

// isAbsent reports whether a sandbox would have something at a path.
func (s *Server) isAbsent(method, path string) bool {
	_, status := s.absent.Find(method, path)
	return status != http.StatusNotFound
}
