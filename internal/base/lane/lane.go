// Package lane gathers calls that work on the same thing into batches. While one
// batch runs, the calls for its key queue up, and then run together as the next one:
// an idle lane runs a single call at once, a busy one fills its batches by itself,
// and no timer is involved. It is how many calls share one commit.
package lane

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/base/turns"
)

// ErrFull refuses a call whose lane has no room. Nothing was done for it.
var ErrFull = fault.New(fault.TooFast,
	"频率限制",
	"Too many requests are waiting. This one was not executed; slow down and try again.")

// Bounds limit what a lane holds.
type Bounds struct {
	// Queue is how many calls may wait, besides those of the batch that runs.
	Queue int
	// Batch is how many calls run together at most.
	Batch int
}

// Run carries out the calls of a batch, all of one key, and returns the outcome of
// each. An error is that of every call. The context carries the values of the first
// call's and never ends: a batch that began is finished.
type Run[K comparable, Q, A any] func(ctx context.Context, key K, calls []Q) ([]A, error)

// RelayRun is a [Run] that may let the next batch begin before it has ended.
type RelayRun[K comparable, Q, A any] func(ctx context.Context, key K, calls []Q, relay *Relay) ([]A, error)

// Group has a lane for each key that is in use. It is safe for concurrent use; use
// New. It starts no goroutine: the first caller of a batch runs it for the others.
type Group[K comparable, Q, A any] struct {
	bounds Bounds
	run    RelayRun[K, Q, A]
	watch  Watch

	mu    sync.Mutex
	lanes map[K]*lane[Q, A]
}

// lane is one key's queue. It exists while a batch of its key runs.
type lane[Q, A any] struct {
	waiting []*call[Q, A]
	// gone counts the calls in waiting whose callers left.
	gone int

	// running counts the batches that have begun and not ended: one, or two when one follows another.
	running int
	// last is the one that began last; left is what it passed on, until another one follows it.
	last *Relay
	left any
}

// call is one caller who waits.
type call[Q, A any] struct {
	request Q
	// since is when it joined.
	since time.Time
	// done gets the outcome, or the order to lead the next batch. It has room for
	// one, so that nobody waits for a caller who left.
	done chan outcome[A]
	left bool
}

type outcome[A any] struct {
	answer A
	err    error
	// lead, unless it is nil, says that the batch did not run yet: the call is its first, and
	// runs it.
	lead *Relay
}

// New returns a group without lanes.
func New[K comparable, Q, A any](b Bounds, run Run[K, Q, A]) *Group[K, Q, A] {
	return NewRelayed(b, func(ctx context.Context, key K, calls []Q, _ *Relay) ([]A, error) { return run(ctx, key, calls) })
}

// NewRelayed is New with batches that may follow each other before the first one has ended.
func NewRelayed[K comparable, Q, A any](b Bounds, run RelayRun[K, Q, A]) *Group[K, Q, A] {
	return &Group[K, Q, A]{bounds: b, run: run, lanes: map[K]*lane[Q, A]{}}
}

// Do has a request carried out in the next batch of its key and returns its outcome.
// It reports ErrFull at once when too many wait. When ctx ends before the batch
// begins, the request is dropped and ctx's error returned; once it has begun, its
// outcome is.
func (g *Group[K, Q, A]) Do(ctx context.Context, key K, request Q) (A, error) {
	var none A
	if err := ctx.Err(); err != nil {
		return none, err
	}
	mine := &call[Q, A]{request: request, since: clock.System{}.Now()}
	first, err := g.join(key, mine)
	if err != nil {
		return none, err
	}
	if first != nil {
		yield()
		return g.lead(ctx, key, mine, first)
	}
	if turn := turns.Of(ctx); turn != nil {
		for len(mine.done) == 0 {
			turn()
		}
	}
	select {
	case o := <-mine.done:
		return g.follow(ctx, key, mine, o)
	case <-ctx.Done():
	}
	if g.leave(key, mine) {
		return none, ctx.Err()
	}
	// Too late: the batch has it, or it was chosen to lead.
	return g.follow(ctx, key, mine, <-mine.done)
}

