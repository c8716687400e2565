package serve

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Endpoint is an operation with the code that serves it, an H.
type Endpoint[H any] struct {
	Operation *wire.Operation
	Handler   H
}

// Handlers joins the tables of an edge's subjects, which map the ids of operations to the code
// that serves them. It fails when two subjects serve one operation.
func Handlers[H any](subjects ...map[string]H) (map[string]H, error) {
	all := map[string]H{}
	for _, subject := range subjects {
		for id, h := range subject {
			if _, twice := all[id]; twice {
				return nil, fmt.Errorf("serve: operation %s has two handlers", id)
			}
			all[id] = h
		}
	}
	return all, nil
}

// Routes leads requests for the operations to their handlers. It fails when an operation has
// no handler or no policy, and when a handler has no operation: what is not declared is not
// served.
func Routes[H any](operations []wire.Operation, handlers map[string]H) (*Router[*Endpoint[H]], error) {
	router := NewRouter[*Endpoint[H]]()
	for i := range operations {
		op := &operations[i]
		h, known := handlers[op.ID]
		if !known || op.Auth == 0 {
			return nil, fmt.Errorf("serve: operation %s has no handler or no policy", op.ID)
		}
		router.Add(op, &Endpoint[H]{Operation: op, Handler: h})
	}
	if len(operations) != len(handlers) {
		return nil, fmt.Errorf("serve: %d handlers for %d operations", len(handlers), len(operations))
	}
	return router, nil
}

// Request is what a request to an operation brings.
type Request struct {
	// Target is path and query as they were sent, Path has the decoded parameters of the path.
	Target string
	Path   map[string]string
	// Header is nil where no operation reads headers.
	Header http.Header
	// Body is the body as it was received; Form is the same split, if the operation takes a
	// form.
	Body []byte
	Form *Form
}

// Bind decodes a request and checks it against its declaration. Its error is a
// [schema.Violation].
func Bind[T any](op *wire.Operation, r *Request) (*T, error) {
	in, v := Decode(op, r.Target, r.Path, r.Body)
	in.Header = r.Header
	if v == nil && r.Form != nil {
		in.Body, v = r.Form.Body(op)
	}
	if v != nil {
		return nil, v
	}
	return BindInput[T](op.Request, in)
}

// BindInput checks what was decoded against a declaration. Its error is a [schema.Violation].
func BindInput[T any](declared *schema.Object, in schema.Input) (*T, error) {
	req := new(T)
	if v := declared.Bind(in, req); v != nil {
		return nil, v
	}
	return req, nil
}

// Recover turns a panic into a failure of the system, which fail answers, and logs where it
// came from. Defer it.
func Recover(log *slog.Logger, fail func(error)) {
	if p := recover(); p != nil { //nolint:revive // Recover itself is deferred
		log.Error("panic", "value", p, "stack", string(debug.Stack()))
		fail(fmt.Errorf("panic: %v", p))
	}
}
