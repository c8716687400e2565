package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/telemetry"
)

// enter waits for room behind the gate. Who finds no place to wait in is held once.
func (s *Server) enter(ctx context.Context, c *call) error {
	ctx, span := s.Traces.Step(ctx, "queue")
	defer span.End()
	began := s.Clock.Now()
	err := s.Gate.Enter(ctx, c.party())
	if errors.Is(err, limit.ErrFull) && s.Clock.Now().Sub(began) < HoldTime && s.hold(ctx, c) {
		err = s.Gate.Enter(ctx, c.party())
	}
	s.Metrics.Stage("queue", s.Clock.Now().Sub(began))
	return err
}

// verify checks the signature of a call.
func (s *Server) verify(ctx context.Context, c *call) error {
	_, span := s.Traces.Step(ctx, "verify")
	defer span.End()
	began := s.Clock.Now()
	err := c.verify()
	s.Metrics.Stage("verify", s.Clock.Now().Sub(began))
	return err
}

// count counts an answer.
func (s *Server) count(c *call, a *answer) {
	counted := telemetry.Call{Port: "api", Status: a.status, Code: a.code, Took: s.Clock.Now().Sub(c.now)}
	if c.endpoint != nil {
		counted.Operation = c.endpoint.Operation.ID
	}
	if c.verified {
		counted.Merchant = c.authorization.Identity
	}
	s.Metrics.Call(counted)
	if cause := causeOf(a); cause != "" {
		s.Metrics.Refused(cause)
	}
}

// trace ends the span of a call with what may be said about it.
func (s *Server) trace(c *call, a *answer) {
	name := "none"
	if c.endpoint != nil {
		name = c.endpoint.Operation.ID
	}
	c.span.Name(name)
	if c.verified {
		c.span.Note("favord.mchid", c.authorization.Identity)
	}
	c.span.Note("favord.request_id", a.id)
	c.span.Note("favord.code", a.code)
	c.span.Note("http.response.status_code", strconv.Itoa(a.status))
	if a.status >= http.StatusInternalServerError {
		c.span.Fail()
	}
	c.span.End()
}

// causeOf says why a call was refused that would have been served at another time; "" when it
// was not.
func causeOf(a *answer) string {
	switch {
	case a.status != http.StatusTooManyRequests:
		return ""
	case missed(a.err):
		return "misses"
	case errors.Is(a.err, limit.ErrFull):
		return "room"
	case errors.Is(a.err, lane.ErrFull):
		return "lane"
	case errors.Is(a.err, context.DeadlineExceeded):
		return "time"
	}
	return "rate"
}

func missed(err error) bool {
	_, is := errors.AsType[*missesError](err)
	return is
}
