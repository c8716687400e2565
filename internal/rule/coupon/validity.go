package coupon

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
)

// Bounds of a stock's validity (4.3, 6.1).
const (
	// MaxPeriods is how many periods of a day, and how many irregular periods, a
	// stock may have.
	MaxPeriods = 2
	maxYears   = 1
)

// Validity is when the coupons of a stock may be used (4.3).
type Validity struct {
	// Begin and End bound every coupon of the stock, both included.
	Begin time.Time
	End   time.Time
	// Days is for how many days a coupon is good, the first included; 0 means
	// until End.
	Days int
	// WaitDays is how many days pass before the first; it needs Days.
	WaitDays int
	// Seconds is for how many seconds a coupon is good; 0 means not limited so.
	// It excludes Days and WaitDays (6.6, inferred).
	Seconds int64
	// WeekDays are the days of the week at which a coupon may be used, 0 for
	// Sunday; empty means all.
	WeekDays []int
	// DayTimes are the times of those days; empty means all.
	DayTimes []DayTime
	// Irregular are the only periods in which a coupon may be used; empty means
	// no such limit.
	Irregular []Period
}

// DayTime is a period of a day in seconds since midnight in Beijing, both ends
// included; 86399 is 23:59:59.
type DayTime struct {
	Begin int
	End   int
}

// Period is a span of time, both ends included.
type Period struct {
	Begin time.Time
	End   time.Time
}

// Life is when one coupon starts to count and when it ends, both included (6.3).
// Weekly and irregular rules do not show in it: they only hold back redemption.
type Life struct {
	Start  time.Time
	Expire time.Time
}

// Where the rules of validity live on the wire.
const (
	fieldTime      = "coupon_use_rule.coupon_available_time"
	fieldBegin     = fieldTime + ".available_begin_time"
	fieldEnd       = fieldTime + ".available_end_time"
	fieldDays      = fieldTime + ".available_day_after_receive"
	fieldWait      = fieldTime + ".wait_days_after_receive"
	fieldSeconds   = fieldTime + ".available_second_after_receive"
	fieldWeek      = fieldTime + ".available_week"
	fieldWeekDay   = fieldWeek + ".week_day"
	fieldDayTime   = fieldWeek + ".available_day_time"
	fieldIrregular = fieldTime + ".irregulary_avaliable_time"
)

// Refusals of a validity (6.1). The texts are ours: no source prints them.
var (
	ErrEndBeforeBegin = fault.New(fault.Invalid,
		"可用结束时间必须晚于可用开始时间", "The end time must be later than the begin time.")
	ErrSpanTooLong = fault.New(fault.Invalid,
		"可用时间跨度不能超过1年", "The span from begin to end must not exceed one year.")
	ErrEndPassed = fault.New(fault.Invalid,
		"可用结束时间必须晚于当前时间", "The end time must lie in the future.")
	ErrWaitWithoutDays = fault.New(fault.Invalid,
		"设置领取后N天开始生效时，必须同时设置生效后N天内有效",
		"wait_days_after_receive needs available_day_after_receive.")
	ErrSecondsWithDays = fault.New(fault.Invalid,
		"领取后N秒内有效不能与生效后N天内有效、领取后N天开始生效同时设置",
		"available_second_after_receive cannot be combined with available_day_after_receive or wait_days_after_receive.")
	ErrTimesWithoutWeekDay = fault.New(fault.Invalid,
		"设置当天可用时间段时，必须同时设置可用星期数", "available_day_time needs week_day.")
	ErrTooManyPeriods = fault.New(fault.Invalid,
		"可用时间段最多2个", "At most 2 periods are allowed.")
	ErrPeriodBackwards = fault.New(fault.Invalid,
		"时间段的结束时间必须晚于开始时间", "A period must end after it begins.")
	ErrPeriodsOverlap = fault.New(fault.Invalid,
		"时间段不能重叠", "Periods must not overlap.")
)

// CheckOpen reports a validity that has ended at now: a new stock must have time left.
func (v *Validity) CheckOpen(now time.Time) error {
	if !v.End.After(now) {
		return ErrEndPassed.At(fieldEnd, show(v.End))
	}
	return nil
}

// Check reports the first rule that the validity of a new stock breaks.
func (v *Validity) Check() error { return fault.First(v.checks()...) }

