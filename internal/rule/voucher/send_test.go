package voucher_test

import (
	"crypto/rand"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// TestTheWindowOfAVoucher is the table of 5.2.
func TestTheWindowOfAVoucher(t *testing.T) {
	t.Parallel()
	const aDay = 24 * time.Hour
	for name, c := range map[string]struct {
		times      voucher.Times
		received   time.Duration
		begin, end time.Duration // after the stock begins; the stock lasts a day
	}{
		"no rule":                                {voucher.Times{}, time.Hour, 0, aDay},
		"no rule, received before the stock":     {voucher.Times{}, -time.Hour, 0, aDay},
		"an hour":                                {voucher.Times{Minutes: new(int64(60))}, time.Hour, time.Hour, 2 * time.Hour},
		"an hour, before the stock":              {voucher.Times{Minutes: new(int64(60))}, -time.Hour, 0, time.Hour},
		"an hour, cut at the end":                {voucher.Times{Minutes: new(int64(60))}, 23*time.Hour + 30*time.Minute, 23*time.Hour + 30*time.Minute, aDay},
		"the next day":                           {voucher.Times{NextDay: true}, time.Hour, 12 * time.Hour, aDay},
		"the next day, before the stock":         {voucher.Times{NextDay: true}, -3 * aDay, 0, aDay},
		"an hour of the next day":                {voucher.Times{NextDay: true, Minutes: new(int64(60))}, time.Hour, 12 * time.Hour, 13 * time.Hour},
		"fixed times do not narrow the window":   {voucher.Times{Fixed: &voucher.Fixed{End: 1}}, time.Hour, 0, aDay},
		"the next day comes after the stock end": {voucher.Times{NextDay: true}, 13 * time.Hour, 36 * time.Hour, aDay},
	} {
		s := stock() // it begins at noon
		s.Times = c.times
		got := s.WindowFrom(s.Begin.Add(c.received))
		if !got.Begin.Equal(s.Begin.Add(c.begin)) || !got.End.Equal(s.Begin.Add(c.end)) {
			t.Errorf("%s: %s – %s, want %s – %s", name, got.Begin.Sub(s.Begin), got.End.Sub(s.Begin), c.begin, c.end)
		}
	}
}

func TestNoWindowLeavesItsStock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := stock()
		s.End = s.Begin.Add(time.Duration(rapid.Int64Range(1, 90*24*3600).Draw(rt, "span")) * time.Second)
		s.Times.NextDay = rapid.Bool().Draw(rt, "next day")
		if rapid.Bool().Draw(rt, "limited") {
			s.Times.Minutes = new(rapid.Int64Range(1, 1440).Draw(rt, "minutes"))
		}
		w := s.WindowFrom(s.Begin.Add(time.Duration(rapid.Int64Range(-10*24*3600, 90*24*3600).Draw(rt, "received")) * time.Second))
		if w.Begin.Before(s.Begin) || w.End.After(s.End) {
			rt.Fatalf("%+v leaves %s – %s", w, s.Begin, s.End)
		}
		if s.Times.Minutes != nil && w.End.Sub(w.Begin) > time.Duration(*s.Times.Minutes)*time.Minute {
			rt.Fatalf("%+v is longer than %d minutes", w, *s.Times.Minutes)
		}
	})
}

