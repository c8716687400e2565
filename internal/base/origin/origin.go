// Package origin carries through a context which call a change came from.
package origin

import "context"

// requestKey is the key of the request's id in a context.
type requestKey struct{}

// With returns a context of a call with a Request-ID.
func With(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, requestKey{}, requestID)
}

// Request returns the Request-ID of the call that a context belongs to; empty where there is
// none, or where one stands for many calls.
func Request(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// Shared returns a context for work that many calls share: it is none's.
func Shared(ctx context.Context) context.Context {
	if Request(ctx) == "" {
		return ctx
	}
	return With(ctx, "")
}
