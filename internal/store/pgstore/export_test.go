package pgstore

import "github.com/jackc/pgx/v5/pgxpool"

// Pool is the connections of a store, for tests that look at them.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }
