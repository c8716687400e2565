package server

import (
	"context"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/store"
)

// endsKept is for how long the ends of merchants' certificates are remembered: to find them
// takes a look at all.
const endsKept = 10 * time.Minute

// expiry knows when certificates end.
type expiry struct {
	store store.Store
	clock clock.Clock
	// ports are those that speak TLS, by name.
	ports map[string]*certificate

	mu     sync.Mutex
	ends   store.KeyEnds
	looked time.Time
}

// left tells by kind how long the certificate is good that ends first; it is negative when it
// has ended.
func (e *expiry) left(ctx context.Context) map[string]time.Duration {
	now := e.clock.Now()
	left := map[string]time.Duration{}
	add := func(kind string, end time.Time) {
		if !end.IsZero() {
			left[kind] = end.Sub(now)
		}
	}
	ends := e.merchants(ctx, now)
	add("platform", ends.Platform)
	add("merchant", ends.Merchant)
	for name, c := range e.ports {
		add(name, c.end())
	}
	return left
}

// merchants returns what was found lately or, failing that, before.
func (e *expiry) merchants(ctx context.Context, now time.Time) store.KeyEnds {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.looked.IsZero() && now.Sub(e.looked) < endsKept && !now.Before(e.looked) {
		return e.ends
	}
	if err := e.store.Read(ctx, func(tx store.ReadTx) error {
		ends, err := tx.KeyEnds(ctx, now)
		if err == nil {
			e.ends, e.looked = ends, now
		}
		return err
	}); err != nil {
		return e.ends
	}
	return e.ends
}
