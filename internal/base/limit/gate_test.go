package limit_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/limit"
)

// crowd has n requests of a caller enter a gate, and returns how many are inside, and how many
// were refused at once.
func crowd(ctx context.Context, gate *limit.Gate, n int, of func(i int) limit.Caller) (inside, refused int) {
	results := make(chan error, n)
	for i := range n {
		go func() { results <- gate.Enter(ctx, of(i)) }()
	}
	synctest.Wait()
	for len(results) > 0 {
		if err := <-results; err == nil {
			inside++
		} else {
			refused++
		}
	}
	return inside, refused
}

// TestNoCallerHasAllTheRoom of a gate whose callers decide how long they stay: each attack is
// followed by an honest call, which must come in at once.
func TestNoCallerHasAllTheRoom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attack          func(i int) limit.Caller
		honest          limit.Caller
		inside, refused int
	}{
		"one source":                     {func(int) limit.Caller { return limit.Caller{Source: "a", Merchant: "m"} }, limit.Caller{Source: "b", Merchant: "n"}, 4, 64},
		"one source, the honest's name":  {func(int) limit.Caller { return limit.Caller{Source: "a", Merchant: "m"} }, limit.Caller{Source: "b", Merchant: "m"}, 4, 64},
		"one source, many names":         {func(i int) limit.Caller { return limit.Caller{Source: "a", Merchant: fmt.Sprint(i)} }, limit.Caller{Source: "b", Merchant: "1"}, 4, 64},
		"many sources, one name":         {func(i int) limit.Caller { return limit.Caller{Source: fmt.Sprint(i), Merchant: "m"} }, limit.Caller{Source: "b", Merchant: "n"}, 6, 46},
		"three sources with a name each": {func(i int) limit.Caller { return limit.Caller{Source: fmt.Sprint(i % 3), Merchant: fmt.Sprint(i % 3)} }, limit.Caller{Source: "b", Merchant: "n"}, 7, 44},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gate := limit.NewGate(limit.Room{Inside: 8, Waiting: 64, Patience: time.Hour, Held: true})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel() // those that wait leave
				inside, refused := crowd(ctx, gate, 100, c.attack)
				if inside > c.inside || refused < c.refused {
					t.Errorf("%d attackers are inside, %d were refused, want at most %d and at least %d", inside, refused, c.inside, c.refused)
				}
				if err := gate.Enter(t.Context(), c.honest); err != nil || gate.Full("b") {
					t.Errorf("an honest caller: %v", err)
				}
			})
		})
	}
}

// TestRoomGoesToTheSourceThatHasLeast: however many of one source wait, one of another is next.
func TestRoomGoesToTheSourceThatHasLeast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := limit.NewGate(limit.Room{Inside: 4, Waiting: 100, Patience: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel() // those that wait leave
		many, one := limit.Caller{Source: "a", Merchant: "m"}, limit.Caller{Source: "b", Merchant: "m"}
		if inside, _ := crowd(ctx, gate, 40, func(int) limit.Caller { return many }); inside != 4 {
			t.Fatalf("%d are inside a gate that nobody holds", inside)
		}
		entered := make(chan error, 1)
		go func() { entered <- gate.Enter(ctx, one) }()
		synctest.Wait()
		gate.Leave(many)
		synctest.Wait()
		select {
		case err := <-entered:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("it waits behind all the others")
		}
	})
}

// TestTheWaitForARateIsToldAndNotCounted is what a refusal tells its caller.
func TestTheWaitForARateIsToldAndNotCounted(t *testing.T) {
	t.Parallel()
	table, rate := limit.NewTable(10), limit.Rate{Calls: 2, Per: time.Minute}
	for range 5 {
		if wait := table.Wait("a", rate, at(0)); wait != 0 {
			t.Fatalf("a wait of %s before any call", wait)
		}
	}
	table.Allow("a", rate, at(0))
	table.Allow("a", rate, at(10*time.Second))
	for after, want := range map[time.Duration]time.Duration{20 * time.Second: 40 * time.Second, time.Minute: 0, time.Hour: 0} {
		if wait := table.Wait("a", rate, at(after)); wait != want {
			t.Errorf("after %s the wait is %s, want %s", after, wait, want)
		}
	}
}
