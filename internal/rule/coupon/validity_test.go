package coupon_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
)

// date parses a time as the contract's tables write it: Beijing time without zone,
// or any RFC 3339 text.
func date(tb testing.TB, text string) time.Time {
	tb.Helper()
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime} {
		if parsed, err := time.ParseInLocation(layout, text, day.Beijing()); err == nil {
			return parsed
		}
	}
	tb.Fatalf("no time: %q", text)
	return time.Time{}
}

// december is the stock of the worked examples.
func december(tb testing.TB) coupon.Validity {
	tb.Helper()
	return coupon.Validity{Begin: date(tb, "2026-12-01T00:00:00"), End: date(tb, "2026-12-31T23:59:59")}
}

// TestLifeFollowsTheWorkedExamples is the table of 6.4, in its order.
func TestLifeFollowsTheWorkedExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		days, wait    int
		begin, end    string
		received      string
		start, expire string
	}{
		{"1 fixed window", 0, 0, "", "", "2026-12-05 15:30:00", "2026-12-05T15:30:00", "2026-12-31T23:59:59"},
		{"2 claimed before begin", 0, 0, "", "", "2026-11-25 10:00:00", "2026-12-01T00:00:00", "2026-12-31T23:59:59"},
		{"3 same day only", 1, 0, "", "", "2026-12-05 15:30:00", "2026-12-05T00:00:00", "2026-12-05T23:59:59"},
		{"4 three days", 3, 0, "", "", "2026-12-05 15:30:00", "2026-12-05T00:00:00", "2026-12-07T23:59:59"},
		{"5 ten seconds burn a day", 3, 0, "", "", "2026-12-05 23:59:50", "2026-12-05T00:00:00", "2026-12-07T23:59:59"},
		{"6 counted from the first stock day", 3, 0, "", "", "2026-11-25 10:00:00", "2026-12-01T00:00:00", "2026-12-03T23:59:59"},
		{"7 cut at the end", 3, 0, "", "", "2026-12-30 09:00:00", "2026-12-30T00:00:00", "2026-12-31T23:59:59"},
		{"8 next day only", 1, 1, "", "", "2026-12-05 15:30:00", "2026-12-06T00:00:00", "2026-12-06T23:59:59"},
		{"9 wait 7, then 3 days", 3, 7, "", "", "2026-12-05 15:30:00", "2026-12-12T00:00:00", "2026-12-14T23:59:59"},
		{"10 wait from the first stock day", 3, 7, "", "", "2026-11-25 10:00:00", "2026-12-08T00:00:00", "2026-12-10T23:59:59"},
		{"11 never usable", 3, 7, "", "", "2026-12-27 09:00:00", "2027-01-03T00:00:00", "2026-12-31T23:59:59"},
		{"12 start clipped to begin", 2, 0, "2026-12-01T10:00:00", "", "2026-11-30 09:00:00", "2026-12-01T10:00:00", "2026-12-02T23:59:59"},
		{"13 the Beijing date decides", 3, 0, "", "", "2026-12-05T16:30:00Z", "2026-12-06T00:00:00", "2026-12-08T23:59:59"},
		{"14 seen live", 30, 0, "2020-04-19T13:29:35", "2020-05-20T13:29:35", "2020-04-22 12:54:24", "2020-04-22T00:00:00", "2020-05-20T13:29:35"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := december(t)
			v.Days, v.WaitDays = c.days, c.wait
			if c.begin != "" {
				v.Begin = date(t, c.begin)
			}
			if c.end != "" {
				v.End = date(t, c.end)
			}
			life := v.LifeFrom(date(t, c.received))
			if !life.Start.Equal(date(t, c.start)) || !life.Expire.Equal(date(t, c.expire)) {
				t.Errorf("life %s – %s, want %s – %s", life.Start, life.Expire, c.start, c.expire)
			}
		})
	}
}

