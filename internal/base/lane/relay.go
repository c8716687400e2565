package lane

// Relay is what a batch of a lane knows of the one before it, and lets the one after it know. Two
// batches run at once at most: one may follow another that has passed on.
type Relay struct {
	// Before is what the batch before left when it passed on. That one may still run, and may yet fail.
	// It is nil when no other batch of the lane runs.
	Before any

	pass func(left any)
}

// Pass lets the next batch begin before this one has ended. What is left must not be nil. Until it is
// called, and after the batch has ended, nobody follows it. The zero Relay is that of a batch in no lane.
func (r *Relay) Pass(left any) {
	if r.pass != nil {
		r.pass(left)
	}
}

// begin begins a batch, behind one that runs if that has passed on.
func (g *Group[K, Q, A]) begin(key K, l *lane[Q, A]) *Relay {
	r := &Relay{Before: l.left}
	r.pass = func(left any) { g.pass(key, r, left) }
	l.running++
	l.last, l.left = r, nil
	return r
}

// leastToFollow is how many calls must wait for a batch to follow another one: smaller ones lose more by
// being small than they gain.
const leastToFollow = 64

// mayBegin tells whether a batch may begin.
func (l *lane[Q, A]) mayBegin() bool {
	return l.running == 0 || l.running == 1 && l.left != nil && len(l.waiting)-l.gone >= leastToFollow
}

// pass notes what a batch left, and has those follow it who wait.
func (g *Group[K, Q, A]) pass(key K, r *Relay, left any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.lanes[key]; l.last == r {
		l.left = left
		g.next(key, l)
	}
}

// next makes the first call lead that waits, if a batch may begin.
func (g *Group[K, Q, A]) next(key K, l *lane[Q, A]) {
	if !l.mayBegin() {
		return
	}
	if c := l.next(); c != nil {
		c.done <- outcome[A]{lead: g.begin(key, l)} // it has room
	}
}

// end has nobody follow a batch that has ended, and makes room for the next one if at least so many calls
// wait. A lane in which nothing runs ends.
func (g *Group[K, Q, A]) end(key K, r *Relay, least int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[key]
	if l.last == r {
		l.left = nil
	}
	if len(l.waiting)-l.gone < least {
		return false
	}
	l.running--
	g.next(key, l)
	if l.running == 0 {
		delete(g.lanes, key)
	}
	return true
}
