package shelf_test

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/base/turns"
)

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// counted returns a load function that counts its calls.
func counted(calls *int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) {
		*calls++
		return *calls, nil
	}
}

func TestAValueIsLookedAtWhileItIsGoodAndNeverLoadedForThat(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(noon())
	s, calls := shelf.New[string, int](now, 10, time.Second), 0
	expect := func(when string, want int, wantKnown bool) {
		t.Helper()
		if got, known := s.Look("k"); got != want || known != wantKnown {
			t.Errorf("%s: %d, %t", when, got, known)
		}
	}
	expect("before it is loaded", 0, false)
	if _, err := s.Get(t.Context(), "k", counted(&calls)); err != nil {
		t.Fatal(err)
	}
	expect("while it is good", 1, true)
	now.Set(noon().Add(time.Second))
	expect("after its time", 0, false)
}

func TestAValueIsLoadedOnceWhileItIsGood(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(noon())
	s, calls := shelf.New[string, int](now, 10, time.Second), 0
	for _, want := range []int{1, 1} {
		if got, err := s.Get(t.Context(), "k", counted(&calls)); got != want || err != nil {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	now.Set(noon().Add(time.Second))
	if got, _ := s.Get(t.Context(), "k", counted(&calls)); got != 2 {
		t.Errorf("got %d after its time", got)
	}
}

func TestAValueIsRenewedBeforeItsTimeIsUp(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(noon())
	s, calls := shelf.New[string, int](now, 10, time.Second), 0
	get := func(want int) {
		t.Helper()
		if got, err := s.Get(t.Context(), "k", counted(&calls)); got != want || err != nil {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	get(1)
	now.Set(noon().Add(time.Second - 1))
	if got, err := s.Renew(t.Context(), "k", func(ctx context.Context) (int, error) {
		get(1) // whoever asks meanwhile has what is kept
		return counted(&calls)(ctx)
	}); got != 2 || err != nil {
		t.Errorf("renewed to %d, %v", got, err)
	}
	now.Set(noon().Add(time.Second + 1))
	get(2)
	if _, err := s.Renew(t.Context(), "k", func(context.Context) (int, error) { return 0, errors.New("broken") }); err == nil {
		t.Error("a failure is a success")
	}
	get(2)
}

func TestAFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0
	broken := errors.New("broken")
	if _, err := s.Get(t.Context(), "k", func(context.Context) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("gives %v", err)
	}
	if got, err := s.Get(t.Context(), "k", counted(&calls)); got != 1 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestAValueThatChangesWhileItIsLoadedIsNotKept(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0
	if _, err := s.Get(t.Context(), "k", func(context.Context) (int, error) {
		s.Drop(func(*int) bool { return true })
		return -1, nil
	}); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get(t.Context(), "k", counted(&calls)); got != 1 {
		t.Errorf("got %d, which was loaded before the change", got)
	}
}

func TestAFullShelfMakesRoom(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 3, time.Second), 0
	for i := range 10 {
		if _, err := s.Get(t.Context(), strconv.Itoa(i), counted(&calls)); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	s.Drop(func(*int) bool { held++; return false })
	if held != 3 {
		t.Errorf("%d values are held", held)
	}
}

func TestThoseWhoWantAValueThatIsBeingLoadedWaitForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, calls, release := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0, make(chan struct{})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				got, err := s.Get(t.Context(), "k", func(context.Context) (int, error) {
					calls++
					<-release
					return calls, nil
				})
				if got != 1 || err != nil {
					t.Errorf("got %d, %v", got, err)
				}
			})
		}
		synctest.Wait()
		hurried, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Get(hurried, "k", counted(&calls)); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever leaves gets %v", err)
		}
		close(release)
		all.Wait()
	})
}

func TestAFailureIsOfWhoeverMetIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, release := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), make(chan struct{})
		left, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := s.Get(left, "k", func(ctx context.Context) (int, error) { <-release; return 0, ctx.Err() }); !errors.Is(err, context.Canceled) {
				t.Errorf("the first gets %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if got, err := s.Get(t.Context(), "k", func(context.Context) (int, error) { return 2, nil }); got != 2 || err != nil {
				t.Errorf("the second gets %d, %v", got, err)
			}
		})
		synctest.Wait()
		cancel()
		close(release)
		all.Wait()
	})
}

func TestNobodyWaitsForAValueThatIsOutOfDate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, release := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			if got, _ := s.Get(t.Context(), "k", func(context.Context) (int, error) { <-release; return 1, nil }); got != 1 {
				t.Errorf("got %d", got)
			}
		})
		synctest.Wait()
		s.Drop(func(*int) bool { return true })
		for range 2 {
			if got, _ := s.Get(t.Context(), "k", func(context.Context) (int, error) { return 2, nil }); got != 2 {
				t.Errorf("got %d after the change", got)
			}
		}
		close(release)
		all.Wait()
		if got, _ := s.Get(t.Context(), "k", func(context.Context) (int, error) { return 3, nil }); got != 2 {
			t.Errorf("got %d, which was loaded before the change", got)
		}
	})
}

// TestWhoTakesTurnsWaitsWithoutBlocking has two callers on one thread: while the first loads, the second
// lets it go on.
func TestWhoTakesTurnsWaitsWithoutBlocking(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0
	caller := func() (next func() (int, bool), stop func()) {
		return iter.Pull(func(yield func(int) bool) {
			turn := func() { yield(-1) }
			got, err := s.Get(turns.With(t.Context(), turn), "k", func(context.Context) (int, error) {
				turn() // the database takes its time
				calls++
				return calls, nil
			})
			if err != nil {
				t.Error(err)
			}
			yield(got)
		})
	}
	first, endFirst := caller()
	defer endFirst()
	second, endSecond := caller()
	defer endSecond()
	for i, next := range []func() (int, bool){first, second, second, first, second} {
		if got, _ := next(); got != []int{-1, -1, -1, 1, 1}[i] {
			t.Errorf("step %d gives %d", i, got)
		}
	}
}