// checks are the rules of a validity that do not depend on one another, in order.
func (v *Validity) checks() []func() error {
	return []func() error{
		v.checkSpan, v.checkReceipt, v.checkWeek,
		func() error { return checkDayTimes(v.DayTimes) },
		func() error { return checkIrregular(v.Irregular) },
	}
}

func (v *Validity) checkSpan() error {
	switch {
	case !v.End.After(v.Begin):
		return ErrEndBeforeBegin.At(fieldEnd, show(v.End))
	case v.End.After(v.Begin.In(day.Beijing()).AddDate(maxYears, 0, 0)):
		return ErrSpanTooLong.At(fieldEnd, show(v.End))
	}
	return nil
}

func (v *Validity) checkReceipt() error {
	switch {
	case v.WaitDays > 0 && v.Days == 0:
		return ErrWaitWithoutDays.At(fieldDays, "")
	case v.Seconds > 0 && (v.Days > 0 || v.WaitDays > 0):
		return ErrSecondsWithDays.At(fieldSeconds, v.Seconds)
	}
	return nil
}

func (v *Validity) checkWeek() error {
	if len(v.DayTimes) > 0 && len(v.WeekDays) == 0 {
		return ErrTimesWithoutWeekDay.At(fieldWeekDay, "")
	}
	return nil
}

func checkDayTimes(times []DayTime) error {
	if len(times) > MaxPeriods {
		return ErrTooManyPeriods.At(fieldDayTime, len(times))
	}
	for i, p := range times {
		if p.End <= p.Begin {
			return ErrPeriodBackwards.At(fieldDayTime, p.End)
		}
		for _, earlier := range times[:i] {
			if p.Begin <= earlier.End && earlier.Begin <= p.End {
				return ErrPeriodsOverlap.At(fieldDayTime, p.Begin)
			}
		}
	}
	return nil
}

func checkIrregular(periods []Period) error {
	if len(periods) > MaxPeriods {
		return ErrTooManyPeriods.At(fieldIrregular, len(periods))
	}
	for i, p := range periods {
		if !p.End.After(p.Begin) {
			return ErrPeriodBackwards.At(fieldIrregular, show(p.End))
		}
		for _, earlier := range periods[:i] {
			if !p.Begin.After(earlier.End) && !earlier.Begin.After(p.End) {
				return ErrPeriodsOverlap.At(fieldIrregular, show(p.Begin))
			}
		}
	}
	return nil
}

// LifeFrom returns the life of a coupon received at the given time (6.3). A
// coupon claimed before the stock begins counts from the stock's first day, and
// none outlives the stock.
func (v *Validity) LifeFrom(received time.Time) Life {
	anchor := later(received, v.Begin)
	switch {
	case v.Days > 0:
		first := day.Of(anchor) + day.Day(v.WaitDays)
		return Life{
			Start:  later(v.Begin, first.Begin()),
			Expire: earlier(v.End, (first + day.Day(v.Days) - 1).End()),
		}
	case v.Seconds > 0:
		return Life{Start: anchor, Expire: earlier(v.End, anchor.Add(time.Duration(v.Seconds)*time.Second))}
	default:
		return Life{Start: anchor, Expire: v.End}
	}
}

// UsableAt reports whether a coupon with the given life may be redeemed at t: the
// intersection of every rule that was given (6.2).
func (v *Validity) UsableAt(life Life, t time.Time) bool {
	return v.Hindrance(life, t) == Unhindered
}

func (v *Validity) onWeekDay(t time.Time) bool {
	return len(v.WeekDays) == 0 || slices.Contains(v.WeekDays, day.Of(t).Weekday())
}

func (v *Validity) atDayTime(t time.Time) bool {
	second := day.SecondOf(t)
	return len(v.DayTimes) == 0 || slices.ContainsFunc(v.DayTimes, func(p DayTime) bool {
		return p.Begin <= second && second <= p.End
	})
}

func (v *Validity) inIrregular(t time.Time) bool {
	return len(v.Irregular) == 0 || slices.ContainsFunc(v.Irregular, func(p Period) bool {
		return within(t, p.Begin, p.End)
	})
}

func within(t, begin, end time.Time) bool {
	return !t.Before(begin) && !t.After(end)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func show(t time.Time) string { return t.In(day.Beijing()).Format(time.RFC3339) }
