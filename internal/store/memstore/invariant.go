package memstore

import (
	"context"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/store"
)

// Check implements store.Checker. It is the plain reading of the invariants that the
// other engines express in SQL.
func (s *Store) Check(ctx context.Context) ([]store.Invariant, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	d := &s.data
	issued, days, held := map[coupon.StockKey]int64{}, map[coupon.StockKey]int64{}, map[coupon.StockKey]int64{}
	for key := range d.coupons {
		issued[key.Stock]++
	}
	for key, n := range d.days {
		days[key.stock] += n
	}
	for key, n := range d.held {
		held[key.Stock] += n
	}
	count := store.Invariant{Name: store.InvariantIssued}
	most := store.Invariant{Name: store.InvariantMaximum}
	daily := store.Invariant{Name: store.InvariantDays}
	holders := store.Invariant{Name: store.InvariantHeld}
	for key, stock := range d.stocks {
		c := d.counters[key]
		note(&count, c.Issued == issued[key])
		note(&most, issued[key] <= stock.Limits.MaxCoupons)
		note(&daily, c.Issued == days[key])
		note(&holders, c.Issued == held[key])
	}
	return append([]store.Invariant{count, most, daily, holders}, d.checkNotices()...), nil
}

// checkNotices proves what must be true of callbacks and deliveries.
func (d *data) checkNotices() []store.Invariant {
	feeds := store.Invariant{Name: store.InvariantFeeds}
	notices := store.Invariant{Name: store.InvariantNotices}
	attempts := store.Invariant{Name: store.InvariantAttempts}
	for key, f := range d.feeds {
		var passed, kept int64
		for i, e := range d.events {
			if place := int64(i) + 1; e.Owner == key.Owner && place > f.Since && place <= f.Position {
				passed++
			}
		}
		for _, delivery := range d.deliveries {
			if delivery.Owner == key.Owner && delivery.Product == key.Product && (delivery.State == store.Pending) == delivery.Ended.IsZero() {
				kept++
			}
		}
		note(&feeds, f.Passed == passed)
		note(&notices, f.Taken == f.Removed+kept)
	}
	for key, list := range d.attempts {
		delivery, found := d.deliveries[key]
		for _, a := range list {
			note(&attempts, found && a.Number >= 1 && a.Number <= delivery.Claim)
		}
	}
	return []store.Invariant{feeds, notices, attempts}
}

// note counts one row that was looked at.
func note(i *store.Invariant, holds bool) { //nolint:revive // it is a finding, not a flag
	i.Rows++
	if !holds {
		i.Broken++
	}
}
