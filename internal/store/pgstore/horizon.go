package pgstore

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
)

// horizon is up to which place nothing can appear in the outbox any more. Places are given in
// order, but transactions end in any: a reader that went by what it sees would skip the event
// of a transaction that is slow to commit.
//
// Whoever looks notes the last place that was given, and then the number that the next
// transaction will get. Whoever has such a place has a lower number: so says AppendEvents.
// Once all transactions with lower numbers have ended, all places up to the noted one are
// filled for good, or never will be. The next note is taken then; each settles as soon as the
// transactions of its moment have ended.
type horizon struct {
	mu sync.Mutex
	// settled is the horizon, 0 while it is not known.
	settled int64
	// noted is the next one, when no transaction below number runs any more; 0 is none.
	noted, number int64
}

// look takes what a transaction sees: the last place and, read after it, the numbers of the
// oldest transaction that runs and of the next one.
func (h *horizon) look(last, oldest, next int64) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.noted != 0 && oldest >= h.number {
		h.settled, h.noted = max(h.settled, h.noted), 0
	}
	if h.noted == 0 && last > h.settled {
		h.noted, h.number = last, next
	}
	return h.settled
}

// forget begins anew: on another server the numbers may mean something else.
func (h *horizon) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settled, h.noted, h.number = 0, 0, 0
}

// horizon returns the place up to which the outbox is settled, 0 while it is not known. The
// two statements have a snapshot of their own each, the second one a later one.
func (t *tx) horizon(ctx context.Context) (int64, error) {
	var last, oldest, next int64
	t.queue(`select coalesce(pg_sequence_last_value('outbox_id_seq'), 0)`, nil,
		func(rows pgx.Rows) error { return rows.Scan(&last) })
	t.queue(`
		select pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint
		from pg_current_snapshot() s`, nil,
		func(rows pgx.Rows) error { return rows.Scan(&oldest, &next) })
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	return t.store.horizon.look(last, oldest, next), nil
}
