package lane_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/favord/favord/internal/base/lane"
)

// crew is a lane whose batches pass on at once, and wait until they are let go.
type crew struct {
	group *lane.Group[string, int, int]
	// began are the batches, with what they were told.
	began []started
	// proceed lets go the batch that began at the same place.
	proceed []chan error
}

type started struct {
	calls  int
	before any
}

func newCrew() *crew {
	c := &crew{}
	var mu sync.Mutex
	run := func(_ context.Context, _ string, calls []int, relay *lane.Relay) ([]int, error) {
		mu.Lock()
		place, proceed := len(c.began), make(chan error)
		c.began, c.proceed = append(c.began, started{len(calls), relay.Before}), append(c.proceed, proceed)
		mu.Unlock()
		relay.Pass(place)
		return calls, <-proceed
	}
	c.group = lane.NewRelayed(lane.Bounds{Queue: 1000, Batch: 100}, run)
	return c
}

// call makes calls, and waits until all of them wait.
func (c *crew) call(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		go func() {
			if got, err := c.group.Do(t.Context(), "k", i); err == nil && got != i {
				t.Errorf("call %d got %d", i, got)
			}
		}()
		synctest.Wait()
	}
}

func (c *crew) expect(t *testing.T, want ...started) {
	t.Helper()
	synctest.Wait()
	if !slices.Equal(c.began, want) {
		t.Errorf("batches %v, want %v", c.began, want)
	}
}

func TestABatchFollowsOneThatHasPassedOnWhenEnoughCallsWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrew()
		c.call(t, 1+lane.LeastToFollow-1)
		c.expect(t, started{1, nil})
		c.call(t, 1)
		c.expect(t, started{1, nil}, started{lane.LeastToFollow, 0})
		c.call(t, 100) // two at once, not three
		c.expect(t, started{1, nil}, started{lane.LeastToFollow, 0})
		c.proceed[0] <- nil
		c.expect(t, started{1, nil}, started{lane.LeastToFollow, 0}, started{100, 1})
		c.call(t, 1)
		c.proceed[2] <- errors.New("the later one ends first")
		c.expect(t, started{1, nil}, started{lane.LeastToFollow, 0}, started{100, 1})
		c.proceed[1] <- nil
		c.expect(t, started{1, nil}, started{lane.LeastToFollow, 0}, started{100, 1}, started{1, nil})
		c.proceed[3] <- nil
		synctest.Wait()
		if c.group.Lanes() != 0 {
			t.Errorf("%d lanes are left", c.group.Lanes())
		}
	})
}

func TestNobodyFollowsABatchThatHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrew()
		c.call(t, 3)
		c.proceed[0] <- nil
		c.expect(t, started{1, nil}, started{2, nil})
		c.proceed[1] <- nil
		synctest.Wait()
	})
}

// TestCallsAreAnsweredOnceBesideBatchesThatFollow under load: two batches at once at most, whether they
// pass on, fail or panic.
func TestCallsAreAnsweredOnceBesideBatchesThatFollow(t *testing.T) {
	t.Parallel()
	var running, most, carriedOut, answered atomic.Int64
	run := func(_ context.Context, _ string, calls []int64, relay *lane.Relay) ([]int64, error) {
		defer running.Add(-1)
		now := running.Add(1)
		most.Store(max(most.Load(), now))
		if calls[0]%3 != 0 {
			relay.Pass(calls)
		}
		if calls[0]%19 == 18 {
			panic("on purpose")
		}
		carriedOut.Add(int64(len(calls)))
		return calls, nil
	}
	g := lane.NewRelayed(lane.Bounds{Queue: 1000, Batch: 128}, run)
	var wg sync.WaitGroup
	for range 256 {
		wg.Go(func() {
			for n := range int64(100) {
				func() {
					defer func() { _ = recover() }()
					got, err := g.Do(t.Context(), "k", n)
					if err == nil {
						answered.Add(1)
						if got != n {
							t.Errorf("%d got %d", n, got)
						}
					}
				}()
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 || carriedOut.Load() != answered.Load() || g.Lanes() != 0 {
		t.Errorf("%d batches at once; %d calls carried out, %d answered; %d lanes are left",
			most.Load(), carriedOut.Load(), answered.Load(), g.Lanes())
	}
}
