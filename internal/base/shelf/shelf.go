// Package shelf remembers values that are costly to load and seldom change: for a while,
// up to a number, and not beyond the word that they have changed.
package shelf

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/base/clock"
)

// Shelf holds values of one kind. Failures are not remembered. It is safe for concurrent
// use; use New.
type Shelf[K comparable, V any] struct {
	clock clock.Clock
	most  int
	good  time.Duration

	hits, misses atomic.Int64

	mu      sync.RWMutex
	entries map[K]entry[V]
	// changes counts drops: a value that was loaded before one may be out of date,
	// and is not kept.
	changes uint64
}

type entry[V any] struct {
	value V
	until time.Time
}

// New returns an empty shelf for up to most values, each good for a while. The clock is the
// machine's.
func New[K comparable, V any](c clock.Clock, most int, good time.Duration) *Shelf[K, V] {
	return &Shelf[K, V]{clock: c, most: most, good: good, entries: map[K]entry[V]{}}
}

// Get returns the value of a key, from memory or by loading it.
func (s *Shelf[K, V]) Get(key K, load func() (V, error)) (V, error) {
	now := s.clock.Now()
	s.mu.RLock()
	found, known := s.entries[key]
	changes := s.changes
	s.mu.RUnlock()
	if known && now.Before(found.until) {
		s.hits.Add(1)
		return found.value, nil
	}
	s.misses.Add(1)
	value, err := load()
	if err == nil {
		s.keep(key, entry[V]{value: value, until: now.Add(s.good)}, changes)
	}
	return value, err
}

func (s *Shelf[K, V]) keep(key K, e entry[V], changes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes != changes {
		return
	}
	for other := range s.entries { // any one will do: the map's order is random
		if len(s.entries) < s.most {
			break
		}
		delete(s.entries, other)
	}
	s.entries[key] = e
}

// Drop forgets the values that are stale, also those that are being loaded now.
func (s *Shelf[K, V]) Drop(stale func(*V) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	for key, e := range s.entries {
		if stale(&e.value) {
			delete(s.entries, key)
		}
	}
}

// Stats tell how much a shelf helps.
type Stats struct {
	// Hits and Misses count the values that were there, and those that were not.
	Hits, Misses int64
	// Entries are there now.
	Entries int
}

// Stats tells how much the shelf has helped.
func (s *Shelf[K, V]) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return Stats{Hits: s.hits.Load(), Misses: s.misses.Load(), Entries: len(s.entries)}
}