// TestWeeklyAndIrregularRulesHoldBackRedemption is 6.5.
func TestWeeklyAndIrregularRulesHoldBackRedemption(t *testing.T) {
	t.Parallel()
	tuesdays := december(t)
	tuesdays.WeekDays = []int{2}
	tuesdays.DayTimes = []coupon.DayTime{{Begin: 36000, End: 64800}}
	weekends := december(t)
	weekends.WeekDays = []int{0, 6}
	night := december(t)
	night.WeekDays = []int{0, 1, 2, 3, 4, 5, 6}
	night.DayTimes = []coupon.DayTime{{Begin: 0, End: 10800}, {Begin: 79200, End: 86399}}
	irregular := december(t)
	irregular.Irregular = []coupon.Period{
		{Begin: date(t, "2026-12-12T00:00:00"), End: date(t, "2026-12-12T23:59:59")},
		{Begin: date(t, "2026-12-24T18:00:00"), End: date(t, "2026-12-26T05:59:59")},
	}
	shortLived := tuesdays
	shortLived.Days = 3

	for _, c := range []struct {
		name     string
		validity coupon.Validity
		received string
		at       string
		want     bool
	}{
		{"Tuesday before ten", tuesdays, "2026-12-05 15:30:00", "2026-12-08 09:59:59", false},
		{"Tuesday at ten", tuesdays, "2026-12-05 15:30:00", "2026-12-08 10:00:00", true},
		{"Tuesday at six", tuesdays, "2026-12-05 15:30:00", "2026-12-08 18:00:00", true},
		{"Tuesday after six", tuesdays, "2026-12-05 15:30:00", "2026-12-08 18:00:01", false},
		{"Wednesday", tuesdays, "2026-12-05 15:30:00", "2026-12-09 12:00:00", false},
		{"no Tuesday in its three days: Saturday", shortLived, "2026-12-05 15:30:00", "2026-12-05 16:00:00", false},
		{"no Tuesday in its three days: Monday", shortLived, "2026-12-05 15:30:00", "2026-12-07 12:00:00", false},
		{"no Tuesday in its three days: the Tuesday after", shortLived, "2026-12-05 15:30:00", "2026-12-08 12:00:00", false},
		{"Saturday, first second", weekends, "2026-12-01 00:00:00", "2026-12-05 00:00:00", true},
		{"Sunday, last second", weekends, "2026-12-01 00:00:00", "2026-12-06 23:59:59", true},
		{"Monday", weekends, "2026-12-01 00:00:00", "2026-12-07 00:00:00", false},
		{"night, after midnight", night, "2026-12-01 00:00:00", "2026-12-10 02:59:59", true},
		{"night, three o'clock", night, "2026-12-01 00:00:00", "2026-12-10 03:00:00", true},
		{"night, past three", night, "2026-12-01 00:00:00", "2026-12-10 03:00:01", false},
		{"night, before ten", night, "2026-12-01 00:00:00", "2026-12-10 21:59:59", false},
		{"night, from ten", night, "2026-12-01 00:00:00", "2026-12-10 22:00:00", true},
		{"irregular, first day", irregular, "2026-12-01 00:00:00", "2026-12-12 00:00:00", true},
		{"irregular, end of the first day", irregular, "2026-12-01 00:00:00", "2026-12-12 23:59:59", true},
		{"irregular, between", irregular, "2026-12-01 00:00:00", "2026-12-13 00:00:00", false},
		{"irregular, before the second", irregular, "2026-12-01 00:00:00", "2026-12-24 17:59:59", false},
		{"irregular, second", irregular, "2026-12-01 00:00:00", "2026-12-24 18:00:00", true},
		{"irregular, last second", irregular, "2026-12-01 00:00:00", "2026-12-26 05:59:59", true},
		{"irregular, over", irregular, "2026-12-01 00:00:00", "2026-12-26 06:00:00", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			life := c.validity.LifeFrom(date(t, c.received))
			if got := c.validity.UsableAt(life, date(t, c.at)); got != c.want {
				t.Errorf("usable %v, want %v", got, c.want)
			}
		})
	}
}

func TestSecondsAfterReceiveCountFromTheMomentOfReceipt(t *testing.T) {
	t.Parallel()
	v := december(t)
	v.Seconds = 3600
	life := v.LifeFrom(date(t, "2026-12-05 15:30:00"))
	if !life.Start.Equal(date(t, "2026-12-05 15:30:00")) || !life.Expire.Equal(date(t, "2026-12-05 16:30:00")) {
		t.Errorf("life %v", life)
	}
	if life := v.LifeFrom(date(t, "2026-12-31 23:30:00")); !life.Expire.Equal(v.End) {
		t.Errorf("outlives the stock: %v", life)
	}
}

