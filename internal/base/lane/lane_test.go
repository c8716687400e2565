package lane_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/lane"
)

// desk is a lane whose batches wait until they are let go.
type desk struct {
	group   *lane.Group[string, int, int]
	began   chan []int
	proceed chan error
}

func newDesk(b lane.Bounds) *desk {
	d := &desk{began: make(chan []int), proceed: make(chan error)}
	d.group = lane.New(b, func(_ context.Context, _ string, calls []int) ([]int, error) {
		d.began <- calls
		err := <-d.proceed
		answers := make([]int, len(calls))
		for i, n := range calls {
			answers[i] = n * 10
		}
		return answers, err
	})
	return d
}

type result struct {
	answer int
	err    error
}

func (d *desk) call(ctx context.Context, n int) <-chan result {
	out := make(chan result, 1)
	go func() {
		answer, err := d.group.Do(ctx, "k", n)
		out <- result{answer, err}
	}()
	return out
}

// queue makes calls that wait behind a batch that runs, in order.
func (d *desk) queue(ctx context.Context, t *testing.T, numbers ...int) []<-chan result {
	t.Helper()
	var out []<-chan result
	for _, n := range numbers {
		before := d.group.Waiting("k")
		out = append(out, d.call(ctx, n))
		for d.group.Waiting("k") == before {
			if len(out[len(out)-1]) > 0 {
				t.Fatal("the call did not wait")
			}
		}
	}
	return out
}

func TestAnIdleLaneRunsASingleCallAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(lane.Bounds{Queue: 8, Batch: 8})
	only := d.call(t.Context(), 1)
	if batch := <-d.began; !slices.Equal(batch, []int{1}) {
		t.Errorf("batch %v", batch)
	}
	d.proceed <- nil
	if got := <-only; got.answer != 10 || got.err != nil {
		t.Errorf("got %+v", got)
	}
}

func TestCallsThatWaitRunTogetherInOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(lane.Bounds{Queue: 8, Batch: 3})
	first := d.call(t.Context(), 1)
	<-d.began
	rest := d.queue(t.Context(), t, 2, 3, 4, 5)
	d.proceed <- nil
	if batch := <-d.began; !slices.Equal(batch, []int{2, 3, 4}) {
		t.Errorf("second batch %v", batch)
	}
	d.proceed <- nil
	if batch := <-d.began; !slices.Equal(batch, []int{5}) {
		t.Errorf("third batch %v", batch)
	}
	d.proceed <- nil
	for i, out := range append([]<-chan result{first}, rest...) {
		if got := <-out; got.answer != (i+1)*10 || got.err != nil {
			t.Errorf("call %d got %+v", i+1, got)
		}
	}
}

func TestAFullLaneRefusesAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(lane.Bounds{Queue: 2, Batch: 8})
	first := d.call(t.Context(), 1)
	<-d.began
	rest := d.queue(t.Context(), t, 2, 3)
	if _, err := d.group.Do(t.Context(), "k", 4); !errors.Is(err, lane.ErrFull) {
		t.Errorf("gives %v", err)
	}
	d.proceed <- nil
	<-d.began
	d.proceed <- nil
	<-first
	for _, out := range rest {
		<-out
	}
}

func TestACallerWhoLeavesInTimeIsNotServed(t *testing.T) {
	t.Parallel()
	d := newDesk(lane.Bounds{Queue: 2, Batch: 8})
	first := d.call(t.Context(), 1)
	<-d.began
	ctx, leave := context.WithCancel(t.Context())
	gone := d.queue(ctx, t, 2)[0]
	leave()
	if got := <-gone; !errors.Is(got.err, context.Canceled) {
		t.Errorf("got %+v", got)
	}
	rest := d.queue(t.Context(), t, 3, 4) // its place is free again
	d.proceed <- nil
	if batch := <-d.began; !slices.Equal(batch, []int{3, 4}) {
		t.Errorf("batch %v", batch)
	}
	d.proceed <- nil
	<-first
	for _, out := range rest {
		<-out
	}
}

func TestACallerWhoLeavesTooLateGetsTheOutcome(t *testing.T) {
	t.Parallel()
	d := newDesk(lane.Bounds{Queue: 2, Batch: 8})
	first := d.call(t.Context(), 1)
	<-d.began
	ctx, leave := context.WithCancel(t.Context())
	late := d.queue(ctx, t, 2)[0]
	d.proceed <- nil
	<-d.began
	leave()
	d.proceed <- nil
	if got := <-late; got.answer != 20 || got.err != nil {
		t.Errorf("got %+v", got)
	}
	<-first
}

