package notify

import (
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// Bounds of a line.
const (
	// firstWindow is how many attempts a receiver gets at once that nobody knows yet.
	firstWindow = 2
	// broken is after how many attempts without any answer nobody is sent there for a while,
	// pause how long; then one attempt finds out. The pause is shorter than a minute, so that
	// the schedule of a single event holds.
	broken = 5
	pause  = 30 * time.Second
)

// line is what a node knows about a callback's receiver. It is Run's own.
type line struct {
	receiver receiver
	// replaced is true once its callback has another receiver.
	replaced bool
	inFlight int
	// window is how many attempts may run at once: it grows with each success and halves
	// with each failure.
	window int
	// silent counts the attempts since the last answer.
	silent int
	// proven is true while the last attempt succeeded.
	proven bool
	// closedUntil is when the next attempt may be made after too many without answer.
	closedUntil time.Time
}

// receiver tells one receiver of a callback from the next: who sets the callback, be it to the
// same URL, has one that nobody knows yet.
type receiver struct {
	url string
	set time.Time
}

func (r receiver) is(other receiver) bool { return r.url == other.url && r.set.Equal(other.set) }

func receiverOf(c *merchant.Callback) receiver { return receiver{url: c.URL, set: c.UpdatedAt} }

func newLine(r receiver) *line { return &line{receiver: r, window: firstWindow} }

// line returns what is known about the receiver of a callback. Attempts that run against an
// earlier one count for theirs.
func (s *Service) line(c *merchant.Callback) *line {
	l, r := s.lines[c.CallbackKey], receiverOf(c)
	if l != nil && l.receiver.is(r) {
		return l
	}
	if l != nil {
		l.replaced = true
		s.countPaused(l.paused(), false)
	}
	l = newLine(r)
	s.lines[c.CallbackKey] = l
	return l
}

// learn lets a line learn from an attempt that ended.
func (s *Service) learn(l *line, r result, now time.Time) {
	before := l.paused()
	l.note(r, now, s.config.Bounds.PerEndpoint)
	if !l.replaced {
		s.countPaused(before, l.paused())
	}
}

// countPaused keeps count of the receivers that are left alone for a while.
func (s *Service) countPaused(before, after bool) {
	switch {
	case !before && after:
		s.load.paused.Add(1)
	case before && !after:
		s.load.paused.Add(-1)
	}
}

// paused reports whether nobody is sent there for a while.
func (l *line) paused() bool { return l.silent >= broken }

// room is how many more attempts may begin.
func (l *line) room(now time.Time) int {
	if l.silent < broken {
		return max(0, l.window-l.inFlight)
	}
	if now.Before(l.closedUntil) {
		return 0
	}
	return max(0, 1-l.inFlight)
}

// note learns from an attempt that ended.
func (l *line) note(r result, now time.Time, most int) {
	l.inFlight--
	l.proven = r == accepted
	if r == unanswered {
		l.silent++
	} else {
		l.silent = 0
	}
	if r == accepted {
		l.window = min(most, l.window+1)
	} else {
		l.window = max(1, l.window/2)
	}
	if l.silent >= broken {
		l.closedUntil = now.Add(pause)
	}
}

// forgettable reports whether a new line would do as well.
func (l *line) forgettable() bool { return l.inFlight == 0 && l.silent < broken }

// result is how an attempt ended.
type result int

const (
	// accepted is 200 or 204, refused any other answer, unanswered none.
	accepted result = iota
	refused
	unanswered
)

// String names the result.
func (r result) String() string {
	switch r {
	case accepted:
		return "accepted"
	case refused:
		return "refused"
	case unanswered:
		return "unanswered"
	}
	return "unknown"
}