func TestOnlyLegalCombinationsOfTimesPass(t *testing.T) {
	t.Parallel()
	period := func(from, to string) coupon.Period { return coupon.Period{Begin: date(t, from), End: date(t, to)} }
	for name, c := range map[string]struct {
		change func(*coupon.Validity)
		want   error
	}{
		"begin and end":               {func(*coupon.Validity) {}, nil},
		"days":                        {func(v *coupon.Validity) { v.Days = 3 }, nil},
		"wait without days":           {func(v *coupon.Validity) { v.WaitDays = 3 }, coupon.ErrWaitWithoutDays},
		"both":                        {func(v *coupon.Validity) { v.Days, v.WaitDays = 3, 7 }, nil},
		"week days":                   {func(v *coupon.Validity) { v.WeekDays = []int{0} }, nil},
		"day times without week days": {func(v *coupon.Validity) { v.DayTimes = []coupon.DayTime{{0, 1}} }, coupon.ErrTimesWithoutWeekDay},
		"irregular with days": {func(v *coupon.Validity) {
			v.Days, v.Irregular = 3, []coupon.Period{period("2026-12-02 00:00:00", "2026-12-03 00:00:00")}
		}, nil},
		"overlapping day times": {func(v *coupon.Validity) {
			v.WeekDays, v.DayTimes = []int{1}, []coupon.DayTime{{100, 200}, {200, 300}}
		}, coupon.ErrPeriodsOverlap},
		"adjacent day times": {func(v *coupon.Validity) {
			v.WeekDays, v.DayTimes = []int{1}, []coupon.DayTime{{100, 200}, {201, 300}}
		}, nil},
		"day time backwards": {func(v *coupon.Validity) {
			v.WeekDays, v.DayTimes = []int{1}, []coupon.DayTime{{200, 100}}
		}, coupon.ErrPeriodBackwards},
		"three day times": {func(v *coupon.Validity) {
			v.WeekDays, v.DayTimes = []int{1}, []coupon.DayTime{{0, 1}, {2, 3}, {4, 5}}
		}, coupon.ErrTooManyPeriods},
		"overlapping irregular": {func(v *coupon.Validity) {
			v.Irregular = []coupon.Period{period("2026-12-02 00:00:00", "2026-12-03 00:00:00"), period("2026-12-03 00:00:00", "2026-12-04 00:00:00")}
		}, coupon.ErrPeriodsOverlap},
		"irregular backwards": {func(v *coupon.Validity) {
			v.Irregular = []coupon.Period{period("2026-12-03 00:00:00", "2026-12-02 00:00:00")}
		}, coupon.ErrPeriodBackwards},
		"three irregular": {func(v *coupon.Validity) {
			v.Irregular = make([]coupon.Period, 3)
		}, coupon.ErrTooManyPeriods},
		"end at begin":      {func(v *coupon.Validity) { v.End = v.Begin }, coupon.ErrEndBeforeBegin},
		"exactly a year":    {func(v *coupon.Validity) { v.End = date(t, "2027-12-01 00:00:00") }, nil},
		"a second more":     {func(v *coupon.Validity) { v.End = date(t, "2027-12-01 00:00:01") }, coupon.ErrSpanTooLong},
		"seconds":           {func(v *coupon.Validity) { v.Seconds = 1 }, nil},
		"seconds with days": {func(v *coupon.Validity) { v.Seconds, v.Days = 1, 1 }, coupon.ErrSecondsWithDays},
	} {
		v := december(t)
		c.change(&v)
		if err := v.Check(); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestLifeAgreesWithASlowModel compares the arithmetic with the calendar of the
// time package, over a century and any zone.
func TestLifeAgreesWithASlowModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := coupon.Validity{
			Begin:    time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "begin"), 0),
			Days:     rapid.IntRange(0, 365).Draw(t, "days"),
			WaitDays: rapid.IntRange(0, 30).Draw(t, "wait"),
		}
		v.End = v.Begin.Add(time.Duration(rapid.Int64Range(1, 366*24*3600).Draw(t, "span")) * time.Second)
		received := v.Begin.Add(time.Duration(rapid.Int64Range(-40*24*3600, 400*24*3600).Draw(t, "received")) * time.Second).UTC()
		got, want := v.LifeFrom(received), slowLife(v, received)
		if !got.Start.Equal(want.Start) || !got.Expire.Equal(want.Expire) {
			t.Fatalf("life %v, want %v", got, want)
		}
		if got.Expire.After(v.End) || got.Start.Before(v.Begin) {
			t.Fatalf("life %v leaves the stock's", got)
		}
	})
}

func slowLife(v coupon.Validity, received time.Time) coupon.Life {
	anchor := received
	if anchor.Before(v.Begin) {
		anchor = v.Begin
	}
	if v.Days == 0 {
		return coupon.Life{Start: anchor, Expire: v.End}
	}
	zone := time.FixedZone("UTC+8", 8*3600)
	y, m, d := anchor.In(zone).Date()
	life := coupon.Life{
		Start:  time.Date(y, m, d+v.WaitDays, 0, 0, 0, 0, zone),
		Expire: time.Date(y, m, d+v.WaitDays+v.Days-1, 23, 59, 59, 0, zone),
	}
	if life.Start.Before(v.Begin) {
		life.Start = v.Begin
	}
	if life.Expire.After(v.End) {
		life.Expire = v.End
	}
	return life
}
