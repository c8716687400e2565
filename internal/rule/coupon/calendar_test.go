package coupon_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
)

// TestACalendarIsWhatRedeemingSays asks for every half hour of each day whether a coupon may be
// redeemed then: a calendar's whole day has only such, and one that is none has none.
func TestACalendarIsWhatRedeemingSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		hours := func(name string, least, most int) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(rt, name)) * time.Hour
		}
		begin := day.Of(time.Unix(1_796_000_000, 0)).Begin().Add(hours("begin", 0, 30))
		v := coupon.Validity{Begin: begin, End: begin.Add(hours("span", 1, 400))}
		if rapid.Bool().Draw(rt, "days") {
			v.Days, v.WaitDays = rapid.IntRange(1, 5).Draw(rt, "good"), rapid.IntRange(0, 3).Draw(rt, "wait")
		}
		v.WeekDays = rapid.SliceOfDistinct(rapid.IntRange(0, 6), rapid.ID).Draw(rt, "week")
		if len(v.WeekDays) > 0 && rapid.Bool().Draw(rt, "times") {
			v.DayTimes = []coupon.DayTime{{Begin: 9 * 3600, End: 12*3600 - 1}, {Begin: 14 * 3600, End: 86399}}
		}
		if rapid.Bool().Draw(rt, "irregular") {
			v.Irregular = []coupon.Period{{Begin: begin.Add(hours("from", 0, 100)), End: begin.Add(hours("to", 101, 200))}}
		}
		received := begin.Add(hours("received", -50, 200))
		life := v.LifeFrom(received)
		first, days := v.Calendar(received)
		if first != day.Of(v.Begin) || first+day.Day(len(days))-1 != day.Of(v.End) {
			rt.Fatalf("%d days from %v of %v", len(days), first, v)
		}
		for i, use := range days {
			usable := 0
			for half := range 48 {
				if v.UsableAt(life, (first + day.Day(i)).At(half*1800)) {
					usable++
				}
			}
			if use == day.Wholly && usable < 48 || use == day.Never && usable > 0 || use == day.Partly && usable == 48 {
				rt.Errorf("day %d is %c, and %d of 48 half hours are usable: %+v", i, use, usable, v)
			}
		}
	})
}
