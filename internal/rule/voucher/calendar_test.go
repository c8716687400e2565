package voucher_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/voucher"
)

func TestACalendarHasTheDaysOnWhichAVoucherMayBeSpent(t *testing.T) {
	t.Parallel()
	first := day.Of(time.Unix(1_796_000_000, 0)) // a Monday
	for first.Weekday() != 1 {
		first++
	}
	s := voucher.Stock{Begin: first.At(3600), End: (first + 6).End()}
	for name, c := range map[string]struct {
		times    voucher.Times
		received time.Time
		want     string
	}{
		"any time":              {voucher.Times{}, first.Begin(), "PAAAAAA"},
		"from the next day":     {voucher.Times{NextDay: true}, (first + 2).At(7), "NNNAAAA"},
		"for two hours":         {voucher.Times{Minutes: new(int64(120))}, (first + 2).At(80000), "NNPPNNN"},
		"on two days":           {voucher.Times{Fixed: &voucher.Fixed{WeekDays: []int{0, 2}, End: voucher.LastSecond}}, first.Begin(), "NANNNNA"},
		"in the afternoon":      {voucher.Times{Fixed: &voucher.Fixed{Begin: 50000, End: 60000}}, first.Begin(), "PPPPPPP"},
		"of which none is left": {voucher.Times{Fixed: &voucher.Fixed{Begin: 0, End: 1000}}, first.Begin(), "NPPPPPP"},
	} {
		s.Times = c.times
		begin, days := s.Calendar(c.received)
		got := ""
		for _, use := range days {
			got += string(rune(use))
		}
		if begin != first || got != c.want {
			t.Errorf("%s: %s from %v, want %s", name, got, begin, c.want)
		}
	}
}
