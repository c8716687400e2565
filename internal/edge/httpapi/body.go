package httpapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/picture"
)

// Refusals of a body that cannot be read.
var (
	errTooLarge = fault.New(fault.TooLarge,
		fmt.Sprintf("请求包体超过%d字节", MaxBody),
		fmt.Sprintf("The body has more than %d bytes.", MaxBody))
	errUnreadable = fault.New(fault.Refused,
		"请求包体读取失败",
		"The body ended early, came too slowly or was malformed.")
)

// readBody reads the body, up to its bound. One that is larger than that of a JSON call
// first waits for room: many of them would fill the memory before any signature is verified.
func (s *Server) readBody(ctx context.Context, c *call) error {
	op := c.endpoint.Operation
	if op.MaxBody > MaxBody {
		if err := s.uploads.Enter(ctx, c.party()); err != nil {
			c.unread = true
			return errors.Join(errTooFast, err)
		}
		c.uploading = true
	}
	if err := s.readUpTo(c, max(op.MaxBody, MaxBody)); err != nil {
		return err
	}
	if op.Request.HasFile() {
		c.form = serve.ParseForm(c.request.Header.Get("Content-Type"), c.body)
		if s.Journal == nil {
			c.body = nil // the form has its own
		}
	}
	return nil
}

// readUpTo reads the body at its pace. For an upload there is room for what it says.
func (s *Server) readUpTo(c *call, most int64) (err error) {
	if c.bodyRead {
		return nil
	}
	size := c.request.ContentLength
	if size <= most && !c.uploading {
		size = -1
	}
	c.body, err = serve.ReadBody(c.control, c.request.Body, size, most, s.BodyPace)
	switch {
	case errors.Is(err, serve.ErrLarge):
		return c.tooLarge()
	case err != nil:
		c.unread = true
		return errors.Join(errUnreadable, err)
	}
	c.bodyRead = true
	return nil
}

// tooLarge is the refusal of a body that is left on the wire.
func (c *call) tooLarge() error {
	c.unread = true
	if c.endpoint.Operation.Request.HasFile() {
		return picture.ErrSize.At("file", "")
	}
	return errTooLarge
}

// signedBody returns the part of the body that the signature covers: all of it, but for
// uploads (protocol 2.6).
func (c *call) signedBody() []byte {
	if c.form != nil {
		return c.form.Signed()
	}
	return c.body
}
