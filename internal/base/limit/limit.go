// Package limit says whether one more call is within a rate, and whether the server
// has room for one more request. Its core is pure arithmetic on the time that the
// caller passes in.
package limit

import (
	"sync"
	"time"

	"github.com/favord/favord/internal/base/planted"
)

// Rate allows calls per period: no span of that length, wherever it begins, sees more.
type Rate struct {
	Calls int
	Per   time.Duration
}

// window remembers the last calls of one key, at most as many as the rate allows.
type window struct {
	// at is a ring: once full, the oldest call is at next.
	at   []int64
	next int
}

// allow counts a call at now and reports whether the rate allows it. A refused call does
// not count.
func (w *window) allow(r Rate, now int64) bool {
	if len(w.at) < r.Calls {
		w.at = append(w.at, now)
		return true
	}
	if now-w.at[w.next] < int64(r.Per) && !planted.RateIgnored.In() {
		return false
	}
	w.at[w.next] = now
	w.next = (w.next + 1) % r.Calls
	return true
}

// last is when the newest call was.
func (w *window) last() int64 { return w.at[(w.next+len(w.at)-1)%len(w.at)] }

// Table counts calls by key. It is bounded: when it is full, keys that have been quiet
// for longest make room. It is safe for concurrent use.
type Table struct {
	mu      sync.Mutex
	most    int
	windows map[string]*window
}

// NewTable returns a table for at most the given number of keys.
func NewTable(most int) *Table {
	return &Table{most: most, windows: make(map[string]*window)}
}

// Allow counts a call under a key and reports whether the rate allows it. A refused
// call does not count.
func (t *Table) Allow(key string, r Rate, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.windows[key]
	if w == nil {
		if len(t.windows) >= t.most {
			t.evict()
		}
		w = &window{}
		t.windows[key] = w
	}
	return w.allow(r, now.UnixNano())
}

// Wait returns how long it takes until the rate allows a call under a key: 0 when it does
// now. It counts nothing.
func (t *Table) Wait(key string, r Rate, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.windows[key]
	if w == nil || len(w.at) < r.Calls {
		return 0
	}
	return max(0, time.Duration(w.at[w.next]+int64(r.Per)-now.UnixNano()))
}

// looked is how many keys are compared to find one that may go.
const looked = 16

// evict drops the one of a few random keys that has been quiet for longest.
func (t *Table) evict() {
	var victim string
	var oldest int64
	n := 0
	for key, w := range t.windows { // the map's order is random
		if last := w.last(); n == 0 || last < oldest {
			victim, oldest = key, last
		}
		n++
		if n == looked {
			break
		}
	}
	delete(t.windows, victim)
}
