// Package clock is the only place that reads the time. The product has two
// clocks: business time decides validity, days and budgets; signature time
// decides headers, certificates and everything that other machines compare with
// their own clock, and is always the real time.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time. Implementations are safe for concurrent use.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now implements [Clock].
func (System) Now() time.Time { return time.Now() }

// Business tells business time: that of the merchant that created the stock in
// question, since a sandbox may move the time of one merchant alone. Its smallest step
// is one second: the wire carries no fractions, and a coupon that expires at 23:59:59 is
// good until the last of that second. Implementations are safe for concurrent use.
type Business interface {
	For(owner string) Clock
}

// Same is the business time of all merchants alike.
type Same struct {
	// Source is the clock behind it.
	Source Clock
}

// For implements [Business].
func (s Same) For(string) Clock { return wholeSeconds(s) }

// wholeSeconds is a clock without fractions.
type wholeSeconds struct{ Source Clock }

// Now implements [Clock].
func (w wholeSeconds) Now() time.Time { return w.Source.Now().Truncate(time.Second) }

// Fixed is a clock that stands still, for tests and simulations.
type Fixed time.Time

// Now implements [Clock].
func (f Fixed) Now() time.Time { return time.Time(f) }

// Manual is a clock that stands still until it is moved. Use NewManual.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a clock that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t} }

// Now implements [Clock].
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set moves the clock to t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}
