package voucher

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
)

// Calendar says on which days a voucher that is received at a time may be spent, from the day on
// which the stock begins to the one on which it ends.
func (s *Stock) Calendar(received time.Time) (first day.Day, days []day.Use) {
	w := s.WindowFrom(received)
	return day.Calendar(s.Begin, s.End, func(d day.Day) int64 { return s.secondsOn(d, w) })
}

// secondsOn counts the seconds of a day at which a voucher may be spent.
func (s *Stock) secondsOn(d day.Day, w Window) int64 {
	times := Fixed{End: LastSecond}
	if s.Times.Fixed != nil {
		times = *s.Times.Fixed
	}
	if len(times.WeekDays) > 0 && !slices.Contains(times.WeekDays, d.Weekday()) {
		return 0
	}
	return day.Overlap([2]time.Time{d.At(times.Begin), d.At(times.End)}, [2]time.Time{w.Begin, w.End})
}
