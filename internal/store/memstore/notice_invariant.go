package memstore

import (
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/store"
)

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
		for _, one := range d.deliveries {
			if one.Owner == key.Owner && one.Product == key.Product && (one.State == delivery.Pending) == one.Ended.IsZero() {
				kept++
			}
		}
		note(&feeds, f.Passed == passed)
		note(&notices, f.Taken == f.Removed+kept)
	}
	for key, list := range d.attempts {
		notice, found := d.deliveries[key]
		for _, a := range list {
			note(&attempts, found && a.Number >= 1 && a.Number <= notice.Claim)
		}
	}
	return []store.Invariant{feeds, notices, attempts}
}