func TestFixedTimesHoldBackSpending(t *testing.T) {
	t.Parallel()
	s := stock()
	s.End = s.Begin.Add(10 * 24 * time.Hour)
	w := s.WindowFrom(s.Begin)
	s.Times.Fixed = &voucher.Fixed{WeekDays: []int{0, 6}, Begin: 13 * 3600, End: 14 * 3600}
	for name, c := range map[string]struct {
		at   time.Duration
		want bool
	}{
		"Saturday noon":            {0, false},
		"Saturday at one":          {time.Hour, true},
		"Saturday at two":          {2 * time.Hour, true},
		"Saturday after two":       {2*time.Hour + time.Second, false},
		"Sunday at one":            {25 * time.Hour, true},
		"Monday at one":            {49 * time.Hour, false},
		"next Saturday":            {7*24*time.Hour + time.Hour, true},
		"before the stock begins":  {-23 * time.Hour, false},
		"a Saturday after the end": {14*24*time.Hour + time.Hour, false},
	} {
		if got := s.UsableAt(w, s.Begin.Add(c.at)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	s.Times.Fixed.WeekDays = nil
	if !s.UsableAt(w, s.Begin.Add(49*time.Hour)) {
		t.Error("without days of the week every day counts")
	}
	s.Times.Fixed = nil
	if !s.UsableAt(w, w.Begin) || !s.UsableAt(w, w.End) || s.UsableAt(w, w.End.Add(time.Second)) {
		t.Error("both ends of the window count, and no more")
	}
}

func TestAnUnusedVoucherExpiresByItself(t *testing.T) {
	t.Parallel()
	for _, state := range voucher.States() {
		v := voucher.Voucher{State: state, Window: voucher.Window{End: noon()}}
		want := state
		if state == voucher.StateSent {
			want = voucher.StateExpired
		}
		if v.StateAt(noon()) != state || v.StateAt(noon().Add(time.Second)) != want {
			t.Errorf("%s is %s, then %s", state, v.StateAt(noon()), v.StateAt(noon().Add(time.Second)))
		}
	}
}

// TestEachLimitRefusesInItsTurn has each check of 4.11 refuse, and everything that comes
// after it, too.
func TestEachLimitRefusesInItsTurn(t *testing.T) {
	t.Parallel()
	s := stock()
	s.Limits.MaxAmountPerDay, s.Limits.PreventAbuse = 500, true
	counters := voucher.Counters{Sent: 10, SentToday: 5}
	asked := voucher.Asked{User: &user.User{Suspicious: true}, Held: 5, InMonth: 901, Now: s.End.Add(time.Second)}
	s.State = voucher.StockPaused
	for _, c := range []struct {
		want error
		heal func()
	}{
		{voucher.ErrWrongState, func() { s.State = voucher.StockRunning }},
		{voucher.ErrOver, func() { asked.Now = s.End }},
		{voucher.ErrSuspicious, func() { s.Limits.PreventAbuse = false }},
		{voucher.ErrUserQuota, func() { asked.Held = 4 }},
		{voucher.ErrMonth, func() { asked.InMonth = 900 }},
		{voucher.ErrDayBudget, func() { counters.SentToday = 4 }},
		{voucher.ErrSpent, func() { counters.Sent = 9 }},
	} {
		if err := s.Admit(counters, asked, 1000); !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
		c.heal()
	}
	if err := s.Admit(counters, asked, 1000); err != nil {
		t.Errorf("nothing is left to refuse: %v", err)
	}
	counters.Sent, s.Limits.MaxAmount = s.Limits.MaxCoupons, 1e9
	if err := s.Admit(counters, asked, 1000); !errors.Is(err, voucher.ErrSpent) {
		t.Errorf("all vouchers are sent, but not all money is spent: %v", err)
	}
	counters.Sent--
	asked.InMonth = 1e9
	if err := s.Admit(counters, asked, 0); err != nil {
		t.Errorf("without a rule about months: %v", err)
	}
}

func TestAVoucherMayBeSentBeforeTheStockBegins(t *testing.T) {
	t.Parallel()
	s := stock()
	for _, state := range voucher.StockStates() {
		s.State = state
		err := s.Admit(voucher.Counters{}, voucher.Asked{User: &user.User{}, Now: s.Begin.Add(-time.Hour)}, 0)
		if (err == nil) != (state == voucher.StockRunning) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// TestNoSequenceOfClaimsBreaksALimit lets random users claim on random days from a random
// stock and watches every limit.
func TestNoSequenceOfClaimsBreaksALimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := stock()
		s.End = s.Begin.Add(90 * 24 * time.Hour)
		s.Limits = voucher.Limits{
			MaxCoupons: rapid.Int64Range(5, 30).Draw(rt, "max"), MaxPerUser: rapid.Int64Range(1, 4).Draw(rt, "per user"),
			MaxAmountPerDay: fen.Fen(rapid.Int64Range(0, 800).Draw(rt, "per day")),
		}
		s.Limits.MaxAmount, _ = s.Face.Times(s.Limits.MaxCoupons)
		most := fen.Fen(rapid.Int64Range(0, 500).Draw(rt, "per month"))
		var counters voucher.Counters
		held := map[byte]int64{}
		perDay, perMonth := map[day.Day]fen.Fen{}, map[[2]int64]fen.Fen{}
		now := s.Begin
		for _, who := range rapid.SliceOfN(rapid.ByteRange(0, 9), 0, 80).Draw(rt, "claims") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 48).Draw(rt, "hours")) * time.Hour)
			if today := day.Of(now); today != counters.Day {
				counters.Day, counters.SentToday = today, 0
			}
			month := [2]int64{int64(who), int64(day.MonthOf(now))}
			if s.Admit(counters, voucher.Asked{User: &user.User{}, Held: held[who], InMonth: perMonth[month], Now: now}, most) != nil {
				continue
			}
			counters = counters.Send()
			held[who]++
			perDay[counters.Day] += s.Face
			perMonth[month] += s.Face
		}
		for who, n := range held {
			if n > s.Limits.MaxPerUser {
				rt.Fatalf("user %d holds %d", who, n)
			}
		}
		for key, amount := range perMonth {
			if most > 0 && amount > most {
				rt.Fatalf("%v received %d", key, amount)
			}
		}
		for day, amount := range perDay {
			if s.Limits.MaxAmountPerDay > 0 && amount > s.Limits.MaxAmountPerDay {
				rt.Fatalf("day %d gave %d", day, amount)
			}
		}
		if spent, _ := s.Face.Times(counters.Sent); counters.Sent > s.Limits.MaxCoupons || spent > s.Limits.MaxAmount {
			rt.Fatalf("sent %d of %+v", counters.Sent, s.Limits)
		}
	})
}

