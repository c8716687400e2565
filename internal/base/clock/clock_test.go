package clock_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
)

func TestBusinessTimeStepsBySeconds(t *testing.T) {
	t.Parallel()
	at := time.Unix(1795312800, 999_999_999)
	if got := (clock.Same{Source: clock.Fixed(at)}).For("1900000001").Now(); !got.Equal(time.Unix(1795312800, 0)) {
		t.Errorf("business time is %s", got)
	}
}

func TestAManualClockStandsUntilItIsMoved(t *testing.T) {
	t.Parallel()
	m := clock.NewManual(time.Unix(1, 0))
	if !m.Now().Equal(time.Unix(1, 0)) {
		t.Error("it moved")
	}
	m.Set(time.Unix(2, 0))
	if !m.Now().Equal(time.Unix(2, 0)) {
		t.Error("it did not move")
	}
}

func TestTheSystemClockMovesForward(t *testing.T) {
	t.Parallel()
	first := clock.System{}.Now()
	if second := (clock.System{}).Now(); second.Before(first) || first.Year() < 2026 {
		t.Errorf("%s, then %s", first, second)
	}
}
