package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/store"
)

// count counts a commit with the jobs that it made durable.
func (s *Store) count(jobs []*job, outcomes []error) {
	s.committed.Add(1)
	for i, j := range jobs {
		if outcomes[i] == nil && j.panicked == nil {
			s.changes.Add(1)
		}
	}
}

// Lane is where transactions wait for the writer.
func (s *Store) Lane() lane.Watched { return s.commits }

// Figures implements store.Store. Connections are the readers.
func (s *Store) Figures(ctx context.Context) (store.Figures, error) {
	f := store.Figures{
		Commits: s.committed.Load(), Changes: s.changes.Load(),
		Connections: store.Connections{Open: s.readers.size, Busy: s.readers.size - len(s.readers.free), Most: s.readers.size},
	}
	err := s.Read(ctx, func(t store.ReadTx) error { return t.(*tx).figures(ctx, &f) }) //nolint:forcetypeassert // Read gives its own kind
	return f, err
}

func (t *tx) figures(ctx context.Context, f *store.Figures) error {
	d, oldest := &f.Deliveries, int64(0)
	for _, one := range []struct {
		query string
		args  []any
		into  []any
	}{
		{`select page_count * page_size from pragma_page_count(), pragma_page_size()`, nil, []any{&f.Bytes}},
		{`select count(*) from (select 1 from delivery limit ?)`, []any{store.MaxCounted}, []any{&d.Kept}},
		{`select count(*) from (select 1 from delivery where state = 'DEAD' limit ?)`, []any{store.MaxCounted}, []any{&d.Dead}},
		{`
		select count(*), coalesce(min(iif(due_ms = 0, at * 1000, due_ms)), 0)
		from (
			select due_ms, at
			from delivery
			where state = 'PENDING'
			limit ?)`, []any{store.MaxCounted}, []any{&d.Pending, &oldest}},
	} {
		if err := t.row(ctx, one.query, one.args, one.into); err != nil {
			return err
		}
	}
	if d.Pending > 0 {
		d.OldestDue = store.TimeOfMillis(oldest)
	}
	return nil
}