// join puts a call into the queue of its lane, unless a batch may begin at once: that is the call's to
// lead.
func (g *Group[K, Q, A]) join(key K, c *call[Q, A]) (first *Relay, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	if l == nil {
		l = &lane[Q, A]{}
		g.lanes[key] = l
	}
	if l.running == 0 {
		return g.begin(key, l), nil
	}
	if len(l.waiting)-l.gone >= g.bounds.Queue {
		return nil, ErrFull
	}
	c.done = make(chan outcome[A], 1)
	l.waiting = append(l.waiting, c)
	g.next(key, l)
	return nil, nil
}

// leave takes a call out of the queue, unless it is not there any more.
func (g *Group[K, Q, A]) leave(key K, c *call[Q, A]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	if l == nil {
		return false
	}
	if !slices.Contains(l.waiting, c) {
		return false
	}
	c.left = true
	l.gone++
	return true
}

func (g *Group[K, Q, A]) follow(ctx context.Context, key K, c *call[Q, A], o outcome[A]) (A, error) {
	if o.lead != nil {
		return g.lead(ctx, key, c, o.lead)
	}
	return o.answer, o.err
}

// lead runs a batch that begins with the caller's own call, and passes the lead on.
func (g *Group[K, Q, A]) lead(ctx context.Context, key K, mine *call[Q, A], relay *Relay) (A, error) {
	batch := g.gather(key, mine)
	g.began(batch)
	finished := false
	defer func() {
		if !finished { // run panicked: nobody may wait for ever
			g.finish(key, relay, batch[1:], nil, errPanicked)
		}
	}()
	requests := make([]Q, len(batch))
	for i, c := range batch {
		requests[i] = c.request
	}
	ctx = context.WithoutCancel(ctx)
	if len(requests) > 1 {
		ctx = origin.Shared(ctx)
	}
	answers, err := g.run(ctx, key, requests, relay)
	if err == nil && len(answers) != len(batch) {
		err = fmt.Errorf("lane: %d answers for %d calls", len(answers), len(batch))
	}
	finished = true
	if err != nil {
		g.finish(key, relay, batch[1:], nil, err)
		var none A
		return none, err
	}
	g.finish(key, relay, batch[1:], answers[1:], nil)
	return answers[0], nil
}

// errPanicked is the outcome of the calls whose batch panicked.
var errPanicked = errors.New("lane: the batch panicked")

// gather takes the calls of the next batch from the queue, behind the leader's own.
func (g *Group[K, Q, A]) gather(key K, mine *call[Q, A]) []*call[Q, A] {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	batch := []*call[Q, A]{mine}
	for len(batch) < g.bounds.Batch {
		next := l.next()
		if next == nil {
			break
		}
		batch = append(batch, next)
	}
	return batch
}

// next takes the first call whose caller still waits, or nil.
func (l *lane[Q, A]) next() *call[Q, A] {
	for len(l.waiting) > 0 {
		c := l.waiting[0]
		l.waiting[0] = nil
		l.waiting = l.waiting[1:]
		if !c.left {
			return c
		}
		l.gone--
	}
	return nil
}

// yields is how often a leader lets others run before a batch gathers.
const yields = 3

// yield lets those run who are about to call: what they ask for is in the next batch, and not in
// one of their own after it. It costs nothing when there are none.
func yield() {
	for range yields {
		runtime.Gosched()
	}
}

// finish tells the calls of a batch their outcome and makes the next one lead. The answers go out
// first, and those who got them run before the next batch gathers, which would otherwise have half
// the size; but a batch that is full already begins at once.
func (g *Group[K, Q, A]) finish(key K, relay *Relay, batch []*call[Q, A], answers []A, err error) {
	ended := g.end(key, relay, g.bounds.Batch)
	for i, c := range batch {
		o := outcome[A]{err: err}
		if err == nil {
			o.answer = answers[i]
		}
		c.done <- o
	}
	if ended {
		return
	}
	if len(batch) > 0 {
		yield()
	}
	g.end(key, relay, 0)
}

// Waiting returns how many calls wait in the lane of a key.
func (g *Group[K, Q, A]) Waiting(key K) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	if l == nil {
		return 0
	}
	return len(l.waiting) - l.gone
}

// Lanes returns how many keys are in use.
func (g *Group[K, Q, A]) Lanes() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.lanes)
}
