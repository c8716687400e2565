package notify

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

const (
	// sweepEvery is how often some callbacks are swept, sweepCallbacks how many at once:
	// each is visited in a while, and none of the visits takes long.
	sweepEvery     = time.Second
	sweepCallbacks = 20
	// sweepRows is how many deliveries of a callback are given up in one visit.
	sweepRows = 1000
)

// sweep gives up deliveries whose time is over, of a few callbacks each time. Package retention
// removes them.
func (s *Service) sweep(ctx context.Context) error {
	now := s.config.Clock.Now()
	if now.Sub(s.swept) < sweepEvery && !now.Before(s.swept) {
		return nil
	}
	s.swept = now
	s.forgetLines()
	var page []merchant.Callback
	if err := s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
		page, err = tx.Callbacks(ctx, s.sweptUpTo, sweepCallbacks)
		return err
	}); err != nil {
		return err
	}
	s.sweptUpTo = merchant.CallbackKey{}
	if len(page) == sweepCallbacks {
		s.sweptUpTo = page[len(page)-1].CallbackKey
	}
	if len(page) == 0 {
		return nil
	}
	return s.config.Store.Write(ctx, func(tx store.Tx) error { return s.clean(ctx, tx, page, now) })
}

func (s *Service) clean(ctx context.Context, tx store.Tx, page []merchant.Callback, now time.Time) error {
	for i := range page {
		if _, err := tx.ExpireDeliveries(ctx, store.Expiry{
			CallbackKey: page[i].CallbackKey, StartedBefore: now.Add(-lifetime()), Now: now, Limit: sweepRows,
		}); err != nil {
			return err
		}
	}
	return nil
}

// forgetLines bounds what is remembered of receivers.
func (s *Service) forgetLines() {
	if len(s.lines) < maxLines {
		return
	}
	for key, l := range s.lines {
		if l.forgettable() {
			delete(s.lines, key)
		}
	}
}
