package favordtest

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Fault lets something go wrong from now on and returns a function that ends it.
func (s *Sandbox) Fault(req manage.AddFaultRequest) (end func()) {
	s.t.Helper()
	added := managed(s, func(ctx context.Context) (*manage.Fault, error) { return s.manage.AddFault(ctx, &req) })
	return func() {
		s.t.Helper()
		managed(s, func(ctx context.Context) (*manage.ClearedFaults, error) {
			return s.manage.RemoveFault(ctx, &manage.RemoveFaultRequest{ID: added.ID})
		})
	}
}

// FailNext has the next call of an operation, such as busifavor.coupons.use, answer with a
// documented error, without doing anything.
func (s *Sandbox) FailNext(operation string, status int, code string) {
	s.t.Helper()
	once := int64(1)
	s.Fault(manage.AddFaultRequest{Kind: "ERROR", Operation: operation, Status: int64(status), Code: code, Count: &once})
}
