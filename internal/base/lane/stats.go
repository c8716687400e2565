package lane

import (
	"time"

	"github.com/favord/favord/internal/base/clock"
)

// Watch is told of each batch that begins: of how many calls it is, and how long the first
// of them waited. It must not block.
type Watch func(calls int, waited time.Duration)

// Stats tell what waits.
type Stats struct {
	// Waiting calls, in all lanes.
	Waiting int
	// Oldest is how long the one has waited that waits longest.
	Oldest time.Duration
}

// Watched is a group or spread of lanes as those see it who look after it.
type Watched interface {
	// Watch sets who is told of batches; it must come before the first call.
	Watch(w Watch)
	// Stats tells what waits now.
	Stats() Stats
}

// Watch implements [Watched].
func (g *Group[K, Q, A]) Watch(w Watch) { g.watch = w }

// Stats implements [Watched].
func (g *Group[K, Q, A]) Stats() Stats {
	now := clock.System{}.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	var s Stats
	for _, l := range g.lanes {
		s.Waiting += len(l.waiting) - l.gone
		for _, c := range l.waiting {
			if !c.left {
				s.Oldest = max(s.Oldest, now.Sub(c.since))
				break
			}
		}
	}
	return s
}

// began tells who watches of a batch.
func (g *Group[K, Q, A]) began(batch []*call[Q, A]) {
	if g.watch != nil {
		g.watch(len(batch), clock.System{}.Now().Sub(batch[0].since))
	}
}

// Watch implements [Watched].
func (s *Spread[Q, A]) Watch(w Watch) { s.group.Watch(w) }

// Stats implements [Watched].
func (s *Spread[Q, A]) Stats() Stats { return s.group.Stats() }
