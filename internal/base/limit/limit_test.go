package limit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/limit"
)

func at(offset time.Duration) time.Time { return time.Unix(1795312800, 0).Add(offset) }

func TestARateAllowsItsCallsInAnyPeriod(t *testing.T) {
	t.Parallel()
	table, rate := limit.NewTable(10), limit.Rate{Calls: 500, Per: time.Second}
	for i := range 500 {
		if !table.Allow("a", rate, at(0)) {
			t.Fatalf("call %d is refused", i+1)
		}
	}
	if table.Allow("a", rate, at(0)) {
		t.Error("call 501 is allowed")
	}
	if !table.Allow("b", rate, at(0)) {
		t.Error("another key is refused")
	}
	if table.Allow("a", rate, at(time.Second-1)) {
		t.Error("a call is allowed before the period is over")
	}
	if !table.Allow("a", rate, at(time.Second)) {
		t.Error("a period later a call is refused")
	}
	for i := range 500 {
		if !table.Allow("a", rate, at(time.Hour)) {
			t.Fatalf("after a pause call %d is refused", i+1)
		}
	}
}

func TestNoPeriodHasMoreThanItsCalls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := limit.Rate{Calls: rapid.IntRange(1, 20).Draw(t, "calls"), Per: time.Second}
		table, now := limit.NewTable(4), at(0)
		var allowed []time.Time
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 200), 1, 300).Draw(t, "gaps") {
			now = now.Add(time.Duration(gap) * time.Millisecond)
			if table.Allow("k", rate, now) {
				allowed = append(allowed, now)
			}
		}
		for i, from := range allowed {
			n := 0
			for _, other := range allowed[i:] {
				if other.Before(from.Add(rate.Per)) {
					n++
				}
			}
			if n > rate.Calls {
				t.Fatalf("%d calls within a period of %d", n, rate.Calls)
			}
		}
	})
}

func TestATableStaysWithinItsBound(t *testing.T) {
	t.Parallel()
	table, rate := limit.NewTable(100), limit.Rate{Calls: 1, Per: time.Hour}
	for i := range 10_000 {
		if !table.Allow(fmt.Sprint("key", i), rate, at(time.Duration(i))) {
			t.Fatalf("new key %d is refused", i)
		}
	}
	remembered := 0
	for i := range 10_000 {
		if !table.Allow(fmt.Sprint("key", i), rate, at(time.Minute)) {
			remembered++
		}
	}
	if remembered > 100 {
		t.Errorf("%d keys are remembered, the bound is 100", remembered)
	}
}

func TestAGateBoundsWorkAndWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := limit.NewGate(limit.Room{Inside: 2, Waiting: 3, Patience: time.Second})
		for range 2 {
			if err := gate.Enter(t.Context(), limit.Caller{}); err != nil {
				t.Fatal(err)
			}
		}
		results := make(chan error, 3)
		for range 3 {
			go func() { results <- gate.Enter(t.Context(), limit.Caller{}) }()
		}
		synctest.Wait()
		if err := gate.Enter(t.Context(), limit.Caller{}); !errors.Is(err, limit.ErrFull) {
			t.Errorf("a fourth waiter gets %v", err)
		}
		gate.Leave(limit.Caller{})
		if err := <-results; err != nil {
			t.Errorf("after somebody left: %v", err)
		}
		for range 2 {
			if err := <-results; !errors.Is(err, limit.ErrFull) {
				t.Errorf("after a second of waiting: %v", err)
			}
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := gate.Enter(cancelled, limit.Caller{}); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that left gets %v", err)
		}
		gate.Leave(limit.Caller{})
		gate.Leave(limit.Caller{})
		if err := gate.Enter(t.Context(), limit.Caller{}); err != nil {
			t.Errorf("an empty gate gives %v", err)
		}
	})
}
