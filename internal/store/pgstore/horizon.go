package pgstore

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/favord/favord/internal/store/row"
)

// horizon is up to which place nothing can appear in the outbox any more. Places are given in
// order, but transactions end in any order: a reader that took what it sees would skip the
// event of a transaction that is slow to commit.
//
// A look notes the last place that was given. Every transaction that has such a place had its
// number before: AppendEvents sees to that. The number of a transaction that began after the
// note is higher than all of theirs. Once every transaction with a lower number has ended, all
// places up to the noted one are filled for good, or never will be: the note settles, and the
// next one is taken.
//
// The upper end of a snapshot would not do instead of such a number: it is one past the
// highest transaction that has *ended*, and those above it may be running and have a place.
// Nor would the number of the transaction that noted: it may be older than its note.
type horizon struct {
	// moment counts notes and servers. Transactions remember the one at which they began.
	moment atomic.Int64

	mu sync.Mutex
	// settled is the horizon, 0 while it is not known.
	settled int64
	// noted is the next horizon, taken at the moment notedAt; 0 is none. It settles when no
	// transaction below number runs any more; number is 0 until one is found.
	noted, notedAt, number int64
	// since is the moment at which the server became the one that it is.
	since int64
}

// glance is what a transaction sees of the others.
type glance struct {
	// began is the moment at which the transaction that looks began.
	began int64
	// last is the last place that was given.
	last int64
	// own is the number of the transaction that looks, oldest that of the oldest one that runs,
	// seen after last.
	own, oldest int64
}

// look takes what a transaction sees, and returns the horizon.
func (h *horizon) look(g glance) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g.began < h.since {
		return 0 // it looks at a server that may have been replaced
	}
	if h.noted != 0 && h.number == 0 && g.began >= h.notedAt {
		h.number = g.own
	}
	if h.number != 0 && g.oldest >= h.number {
		h.settled, h.noted, h.number = h.noted, 0, 0
	}
	if h.noted == 0 && g.last > h.settled {
		h.noted, h.notedAt = g.last, h.moment.Add(1)
	}
	return h.settled
}

// forget begins anew: on another server the numbers may mean something else.
func (h *horizon) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settled, h.noted, h.number = 0, 0, 0
	h.since = h.moment.Add(1)
}

// horizon returns the place up to which the outbox is settled, 0 while it is not known. The
// two statements have a snapshot of their own each, the second one a later one.
func (t *tx) horizon(ctx context.Context) (int64, error) {
	g := glance{began: t.began}
	t.queue(`select coalesce(pg_sequence_last_value('outbox_id_seq'), 0)`, nil,
		func(scan row.Scan) error { return scan(&g.last) })
	t.queue(`
		select pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint`, nil,
		func(scan row.Scan) error { return scan(&g.own, &g.oldest) })
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	return t.store.horizon.look(g), nil
}
