// Package limit says whether one more call is within a rate, and whether the server
// has room for one more request. Its core is pure arithmetic on the time that the
// caller passes in.
package limit

import (
	"sync"
	"time"
)

// Rate allows calls per period, evenly refilled; after a pause all of them at once.
type Rate struct {
	Calls int
	Per   time.Duration
}

// interval is the time that one call costs.
func (r Rate) interval() time.Duration { return r.Per / time.Duration(r.Calls) }

// next decides about a call at now, given the time until which earlier calls have
// used the rate up. It returns the new such time, and whether the call is allowed.
func (r Rate) next(until, now time.Time) (time.Time, bool) {
	if until.Before(now) {
		until = now
	}
	until = until.Add(r.interval())
	return until, !until.After(now.Add(r.Per))
}

// Table counts calls by key. It is bounded: when it is full, keys that have been quiet
// for longest make room. It is safe for concurrent use.
type Table struct {
	mu      sync.Mutex
	most    int
	entries map[string]time.Time
}

// NewTable returns a table for at most the given number of keys.
func NewTable(most int) *Table {
	return &Table{most: most, entries: make(map[string]time.Time)}
}

// Allow counts a call under a key and reports whether the rate allows it. A refused
// call does not count.
func (t *Table) Allow(key string, r Rate, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, known := t.entries[key]
	until, allowed := r.next(until, now)
	if !allowed {
		return false
	}
	if !known && len(t.entries) >= t.most {
		t.evict(now)
	}
	t.entries[key] = until
	return true
}

// looked is how many keys are compared to find one that may go.
const looked = 16

// evict drops a key that is not in use any more, or of a few random ones the one that
// will be free first.
func (t *Table) evict(now time.Time) {
	var victim string
	var earliest time.Time
	n := 0
	for key, until := range t.entries { // the map's order is random
		if n == 0 || until.Before(earliest) {
			victim, earliest = key, until
		}
		n++
		if n == looked || until.Before(now) {
			break
		}
	}
	delete(t.entries, victim)
}
