package voucher

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
)

// maxCalendar is how many days a calendar has at most. A stock that may be created has fewer.
const maxCalendar = 400

// Calendar says on which days a voucher that is received at a time may be spent, from the day on
// which the stock begins to the one on which it ends.
func (s *Stock) Calendar(received time.Time) (first day.Day, days []day.Use) {
	w := s.WindowFrom(received)
	first = day.Of(s.Begin)
	for d := first; d <= day.Of(s.End) && len(days) < maxCalendar; d++ {
		days = append(days, day.UseOf(s.secondsOn(d, w)))
	}
	return first, days
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
