package statistics

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/shelf"
)

// Bounds of what is remembered although it changes with every coupon.
const (
	// atOnce is the time within which it is added up whenever somebody asks. A thousand stocks take
	// longer: there is a row for each stock, day or hour, and slot.
	atOnce = 10 * time.Millisecond
	// pause is how many times as long as it takes to add it up passes before it is added up anew: whoever
	// looks, that never takes more than a fiftieth of a core of the database.
	pause = 50
	// keptLately is for how long it is shown at least.
	keptLately = time.Minute
	// maxStale is how many wait until Run adds them up anew. Beyond, whoever asks next comes back.
	maxStale = 64
)

// adder adds something up.
type adder[V any] func(ctx context.Context) (V, error)

// lately has what is quick to add up as it is, and what is not as it stood a while ago. What was old when
// somebody saw it is added up at the side, for whoever comes next.
type lately[K comparable, V any] struct {
	steady clock.Clock
	kept   *shelf.Shelf[K, standing[V]]
	// stale is what Run is to do.
	stale chan<- func(context.Context) error
}

func newLately[K comparable, V any](steady clock.Clock, stale chan<- func(context.Context) error) *lately[K, V] {
	return &lately[K, V]{steady: steady, kept: shelf.New[K, standing[V]](steady, maxKept, kept), stale: stale}
}

// standing is how something stood at a time, and how long it took to find out.
type standing[V any] struct {
	value V
	at    time.Time
	took  time.Duration
}

// isDue says that it is time to add it up anew.
func (s *standing[V]) isDue(now time.Time) bool { return now.Sub(s.at) >= pause*s.took }

// isOver says that nobody is to see it any more.
func (s *standing[V]) isOver(now time.Time) bool {
	return s.took < atOnce || now.Sub(s.at) >= max(keptLately, 2*pause*s.took)
}

// get returns what key stands for.
func (l *lately[K, V]) get(ctx context.Context, key K, add adder[V]) (V, error) {
	now := l.steady.Now()
	found, known := l.kept.Look(key)
	if !known || found.isOver(now) {
		return l.add(ctx, key, add)
	}
	if found.isDue(now) {
		select {
		case l.stale <- func(ctx context.Context) error { return l.renew(ctx, key, add) }:
		default:
		}
	}
	return found.value, nil
}

// renew adds it up, unless that was done not long ago.
func (l *lately[K, V]) renew(ctx context.Context, key K, add adder[V]) error {
	if found, known := l.kept.Look(key); known && !found.isDue(l.steady.Now()) {
		return nil
	}
	_, err := l.add(ctx, key, add)
	return err
}

func (l *lately[K, V]) add(ctx context.Context, key K, add adder[V]) (V, error) {
	found, err := l.kept.Renew(ctx, key, func(ctx context.Context) (standing[V], error) {
		began := l.steady.Now()
		value, err := add(ctx)
		return standing[V]{value: value, at: began, took: l.steady.Now().Sub(began)}, err
	})
	return found.value, err
}
