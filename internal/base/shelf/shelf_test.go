package shelf_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/shelf"
)

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// counted returns a load function that counts its calls.
func counted(calls *int) func() (int, error) {
	return func() (int, error) {
		*calls++
		return *calls, nil
	}
}

func TestAValueIsLoadedOnceWhileItIsGood(t *testing.T) {
	t.Parallel()
	now := clock.NewManual(noon())
	s, calls := shelf.New[string, int](now, 10, time.Second), 0
	for _, want := range []int{1, 1} {
		if got, err := s.Get("k", counted(&calls)); got != want || err != nil {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	now.Set(noon().Add(time.Second))
	if got, _ := s.Get("k", counted(&calls)); got != 2 {
		t.Errorf("got %d after its time", got)
	}
}

func TestAFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0
	broken := errors.New("broken")
	if _, err := s.Get("k", func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("gives %v", err)
	}
	if got, err := s.Get("k", counted(&calls)); got != 1 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestAValueThatChangesWhileItIsLoadedIsNotKept(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 10, time.Second), 0
	if _, err := s.Get("k", func() (int, error) {
		s.Drop(func(*int) bool { return true })
		return -1, nil
	}); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Get("k", counted(&calls)); got != 1 {
		t.Errorf("got %d, which was loaded before the change", got)
	}
}

func TestAFullShelfMakesRoom(t *testing.T) {
	t.Parallel()
	s, calls := shelf.New[string, int](clock.Fixed(noon()), 3, time.Second), 0
	for i := range 10 {
		if _, err := s.Get(strconv.Itoa(i), counted(&calls)); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	s.Drop(func(*int) bool { held++; return false })
	if held != 3 {
		t.Errorf("%d values are held", held)
	}
}
