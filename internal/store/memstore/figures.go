package memstore

import (
	"context"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/store"
)

// Figures implements store.Store. There is no database to have a size, and no connection.
func (s *Store) Figures(ctx context.Context) (store.Figures, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return store.Figures{}, err
	}
	f := store.Figures{Commits: s.commits, Changes: s.commits}
	for _, d := range s.data.deliveries {
		f.Deliveries.Kept++
		switch d.State {
		case delivery.Dead:
			f.Deliveries.Dead++
		case delivery.Pending:
			f.Deliveries.Pending++
			if oldest := f.Deliveries.OldestDue; oldest.IsZero() || d.Due.Before(oldest) {
				f.Deliveries.OldestDue = d.Due
			}
		case delivery.Delivered:
		}
	}
	return f, nil
}
