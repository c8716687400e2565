package telemetry

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
)

const (
	// calmFor is for how long a cause that was told is counted only.
	calmFor = time.Minute
	// tellEvery is how often Run looks for counts that are due.
	tellEvery = 10 * time.Second
	// maxCauses is how many causes are told apart; those beyond count as one.
	maxCauses = 64
	// maxCause bounds the text that tells causes apart, in bytes.
	maxCause = 200
	// keyError is the attribute that has the error, keyMore the one that says how many lines like
	// this one were left out since the last.
	keyError = "error"
	keyMore  = "more"
)

// cause is an error that many lines may have.
type cause struct{ err error }

// LogValue implements slog.LogValuer.
func (c cause) LogValue() slog.Value { return slog.AnyValue(c.err) }

// Cause is the attribute of an error that many lines in a row may have, such as that of a database
// that is away: a [Calm] logger writes one of them a minute.
func Cause(err error) slog.Attr { return slog.Any(keyError, cause{err}) }

// Calm keeps a log short while the same thing fails again and again. Of lines with the same message
// and a [Cause] whose innermost error has the same text but for its digits, the first is written at
// once; then they are counted for a minute, and the next one, or a line of its own, has the count.
// It is safe for concurrent use; use NewCalm, Run it, and Tell in the end.
type Calm struct {
	to    slog.Handler
	clock clock.Clock

	mu     sync.Mutex
	causes map[string]*told
}

// told is a cause that was told.
type told struct {
	at    time.Time
	count int
	last  slog.Record
	to    slog.Handler
}

// NewCalm returns a Calm that writes to a log. The clock is the real time.
func NewCalm(log *slog.Logger, c clock.Clock) *Calm {
	return &Calm{to: log.Handler(), clock: c, causes: map[string]*told{}}
}

// Logger is what to log with.
func (c *Calm) Logger() *slog.Logger { return slog.New(calmHandler{c.to, c}) }

// Run tells counts that are due until ctx ends.
func (c *Calm) Run(ctx context.Context) error {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			c.tell(ctx, c.over)
		}
	}
}

// Tell writes what was counted and not told yet.
func (c *Calm) Tell(ctx context.Context) { c.tell(ctx, func(*told) bool { return true }) }

// tell writes the counts of those that are due, and forgets them.
func (c *Calm) tell(ctx context.Context, due func(*told) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, t := range c.causes {
		if !due(t) {
			continue
		}
		delete(c.causes, key)
		if t.count > 0 {
			_ = t.to.Handle(ctx, t.line(c.clock.Now())) // as slog itself ignores it
		}
	}
}

// line is the one that has a count: what differs from call to call is not in it.
func (t *told) line(now time.Time) slog.Record {
	line := slog.NewRecord(now, t.last.Level, t.last.Message, t.last.PC)
	line.AddAttrs(Cause(causeOf(t.last)), slog.Int(keyMore, t.count))
	return line
}

// over says whether a cause has been counted for long enough. A clock that was set back ends it,
// too.
func (c *Calm) over(t *told) bool {
	now := c.clock.Now()
	return now.Before(t.at) || now.Sub(t.at) >= calmFor
}

// admit says whether a line is written, and how many like it were not.
func (c *Calm) admit(r slog.Record, err error, to slog.Handler) (more int, written bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := r.Message + ": " + rootOf(err)
	t := c.causes[key]
	if t == nil && len(c.causes) >= maxCauses {
		key = ""
		t = c.causes[key]
	}
	if t != nil && !c.over(t) {
		t.count, t.last, t.to = t.count+1, r.Clone(), to
		return 0, false
	}
	if t != nil {
		more = t.count
	}
	c.causes[key] = &told{at: c.clock.Now()}
	return more, true
}

// calmHandler is a handler of a Calm.
type calmHandler struct {
	slog.Handler
	calm *Calm
}

// Handle implements slog.Handler.
func (h calmHandler) Handle(ctx context.Context, r slog.Record) error {
	err := causeOf(r)
	if err == nil {
		return h.Handler.Handle(ctx, r)
	}
	more, written := h.calm.admit(r, err, h.Handler)
	if !written {
		return nil
	}
	if more > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int(keyMore, more))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h calmHandler) WithAttrs(list []slog.Attr) slog.Handler {
	return calmHandler{h.Handler.WithAttrs(list), h.calm}
}

// WithGroup implements slog.Handler.
func (h calmHandler) WithGroup(name string) slog.Handler {
	return calmHandler{h.Handler.WithGroup(name), h.calm}
}

// causeOf is the error of a line that may come often, or nil.
func causeOf(r slog.Record) (err error) {
	r.Attrs(func(a slog.Attr) bool {
		if c, is := a.Value.Any().(cause); is {
			err = c.err
		}
		return err == nil
	})
	return err
}

// rootOf is the text of the innermost error, without its digits: ports, places and ids differ from
// line to line. What was joined has the text of each.
func rootOf(err error) string {
	for {
		switch e := err.(type) { //nolint:errorlint // the chain is walked here
		case interface{ Unwrap() error }:
			inner := e.Unwrap()
			if inner == nil {
				return plain(err)
			}
			err = inner
		case interface{ Unwrap() []error }:
			var each []string
			for _, inner := range e.Unwrap() {
				each = append(each, rootOf(inner))
			}
			return strings.Join(each, "; ")
		default:
			return plain(err)
		}
	}
}

func plain(err error) string {
	text := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, err.Error())
	return text[:min(len(text), maxCause)]
}
