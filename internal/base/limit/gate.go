package limit

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// ErrFull reports that the server has no room for a caller and none to wait in, or
// that the wait was too long.
var ErrFull = errors.New("limit: no room")

// Caller is whom a request counts for: the source that it came from, and the merchant that it
// claims to come from; "" is nobody, whose room is not counted. Both, as the claim may be false
// and a merchant may call from anywhere.
type Caller struct{ Source, Merchant string }

// Gate bounds how many requests are worked on and how many wait, and leaves room for others
// whatever one caller does. A source waits in at most as many places as it leaves free, a
// merchant in at most three times as many, and room that becomes free goes to the source that has
// least of it, then to the merchant, then to the one that has waited for longest. It is safe for concurrent use.
type Gate struct {
	most    Room
	mu      sync.Mutex
	inside  int
	waiting int
	shares  map[share]*taken
	queues  map[Caller]*queue
	arrived uint64
}

// Room is how much a Gate has.
type Room struct {
	// Inside is for how many requests at once, Waiting how many others wait, none longer than
	// Patience.
	Inside, Waiting int
	Patience        time.Duration
	// Held says that callers decide how long they stay inside, as those who are slow do. Then
	// the same bounds hold inside: a source that is alone has half of the room at most.
	Held bool
}

// share names one side of a Caller.
type share struct {
	merchant bool
	name     string
}

// taken is what one side of a Caller has.
type taken struct{ inside, waiting int }

// queue has those of one Caller who wait, in order.
type queue struct{ list.List }

// waiter is one who waits.
type waiter struct {
	arrived uint64
	entered chan struct{} // closed when it may enter
}

// NewGate returns a gate.
func NewGate(r Room) *Gate {
	return &Gate{most: r, shares: map[share]*taken{}, queues: map[Caller]*queue{}}
}

// Enter waits for room. On nil, Leave must follow for the same caller.
func (g *Gate) Enter(ctx context.Context, c Caller) error {
	w, place, err := g.ask(c)
	if w == nil || err != nil {
		return err
	}
	timer := time.NewTimer(g.most.Patience)
	defer timer.Stop()
	select {
	case <-w.entered:
		return nil
	case <-timer.C:
		return g.giveUp(c, w, place, ErrFull)
	case <-ctx.Done():
		return g.giveUp(c, w, place, ctx.Err())
	}
}

// ask lets a caller in or gives it a place in its queue.
func (g *Gate) ask(c Caller) (*waiter, *list.Element, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fits(c) {
		g.count(c, func(t *taken) { t.inside++ })
		g.inside++
		return nil, nil, nil
	}
	if g.full(c) {
		return nil, nil, ErrFull
	}
	q := g.queues[c]
	if q == nil {
		q = &queue{}
		g.queues[c] = q
	}
	g.arrived++
	w := &waiter{arrived: g.arrived, entered: make(chan struct{})}
	g.waiting++
	g.count(c, func(t *taken) { t.waiting++ })
	return w, q.PushBack(w), nil
}

// giveUp ends a wait, unless it was over just before.
func (g *Gate) giveUp(c Caller, w *waiter, place *list.Element, why error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.entered:
		return nil
	default:
	}
	g.unqueue(c, place)
	return why
}

func (g *Gate) unqueue(c Caller, place *list.Element) {
	q := g.queues[c]
	q.Remove(place)
	if q.Len() == 0 {
		delete(g.queues, c)
	}
	g.waiting--
	g.count(c, func(t *taken) { t.waiting-- })
}

// Full reports that a source finds no room, not even to wait. It is a hint: by now somebody
// may have left.
func (g *Gate) Full(source string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := Caller{Source: source}
	return !g.fits(c) && g.full(c)
}

// Leave makes room for another.
func (g *Gate) Leave(c Caller) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.count(c, func(t *taken) { t.inside-- })
	for g.admitNext() {
	}
}

// admitNext lets in the one whose turn it is, and reports whether there was one.
func (g *Gate) admitNext() bool {
	if g.inside >= g.most.Inside || g.waiting == 0 {
		return false
	}
	var next Caller
	var first *waiter
	for c, q := range g.queues {
		w, _ := q.Front().Value.(*waiter)
		if !g.fits(c) {
			continue
		}
		if first == nil || g.before(c, w, next, first) {
			next, first = c, w
		}
	}
	if first == nil {
		return false
	}
	g.unqueue(next, g.queues[next].Front())
	g.inside++
	g.count(next, func(t *taken) { t.inside++ })
	close(first.entered)
	return true
}

// before reports whether it is one caller's turn before another's: the source with less room
// first, then the merchant with less, then the one that came first.
func (g *Gate) before(c Caller, w *waiter, other Caller, than *waiter) bool {
	source, merchant := g.has(c)
	otherSource, otherMerchant := g.has(other)
	return cmp.Or(
		cmp.Compare(source.inside, otherSource.inside),
		cmp.Compare(merchant.inside, otherMerchant.inside),
		cmp.Compare(w.arrived, than.arrived)) < 0
}

// merchantShare is how many times as much as it leaves free one merchant may have: more than
// one source, since else whoever claims to be a merchant could keep it out from elsewhere.
const merchantShare = 3

// fits reports whether there is room for a caller at once.
func (g *Gate) fits(c Caller) bool {
	free := g.most.Inside - g.inside
	source, merchant := g.has(c)
	return free > 0 && (!g.most.Held || source.inside < free && merchant.inside < merchantShare*free)
}

// full reports whether a caller has no place left to wait in.
func (g *Gate) full(c Caller) bool {
	free := g.most.Waiting - g.waiting
	source, merchant := g.has(c)
	return free <= 0 || source.waiting >= free || merchant.waiting >= merchantShare*free
}

// has is how much of the room the source and the merchant of a caller have.
func (g *Gate) has(c Caller) (source, merchant taken) {
	if t := g.shares[share{name: c.Source}]; t != nil {
		source = *t
	}
	if t := g.shares[share{merchant: true, name: c.Merchant}]; t != nil {
		merchant = *t
	}
	return source, merchant
}

// count changes what the sides of a caller have; those that have nothing are forgotten.
func (g *Gate) count(c Caller, change func(t *taken)) {
	for _, side := range [...]share{{name: c.Source}, {merchant: true, name: c.Merchant}} {
		if side.name == "" {
			continue
		}
		t := g.shares[side]
		if t == nil {
			t = &taken{}
			g.shares[side] = t
		}
		change(t)
		if *t == (taken{}) {
			delete(g.shares, side)
		}
	}
}

// Load returns how many requests are inside, and how many wait.
func (g *Gate) Load() (inside, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inside, g.waiting
}
