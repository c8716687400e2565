package httpapi

import (
	"context"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/wire"
)

// receive finds out who calls, and reads the body.
func (s *Server) receive(ctx context.Context, c *call) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.identify(ctx, c); err != nil {
		return err
	}
	return s.readBody(ctx, c)
}

// party is whom the room that a call takes up counts for.
func (c *call) party() limit.Caller {
	return limit.Caller{Source: c.source, Merchant: c.authorization.Identity}
}

// withinRate counts a call against the documented rate of its operation.
func (s *Server) withinRate(c *call) bool {
	op := c.endpoint.Operation
	if op.Rate.Calls == 0 || s.Unlimited {
		return true
	}
	key := op.ID
	if op.Rate.Scope == wire.PerMerchant {
		key += " " + c.authorization.Identity
	}
	return s.rates.Allow(key, limit.Rate{Calls: op.Rate.Calls, Per: op.Rate.Per}, c.now)
}
