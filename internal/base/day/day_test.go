package day_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
)

func TestDaysAreBeijingDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "seconds"), 0)
		on := day.Of(at)
		local := at.In(time.FixedZone("UTC+8", 8*3600))
		if on.Weekday() != int(local.Weekday()) {
			t.Fatalf("%v is weekday %d", local, on.Weekday())
		}
		y, m, d := local.Date()
		if !on.Begin().Equal(time.Date(y, m, d, 0, 0, 0, 0, local.Location())) || !on.End().Equal(time.Date(y, m, d, 23, 59, 59, 0, local.Location())) {
			t.Fatalf("%v lies in %v – %v", local, on.Begin(), on.End())
		}
	})
}

func TestMonthsAreThoseOfBeijing(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	if day.MonthOf(last) != 2026*12+11 || day.MonthOf(last.Add(time.Second)) != 2027*12 {
		t.Errorf("months %d and %d", day.MonthOf(last), day.MonthOf(last.Add(time.Second)))
	}
}