func TestWhoMaySendAStock(t *testing.T) {
	t.Parallel()
	s := stock()
	for name, c := range map[string]struct {
		caller  merchant.ID
		granted voucher.Senders
		want    error
	}{
		"the creator":            {s.Creator, voucher.Senders{}, nil},
		"a merchant of the list": {"2", voucher.Senders{Listed: []merchant.ID{"2"}}, nil},
		"a partner":              {"2", voucher.Senders{Partner: true, Partners: true}, nil},
		"nobody is allowed":      {"2", voucher.Senders{}, voucher.ErrNoSenders},
		"others are listed":      {"2", voucher.Senders{Listed: []merchant.ID{"3"}}, voucher.ErrNotSender},
		"others are partners":    {"2", voucher.Senders{Partners: true}, voucher.ErrNotSender},
	} {
		if err := s.CheckSender(c.caller, c.granted); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestOnlyCreatorAndSenderSeeAVoucher(t *testing.T) {
	t.Parallel()
	v := voucher.Voucher{Stock: voucher.StockKey{Creator: "1"}, Sender: "2"}
	for id, want := range map[merchant.ID]bool{"1": true, "2": true, "3": false, "": false} {
		if v.VisibleTo(id) != want {
			t.Errorf("%q sees it: %v", id, !want)
		}
	}
}

func TestIDsFitTheContract(t *testing.T) {
	t.Parallel()
	for range 100 {
		stock, err := voucher.NewStockID(rand.Reader)
		if err != nil || !regexp.MustCompile(`^1[0-9]{15}$`).MatchString(string(stock)) {
			t.Fatalf("stock id %q, %v", stock, err)
		}
		id, err := voucher.NewID("1912345678", rand.Reader)
		if err != nil || !regexp.MustCompile(`^145678[0-9]{13}$`).MatchString(string(id)) || id.Hint() != "45678" {
			t.Fatalf("voucher id %q, %v", id, err)
		}
	}
	broken := iotest.ErrReader(io.ErrClosedPipe)
	if _, err := voucher.NewID("1912345678", broken); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("without randomness: %v", err)
	}
	if _, err := voucher.NewStockID(strings.NewReader("")); err == nil {
		t.Error("a stock id without randomness")
	}
}
