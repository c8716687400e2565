package pgstore

import (
	"context"

	"github.com/favord/favord/internal/store"
)

// Figures implements store.Store.
func (s *Store) Figures(ctx context.Context) (store.Figures, error) {
	pool := s.pool.Stat()
	commits := s.commits.Load()
	f := store.Figures{
		Commits: commits, Changes: commits,
		Connections: store.Connections{Open: int(pool.TotalConns()), Busy: int(pool.AcquiredConns()), Most: int(pool.MaxConns())},
	}
	err := s.Read(ctx, func(t store.ReadTx) error { return t.(*tx).figures(ctx, &f) }) //nolint:forcetypeassert // Read gives its own kind
	return f, err
}

func (t *tx) figures(ctx context.Context, f *store.Figures) error {
	d, oldest := &f.Deliveries, int64(0)
	err := t.row(ctx, `
		select pg_database_size(current_database()),
			(select count(*) from (select from delivery limit $1) kept),
			(select count(*) from (select from delivery where state = 'DEAD' limit $1) dead),
			pending.n, pending.oldest
		from (
			select count(*) n, coalesce(min(coalesce(nullif(due_ms, 0), at * 1000)), 0) oldest
			from (
				select due_ms, at
				from delivery
				where state = 'PENDING'
				limit $1) due) pending`,
		[]any{int64(store.MaxCounted)}, []any{&f.Bytes, &d.Kept, &d.Dead, &d.Pending, &oldest})
	if err == nil && d.Pending > 0 {
		d.OldestDue = store.TimeOfMillis(oldest)
	}
	return err
}
