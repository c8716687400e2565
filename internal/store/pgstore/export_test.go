package pgstore

import "github.com/jackc/pgx/v5/pgxpool"

// Pool is the connections of a store, for tests that look at them.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Settle tells the store that the outbox is settled up to a place. What really is depends on
// every transaction of the cluster, other tests' too.
func (s *Store) Settle(place int64) {
	s.horizon.mu.Lock()
	defer s.horizon.mu.Unlock()
	s.horizon.settled = place
}

// Replace has the store forget its server, as after a connection broke.
func (s *Store) Replace() { s.reset() }