func TestAnErrorOfABatchIsThatOfEveryCall(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	d := newDesk(lane.Bounds{Queue: 8, Batch: 8})
	first := d.call(t.Context(), 1)
	<-d.began
	rest := d.queue(t.Context(), t, 2, 3)
	d.proceed <- nil
	<-d.began
	d.proceed <- broken
	if got := <-first; got.err != nil {
		t.Errorf("the batch before got %+v", got)
	}
	for _, out := range rest {
		if got := <-out; !errors.Is(got.err, broken) {
			t.Errorf("got %+v", got)
		}
	}
}

func TestAPanicStrandsNobody(t *testing.T) {
	t.Parallel()
	began, proceed := make(chan bool), make(chan bool)
	g := lane.New(lane.Bounds{Queue: 8, Batch: 8}, func(_ context.Context, _ string, calls []int) ([]int, error) {
		began <- true
		<-proceed
		if calls[0] == 1 {
			panic("on purpose")
		}
		return calls, nil
	})
	panicked := make(chan any, 1)
	go func() {
		defer func() { panicked <- recover() }()
		_, _ = g.Do(t.Context(), "k", 1)
	}()
	<-began
	next := make(chan result, 1)
	go func() {
		answer, err := g.Do(t.Context(), "k", 2)
		next <- result{answer, err}
	}()
	for g.Waiting("k") == 0 {
	}
	proceed <- true
	<-began
	proceed <- true
	if got := <-next; got.answer != 2 || got.err != nil {
		t.Errorf("the call behind the panic got %+v", got)
	}
	if <-panicked == nil {
		t.Error("the caller of the batch saw no panic")
	}
}

// TestEveryCallIsAnsweredOnceUnderLoad in batches of which one runs at a time in each lane: of three
// calls, where most find the next batch full already, and of more than there are callers.
func TestEveryCallIsAnsweredOnceUnderLoad(t *testing.T) {
	t.Parallel()
	for _, bounds := range []lane.Bounds{{Queue: 1000, Batch: 1}, {Queue: 1000, Batch: 3}, {Queue: 1000, Batch: 64}} {
		var running [4]atomic.Int64
		var carriedOut, answered atomic.Int64
		g := lane.New(bounds, func(_ context.Context, key int, calls []int64) ([]int64, error) {
			if running[key].Add(1) > 1 || len(calls) > bounds.Batch {
				t.Errorf("batches of %d: %d calls beside another batch of their lane, or too many", bounds.Batch, len(calls))
			}
			defer running[key].Add(-1)
			carriedOut.Add(int64(len(calls)))
			return calls, nil
		})
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				for n := range int64(200) {
					ctx, leave := context.WithCancel(t.Context())
					if n%7 == 3 {
						go leave()
					}
					got, err := g.Do(ctx, i%4, n)
					if err == nil && got != n {
						t.Errorf("batches of %d: %d got %d", bounds.Batch, n, got)
					}
					if err == nil {
						answered.Add(1)
					}
					leave()
				}
			})
		}
		wg.Wait()
		if carriedOut.Load() != answered.Load() {
			t.Errorf("batches of %d: %d calls were carried out, %d answered", bounds.Batch, carriedOut.Load(), answered.Load())
		}
		if g.Lanes() != 0 {
			t.Errorf("batches of %d: %d lanes are left", bounds.Batch, g.Lanes())
		}
	}
}

func BenchmarkDo(b *testing.B) {
	g := lane.New(lane.Bounds{Queue: 4096, Batch: 256}, func(_ context.Context, _ int, calls []int) ([]int, error) { return calls, nil })
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := g.Do(b.Context(), 1, 1); err != nil {
				b.Error(err)
			}
		}
	})
}

// TestWhatWaitsAndWhatRanCanBeSeen fills a lane behind a batch and looks at it.
func TestWhatWaitsAndWhatRanCanBeSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		spread := lane.NewSpread(lane.Bounds{}, 1, func(_ context.Context, calls []int) ([]int, error) {
			<-release
			return calls, nil
		})
		type batch struct {
			calls  int
			waited time.Duration
		}
		var seen []batch
		spread.Watch(func(calls int, waited time.Duration) { seen = append(seen, batch{calls, waited}) })
		for n := range 4 {
			go func() { _, _ = spread.Do(t.Context(), "o", "k", n) }()
			synctest.Wait()
			<-time.After(time.Second)
		}
		if got, want := spread.Stats(), (lane.Stats{Waiting: 3, Oldest: 3 * time.Second}); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
		close(release)
		synctest.Wait()
		if want := []batch{{1, 0}, {3, 3 * time.Second}}; !slices.Equal(seen, want) {
			t.Errorf("batches %+v, want %+v", seen, want)
		}
		if got := spread.Stats(); got != (lane.Stats{}) {
			t.Errorf("afterwards %+v", got)
		}
	})
}
