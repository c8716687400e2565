package coupon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
)

// TestEachRuleAboutTimeHasItsName: the first that is broken is named, and said in words.
func TestEachRuleAboutTimeHasItsName(t *testing.T) {
	t.Parallel()
	at := func(d, hour int) time.Time { return time.Date(2026, 12, d, hour, 0, 0, 0, day.Beijing()) }
	stock := coupon.Stock{
		Benefit: coupon.Benefit{Minimum: 1000},
		Validity: coupon.Validity{
			Begin: at(1, 0), End: at(31, 0), WeekDays: []int{1, 6}, DayTimes: []coupon.DayTime{{Begin: 9 * 3600, End: 18 * 3600}},
			Irregular: []coupon.Period{{Begin: at(5, 0), End: at(8, 0)}},
		},
	}
	life := coupon.Life{Start: at(2, 0), Expire: at(20, 0)}
	for _, c := range []struct {
		at   time.Time
		want coupon.Hindrance
		says string
	}{
		{at(1, 12), coupon.HinderedNotBegun, "2026-12-02T00:00:00+08:00"},
		{at(21, 12), coupon.HinderedEnded, "2026-12-20T00:00:00+08:00"},
		{at(6, 12), coupon.HinderedWeekDay, "周一、周六"},
		{at(7, 8), coupon.HinderedDayTime, "09:00:00–18:00:00"},
		{at(12, 12), coupon.HinderedPeriod, "2026-12-05 00:00:00–2026-12-08 00:00:00"},
		{at(7, 12), coupon.Unhindered, ""},
	} {
		got := stock.Validity.Hindrance(life, c.at)
		text := stock.Text(got, life)
		if got != c.want || !strings.Contains(text.ZH, c.says) || (text.EN == "") != (c.want == coupon.Unhindered) {
			t.Errorf("%s: %q, %+v; want %q", c.at, got, text, c.want)
		}
		if stock.Validity.UsableAt(life, c.at) != (c.want == coupon.Unhindered) {
			t.Errorf("%s: a coupon that is hindered by %q can be used", c.at, got)
		}
	}
	if stock.Benefit.Suits(999) || !stock.Benefit.Suits(1000) || !strings.Contains(stock.Text(coupon.HinderedMinimum, life).EN, "1000 fen") {
		t.Error("the threshold is wrong")
	}
}
