package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/inbound"
	"github.com/favord/favord/internal/picture"
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
	op := c.endpoint.operation
	if op.MaxBody > MaxBody {
		if err := s.uploads.Enter(ctx); err != nil {
			c.unread = true
			return errors.Join(errTooFast, err)
		}
		c.uploading = true
	}
	if err := c.readUpTo(max(op.MaxBody, MaxBody)); err != nil {
		return err
	}
	if op.Request.HasFile() {
		c.form = inbound.ParseForm(c.request.Header.Get("Content-Type"), c.body)
		if s.Journal == nil {
			c.body = nil // the form has its own
		}
	}
	return nil
}

func (c *call) readUpTo(most int64) error {
	size := c.request.ContentLength
	if size > most {
		return c.tooLarge()
	}
	var body bytes.Buffer
	if c.uploading && size > 0 { // there is room for what it says
		body.Grow(int(size) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(io.LimitReader(c.request.Body, most+1)); err != nil {
		return errors.Join(errUnreadable, err)
	}
	if int64(body.Len()) > most {
		return c.tooLarge()
	}
	c.body = body.Bytes()
	return nil
}

// tooLarge is the refusal of a body that is left on the wire.
func (c *call) tooLarge() error {
	c.unread = true
	if c.endpoint.operation.Request.HasFile() {
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
