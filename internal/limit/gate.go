package limit

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrFull reports that the server has no room and the queue before it is full, or
// that the wait in it was too long.
var ErrFull = errors.New("limit: no room")

// Gate bounds how many requests are worked on and how many wait. It is safe for
// concurrent use.
type Gate struct {
	slots   chan struct{}
	waiting atomic.Int64
	most    int64
	patient time.Duration
}

// NewGate returns a gate that lets inside requests in at once, and makes at most
// waiting others wait, none longer than patience.
func NewGate(inside, waiting int, patience time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, inside), most: int64(waiting), patient: patience}
}

// Enter waits for room. On nil, Leave must follow.
func (g *Gate) Enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.most {
		g.waiting.Add(-1)
		return ErrFull
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(g.patient)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return ErrFull
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Full reports that there is no room, not even to wait. It is a hint: by now somebody may
// have left.
func (g *Gate) Full() bool { return g.waiting.Load() >= g.most && len(g.slots) == cap(g.slots) }

// Leave makes room for another.
func (g *Gate) Leave() { <-g.slots }

// Load returns how many requests are inside, and how many wait.
func (g *Gate) Load() (inside, waiting int) { return len(g.slots), int(g.waiting.Load()) }
