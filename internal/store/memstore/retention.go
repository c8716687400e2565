package memstore

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

func (t *tx) OldRows(_ context.Context, kind keep.Kind, before time.Time) (old store.Old, err error) {
	note := func(ended time.Time) {
		if old.Rows++; old.Rows == 1 || ended.Before(old.First) {
			old.First = ended
		}
	}
	switch kind {
	case keep.Deliveries:
		for _, d := range t.data.deliveries {
			if d.State != delivery.Pending && store.Millis(d.Ended) < store.Millis(before) {
				note(d.Ended)
			}
		}
	case keep.Nonces:
		for _, r := range t.data.requests {
			if isOldNonce(&r, before) {
				note(store.TimeOf(store.Seconds(r.At)))
			}
		}
	case keep.Sessions:
		noteEnded(t.data.credentials, before, note, func(c *operator.Credential) time.Time { return c.Expires })
	case keep.Drafts:
		noteEnded(t.data.drafts, before, note, func(d *draft.Draft) time.Time { return d.Updated })
	case keep.Imports:
		noteEnded(t.data.imports, before, note, func(i *codefile.Import) time.Time { return i.Updated })
	case keep.Journal:
	}
	return old, nil
}

// noteEnded notes when each of the rows ended that ended before a time.
func noteEnded[K comparable, V any](rows map[K]V, before time.Time, note func(ended time.Time), ended func(*V) time.Time) {
	for _, v := range rows {
		if at := ended(&v); endedBefore(at, before) {
			note(at)
		}
	}
}

// endedBefore compares as times are stored.
func endedBefore(ended, before time.Time) bool { return store.Seconds(ended) < store.Seconds(before) }

func isOldNonce(r *store.Request, before time.Time) bool {
	return r.Operation == store.OpSignedCall && endedBefore(r.At, before)
}

func (t *tx) NonceOwners(_ context.Context, before time.Time, limit int64) ([]merchant.ID, error) {
	owners := map[merchant.ID]bool{}
	for _, r := range t.data.requests {
		if limit > 0 && isOldNonce(&r, before) {
			owners[r.Owner] = true
			limit--
		}
	}
	return slices.Sorted(maps.Keys(owners)), nil
}

func (t *tx) DropNonces(_ context.Context, owner merchant.ID, e store.Ended) (n int64, err error) {
	for key, r := range t.data.requests {
		if n < e.Limit && key.Owner == owner && isOldNonce(&r, e.Before) {
			drop(t, t.data.requests, key)
			n++
		}
	}
	return n, nil
}

func (t *tx) DropExpired(_ context.Context, e store.Ended) (int64, error) {
	var over []operator.Credential
	for _, c := range t.data.credentials {
		if endedBefore(c.Expires, e.Before) {
			over = append(over, c)
		}
	}
	slices.SortFunc(over, func(a, b operator.Credential) int { return a.Expires.Compare(b.Expires) })
	over = over[:min(e.Limit, int64(len(over)))]
	for i := range over {
		drop(t, t.data.credentials, over[i].Digest)
	}
	return int64(len(over)), nil
}

func (t *tx) DropFailures(_ context.Context, e store.Ended) (int64, error) {
	var old []operator.Failures
	for _, f := range t.data.failures {
		if endedBefore(f.Last, e.Before) {
			old = append(old, f)
		}
	}
	slices.SortFunc(old, func(a, b operator.Failures) int { return a.Last.Compare(b.Last) })
	old = old[:min(e.Limit, int64(len(old)))]
	for i := range old {
		drop(t, t.data.failures, old[i].Subject)
	}
	return int64(len(old)), nil
}
