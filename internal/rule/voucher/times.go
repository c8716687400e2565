package voucher

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/planted"
)

// Times are when a voucher may be spent within the time of its stock (4.1). The zero Times
// narrow nothing.
type Times struct {
	// Fixed are days of the week and a time of the day; nil means all. It excludes the
	// other two.
	Fixed *Fixed
	// NextDay makes a voucher usable from the day after its receipt.
	NextDay bool
	// Minutes is for how long a voucher is good; nil means until the stock ends.
	Minutes *int64
}

// Fixed is a time of the day in seconds since midnight in Beijing, both ends included.
type Fixed struct {
	// WeekDays has 0 for Sunday to 6 for Saturday; empty means every day.
	WeekDays   []int
	Begin, End int
}

// LastSecond is the last second of a day.
const LastSecond = 86399

// maxMinutes is the longest relative validity, a day.
const maxMinutes = 1440

func (t *Times) check() error {
	const field = "coupon_use_rule.coupon_available_time"
	switch {
	case t.Fixed != nil && (t.NextDay || t.Minutes != nil):
		return rule(field+".fix_available_time", "",
			"固定时间段可用不能与领取后第二天可用、领取后可用时间同时设置",
			"fix_available_time excludes second_day_available and available_time_after_receive.")
	case t.Fixed != nil && t.Fixed.Begin > t.Fixed.End:
		return rule(field+".fix_available_time.end_time", t.Fixed.End, "当天结束时间不能早于开始时间", "fix_available_time must end after it begins.")
	case t.Minutes != nil && (*t.Minutes < 1 || *t.Minutes > maxMinutes):
		return rule(field+".available_time_after_receive", *t.Minutes, "领取后可用时间须为1到1440分钟", "available_time_after_receive must be 1 to 1440 minutes.")
	}
	return nil
}

// Window is when one voucher may be spent, both ends included.
type Window struct {
	Begin, End time.Time
}

// WindowFrom returns the window of a voucher received at the given time (5.2). It never
// outlives the stock.
func (s *Stock) WindowFrom(received time.Time) Window {
	w := Window{Begin: s.Begin, End: s.End}
	switch {
	case s.Times.NextDay && !planted.VoucherNextDay.In():
		w.Begin = later(s.Begin, (day.Of(received) + 1).Begin())
	case s.Times.Minutes != nil:
		w.Begin = later(s.Begin, received)
	}
	if s.Times.Minutes != nil {
		w.End = earlier(s.End, w.Begin.Add(time.Duration(*s.Times.Minutes)*time.Minute))
	}
	return w
}

// UsableAt reports whether a voucher of the stock with the given window may be spent at t:
// within the window, and at the fixed times if there are any (7.1).
func (s *Stock) UsableAt(w Window, t time.Time) bool {
	if t.Before(w.Begin) || t.After(w.End) {
		return false
	}
	fixed := s.Times.Fixed
	if fixed == nil {
		return true
	}
	second := day.SecondOf(t)
	return fixed.Begin <= second && second <= fixed.End &&
		(len(fixed.WeekDays) == 0 || slices.Contains(fixed.WeekDays, day.Of(t).Weekday()))
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
