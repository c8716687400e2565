package httpapi

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/limit"
)

// HoldTime is how long a call waits before it is told that there is no room for it. Clients ask
// again as soon as they are refused: under overload that would cost as much as the calls that are
// served.
const HoldTime = time.Second

// maxHeldBody is the longest body that a call may have that is held: it has to be read before, as
// else nobody would notice that the client has left.
const maxHeldBody = 8 << 10

// hold keeps a call for which there is no room, and reports whether it is to be looked at again.
// What cannot be held is refused at once: calls beyond the bounds, also those of its source, and
// all of them once the server is leaving.
func (s *Server) hold(ctx context.Context, c *call) bool {
	if s.Held == nil || c.held || c.acting != nil || !c.isShort() {
		return false
	}
	from := limit.Caller{Source: c.source}
	if s.Held.Enter(ctx, from) != nil {
		return false
	}
	defer s.Held.Leave(from)
	if s.readUpTo(c, maxHeldBody) != nil {
		return false
	}
	c.held = true
	timer := time.NewTimer(HoldTime)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.Leaving:
	case <-ctx.Done():
	}
	return false
}

// isShort reports whether a body is so short that it may be read before the caller is known.
func (c *call) isShort() bool {
	return c.request.ContentLength >= 0 && c.request.ContentLength <= maxHeldBody && !c.endpoint.Operation.Request.HasFile()
}
