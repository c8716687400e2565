package clock_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
)

const (
	alice = string("1900000001")
	bob   = string("1900000002")
)

// saved is what was saved last.
type saved struct{ settings map[string]clock.Setting }

func (s *saved) save(settings map[string]clock.Setting) error {
	s.settings = settings
	return nil
}

// travel returns a business time over a clock that the test moves, and what was saved last.
func travel(t *testing.T) (*clock.Travel, *clock.Manual, *saved) {
	t.Helper()
	actual, last := clock.NewManual(time.Unix(1795312800, 0)), &saved{}
	return clock.NewTravel(actual, nil, last.save), actual, last
}

func to(s clock.Setting) func(clock.Setting, time.Time) clock.Setting {
	return func(clock.Setting, time.Time) clock.Setting { return s }
}

func TestATravellerIsAheadUntilItComesBack(t *testing.T) {
	t.Parallel()
	tr, actual, last := travel(t)
	change := func(who string, s clock.Setting) {
		t.Helper()
		if err := tr.Change(who, to(s)); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(who string, ahead time.Duration) {
		t.Helper()
		if got := tr.For(who).Now().Sub(actual.Now()); got != ahead {
			t.Errorf("%s is %s ahead, want %s", who, got, ahead)
		}
	}
	expect(alice, 0)
	change(clock.Everybody, clock.Setting{Offset: time.Hour})
	expect(alice, time.Hour)
	change(alice, clock.Setting{Frozen: actual.Now().Add(-time.Hour)})
	expect(alice, -time.Hour)
	expect(bob, time.Hour)
	actual.Set(actual.Now().Add(time.Minute))
	expect(alice, -time.Hour-time.Minute)
	expect(bob, time.Hour)
	change(alice, clock.Setting{})
	expect(alice, time.Hour)
	change(clock.Everybody, clock.Setting{})
	expect(alice, 0)
	if len(last.settings) != 0 {
		t.Errorf("left behind: %v", last.settings)
	}
}

func TestAChangeThatCannotBeSavedDoesNotHappen(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	tr := clock.NewTravel(clock.Fixed(time.Unix(1, 0)), nil, func(map[string]clock.Setting) error { return full })
	if err := tr.Change(alice, to(clock.Setting{Offset: time.Hour})); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if got := tr.For(alice).Now(); !got.Equal(time.Unix(1, 0)) {
		t.Errorf("it moved to %s", got)
	}
}
