package lane_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/turns"
)

// TestCallersTakeTurnsOnOneThread has six callers in one lane, each of which goes on when it is told
// to: who comes while a batch runs is in the next one, in the order of coming.
func TestCallersTakeTurnsOnOneThread(t *testing.T) {
	t.Parallel()
	var batches [][]int
	var turn func() // of who goes on
	group := lane.New(lane.Bounds{Queue: 8, Batch: 8}, func(_ context.Context, _ string, calls []int) ([]int, error) {
		batches = append(batches, slices.Clone(calls))
		turn() // meanwhile others come
		return calls, nil
	})
	type caller struct {
		next func() (int, bool)
		turn func()
	}
	callers := make([]*caller, 6)
	for n := range callers {
		c := &caller{}
		c.next, _ = iter.Pull(func(yield func(int) bool) {
			c.turn = func() { yield(-1) }
			turn = c.turn
			got, err := group.Do(turns.With(t.Context(), c.turn), "k", n)
			if err != nil {
				t.Error(err)
			}
			yield(got)
		})
		callers[n] = c
	}
	step := func(n int) int {
		if callers[n].turn != nil {
			turn = callers[n].turn
		}
		got, _ := callers[n].next()
		return got
	}
	for n := range callers { // the first one runs, the others join
		if got := step(n); got != -1 {
			t.Fatalf("caller %d did not wait: %d", n, got)
		}
	}
	for n := range callers {
		got := step(n)
		for range 3 { // the second one leads the rest
			if got < 0 {
				got = step(n)
			}
		}
		if got != n {
			t.Errorf("caller %d got %d", n, got)
		}
	}
	if want := [][]int{{0}, {1, 2, 3, 4, 5}}; !slices.EqualFunc(batches, want, slices.Equal) {
		t.Errorf("batches %v, want %v", batches, want)
	}
}
