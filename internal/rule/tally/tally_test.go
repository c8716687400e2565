package tally_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/tally"
)

func TestHoursBelongToTheDaysOfBeijing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-12-05T00:00:00+08:00": "2026-12-05T00:00:00+08:00",
		"2026-12-05T07:59:59+08:00": "2026-12-05T00:00:00+08:00",
		"2026-12-05T23:59:59+08:00": "2026-12-05T00:00:00+08:00",
		"1969-12-31T23:59:59+08:00": "1969-12-31T00:00:00+08:00",
		"1970-01-01T00:00:00+08:00": "1970-01-01T00:00:00+08:00",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		hour := tally.HourOf(at)
		if begin := hour.Begin(); begin.After(at) || at.Sub(begin) >= time.Hour {
			t.Errorf("the hour of %s begins at %s", text, begin)
		}
		if got := hour.DayBegin().Begin().Format(time.RFC3339); got != want || day.Of(hour.DayBegin().Begin()) != day.Of(at) {
			t.Errorf("the day of %s begins at %s, want %s", text, got, want)
		}
	}
}
