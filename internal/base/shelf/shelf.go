// Package shelf remembers values that are costly to load and seldom change: for a while,
// up to a number, and not beyond the word that they have changed.
package shelf

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/turns"
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
	loading map[K]*load[V]
	// changes counts drops: a value that was loaded before one may be out of date,
	// and is not kept.
	changes uint64
}

type entry[V any] struct {
	value V
	until time.Time
}

// load is a value that is being loaded. It is set before done is closed; without one the load failed.
type load[V any] struct {
	done    chan struct{}
	changes uint64
	value   *V
}

// New returns an empty shelf for up to most values, each good for a while. The clock is the
// machine's.
func New[K comparable, V any](c clock.Clock, most int, good time.Duration) *Shelf[K, V] {
	return &Shelf[K, V]{clock: c, most: most, good: good, entries: map[K]entry[V]{}, loading: map[K]*load[V]{}}
}

// Get returns the value of a key, from memory or by loading it. Whoever asks for a value that is
// being loaded waits for it, until ctx ends; what a failure means, each finds out.
func (s *Shelf[K, V]) Get(ctx context.Context, key K, fetch func(context.Context) (V, error)) (V, error) {
	now := s.clock.Now()
	if found, known := s.look(key, now); known {
		return found, nil
	}
	return s.join(ctx, key, now, fetch)
}

// Look returns the value of a key if it is kept and good.
func (s *Shelf[K, V]) Look(key K) (found V, known bool) { return s.look(key, s.clock.Now()) }

func (s *Shelf[K, V]) look(key K, now time.Time) (found V, known bool) {
	s.mu.RLock()
	e, known := s.entries[key]
	s.mu.RUnlock()
	if known && now.Before(e.until) {
		s.hits.Add(1)
		return e.value, true
	}
	s.misses.Add(1)
	return found, false
}

// Renew loads the value of a key anew, whatever is kept. Who gets it meanwhile does not wait while the
// former one is good.
func (s *Shelf[K, V]) Renew(ctx context.Context, key K, fetch func(context.Context) (V, error)) (V, error) {
	return s.join(ctx, key, s.clock.Now(), fetch)
}

// join loads a value, or waits for whoever does.
func (s *Shelf[K, V]) join(ctx context.Context, key K, now time.Time, fetch func(context.Context) (V, error)) (V, error) {
	l, first := s.begin(key)
	if first {
		return s.load(ctx, key, l, now.Add(s.good), fetch)
	}
	if err := l.wait(ctx); err != nil {
		var none V
		return none, err
	}
	if l.value == nil {
		return fetch(ctx)
	}
	return *l.value, nil
}

// wait ends with the load, or with ctx.
func (l *load[V]) wait(ctx context.Context) error {
	if turn := turns.Of(ctx); turn != nil {
		for !l.isOver() {
			turn()
		}
	}
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *load[V]) isOver() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// begin returns the load of a key that is going on, or a new one. One that began before a change is
// for those who waited by then.
func (s *Shelf[K, V]) begin(key K) (l *load[V], first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l = s.loading[key]; l != nil && l.changes == s.changes {
		return l, false
	}
	l = &load[V]{done: make(chan struct{}), changes: s.changes}
	s.loading[key] = l
	return l, true
}

// load fetches a value, keeps it and lets those who wait have it.
func (s *Shelf[K, V]) load(ctx context.Context, key K, l *load[V], until time.Time, fetch func(context.Context) (V, error)) (V, error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.loading[key] == l {
			delete(s.loading, key)
		}
		close(l.done)
	}()
	value, err := fetch(ctx)
	if err == nil {
		l.value = &value
		s.keep(key, entry[V]{value: value, until: until}, l.changes)
	}
	return value, err
}

// keep remembers a value, unless something changed since it was asked for.
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
