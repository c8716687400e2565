package httpapi

import (
	"context"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/store/once"
	"github.com/favord/favord/wire/schema"
)

// boundOnce is bound for an operation whose calls go by their nonce ([wire.Operation.ByNonce]):
// the function must hand on what the signature says, so that a call that is sent again has no
// second effect.
func boundOnce[T any](fn func(ctx context.Context, c *call, signed once.Call, req *T) (any, error)) handler {
	return handler{byNonce: true, serve: func(ctx context.Context, c *call) (any, error) {
		req, err := bind[T](c)
		if err != nil {
			return nil, err
		}
		return fn(ctx, c, c.identity(), req)
	}}
}

// identity is what tells a call from all others: what its signature says, and everything that
// it asks for. What the signature does not cover belongs to that, too; whoever captured
// the call could have changed it.
func (c *call) identity() once.Call {
	a := &c.authorization
	message := apiv3.RequestMessage(apiv3.Request{Method: c.request.Method, Target: c.request.RequestURI, Body: c.signedBody()}, a.Timestamp, a.Nonce)
	return once.Call{
		By: c.caller(), Serial: apiv3.CanonicalSerial(a.Serial), Nonce: a.Nonce, At: c.now,
		Digest: once.DigestOf(append(c.unsigned(), string(message))...),
	}
}

// unsigned returns the names and values of the declared fields that the signature does not
// cover.
func (c *call) unsigned() (parts []string) {
	fields := c.endpoint.Operation.Request.Fields
	for i := range fields {
		f := &fields[i]
		if f.In == schema.InHeader {
			parts = append(parts, f.Name, strings.Join(c.request.Header.Values(f.Name), "\n"))
		}
	}
	if c.form != nil {
		parts = append(parts, c.form.Unsigned()...)
	}
	return parts
}
