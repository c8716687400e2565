package coupon

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
)

// Calendar says on which days a coupon that is received at a time may be redeemed, from the day on
// which the stock begins to the one on which it ends.
func (v *Validity) Calendar(received time.Time) (first day.Day, days []day.Use) {
	life := v.LifeFrom(received)
	return day.Calendar(v.Begin, v.End, func(d day.Day) int64 { return v.secondsOn(d, life) })
}

// secondsOn counts the seconds of a day at which a coupon may be redeemed.
func (v *Validity) secondsOn(d day.Day, life Life) (n int64) {
	if len(v.WeekDays) > 0 && !slices.Contains(v.WeekDays, d.Weekday()) {
		return 0
	}
	times, periods := v.DayTimes, v.Irregular
	if len(times) == 0 {
		times = []DayTime{{End: lastSecond}}
	}
	if len(periods) == 0 {
		periods = []Period{{Begin: v.Begin, End: v.End}}
	}
	for _, t := range times {
		for _, p := range periods {
			n += day.Overlap(
				[2]time.Time{d.At(t.Begin), d.At(t.End)}, [2]time.Time{p.Begin, p.End},
				[2]time.Time{v.Begin, v.End}, [2]time.Time{life.Start, life.Expire})
		}
	}
	return n
}

// lastSecond is the last second of a day.
const lastSecond = 86399
