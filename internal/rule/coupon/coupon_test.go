package coupon_test

import (
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// TestRedeemInEveryState is the row "use" of the state × command matrix.
func TestRedeemInEveryState(t *testing.T) {
	t.Parallel()
	v := december(t)
	during, after := date(t, "2026-12-10 12:00:00"), date(t, "2027-01-01 00:00:00")
	for _, c := range []struct {
		state coupon.State
		at    time.Time
		want  error
	}{
		{coupon.StateSent, during, nil},
		{coupon.StateSent, v.End, nil},
		{coupon.StateSent, after, coupon.ErrOutsideValidity},
		{coupon.StateSent, date(t, "2026-12-05 15:29:59"), coupon.ErrOutsideValidity},
		{coupon.StateUsed, during, coupon.ErrUsed},
		{coupon.StateUsed, after, coupon.ErrUsed},
		{coupon.StateExpired, during, coupon.ErrOutsideValidity},
		{coupon.StateDeleted, during, coupon.ErrDeleted},
		{coupon.StateDeleted, after, coupon.ErrDeleted},
		{coupon.StateDeactivated, during, coupon.ErrNotUsable},
		{coupon.StateDeactivated, after, coupon.ErrNotUsable},
	} {
		held := coupon.Coupon{State: c.state, Life: v.LifeFrom(date(t, "2026-12-05 15:30:00"))}
		before := held
		err := held.Redeem(&v, coupon.Use{RequestNo: "u1"}, c.at)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s at %s gives %v, want %v", c.state, c.at, err, c.want)
		}
		if err != nil && held != before {
			t.Errorf("%s: a refusal changed the coupon", c.state)
		}
		if err == nil && (held.State != coupon.StateUsed || held.Use.RequestNo != "u1" || !held.Use.At.Equal(c.at)) {
			t.Errorf("redeemed as %+v", held)
		}
	}
}

func TestAnUnusedCouponExpiresByItself(t *testing.T) {
	t.Parallel()
	expire := date(t, "2026-12-07 23:59:59")
	for _, s := range coupon.States() {
		c := coupon.Coupon{State: s, Life: coupon.Life{Expire: expire}}
		if got := c.StateAt(expire); got != s {
			t.Errorf("%s at its last second is %s", s, got)
		}
		want := s
		if s == coupon.StateSent {
			want = coupon.StateExpired
		}
		if got := c.StateAt(expire.Add(time.Second)); got != want {
			t.Errorf("%s a second later is %s, want %s", s, got, want)
		}
	}
}

func TestOnlyThePartiesOfACouponSeeIt(t *testing.T) {
	t.Parallel()
	c := coupon.Coupon{Key: coupon.Key{Stock: coupon.StockKey{Creator: "1"}}, Belong: "2", Sender: "3"}
	for id, want := range map[merchant.ID]bool{"1": true, "2": true, "3": true, "4": false, "": false} {
		if c.VisibleTo(id) != want {
			t.Errorf("%q sees it: %v", id, !want)
		}
	}
}

func TestAStockStopsWhenItsTimeEnds(t *testing.T) {
	t.Parallel()
	for _, state := range coupon.StockStates() {
		s := running(t)
		s.State = state
		if got := s.StateAt(s.Validity.End); got != state {
			t.Errorf("%s at its last second is %s", state, got)
		}
		want := state
		if state == coupon.StockRunning || state == coupon.StockPaused {
			want = coupon.StockStopped
		}
		if got := s.StateAt(s.Validity.End.Add(time.Second)); got != want {
			t.Errorf("%s a second later is %s, want %s", state, got, want)
		}
	}
}

func TestANewStockMustHaveTimeLeft(t *testing.T) {
	t.Parallel()
	v := december(t)
	if err := v.CheckOpen(v.End); !errors.Is(err, coupon.ErrEndPassed) {
		t.Errorf("at its end: %v", err)
	}
	if err := v.CheckOpen(v.End.Add(-time.Second)); err != nil {
		t.Errorf("a second before: %v", err)
	}
}

// TestAdmitInEveryState is the row "issue" of the state × command matrix of
// stocks.
func TestAdmitInEveryState(t *testing.T) {
	t.Parallel()
	for _, state := range coupon.StockStates() {
		s := running(t)
		s.State = state
		want := coupon.RefusedNotRunning
		if state == coupon.StockRunning {
			want = coupon.Admitted
		}
		if got := s.Admit(coupon.Counters{}, &user.User{}, 0, date(t, "2026-11-30 12:00:00")); got != want {
			t.Errorf("%s before begin: %q, want %q", state, got, want)
		}
		if got := s.Admit(coupon.Counters{}, &user.User{}, 0, s.Validity.End); got != want {
			t.Errorf("%s at the last second: %q, want %q", state, got, want)
		}
		if got := s.Admit(coupon.Counters{}, &user.User{}, 0, s.Validity.End.Add(time.Second)); got != coupon.RefusedExpired {
			t.Errorf("%s after the end: %q", state, got)
		}
	}
}

func TestEachLimitRefusesWithItsCode(t *testing.T) {
	t.Parallel()
	now := date(t, "2026-12-05 12:00:00")
	for name, c := range map[string]struct {
		change   func(*coupon.Stock)
		counters coupon.Counters
		held     int64
		user     user.User
		want     coupon.Refusal
	}{
		"last of the stock":           {func(*coupon.Stock) {}, coupon.Counters{Issued: 99}, 0, user.User{}, coupon.Admitted},
		"stock used up":               {func(*coupon.Stock) {}, coupon.Counters{Issued: 100}, 0, user.User{}, coupon.RefusedNotEnough},
		"last of the user":            {func(*coupon.Stock) {}, coupon.Counters{}, 4, user.User{}, coupon.Admitted},
		"user's quota":                {func(*coupon.Stock) {}, coupon.Counters{}, 5, user.User{}, coupon.RefusedQuota},
		"person's quota":              {func(s *coupon.Stock) { s.Limits.NaturalPerson = coupon.Yes }, coupon.Counters{}, 5, user.User{}, coupon.RefusedPerson},
		"last of the day":             {func(s *coupon.Stock) { s.Limits.MaxPerDay = 10 }, coupon.Counters{IssuedToday: 9}, 0, user.User{}, coupon.Admitted},
		"day's limit":                 {func(s *coupon.Stock) { s.Limits.MaxPerDay = 10 }, coupon.Counters{IssuedToday: 10}, 0, user.User{}, coupon.RefusedDayLimit},
		"budget, exactly":             {func(s *coupon.Stock) { s.Limits.MaxAmount = 1000 }, coupon.Counters{Issued: 1}, 0, user.User{}, coupon.Admitted},
		"budget":                      {func(s *coupon.Stock) { s.Limits.MaxAmount = 999 }, coupon.Counters{Issued: 1}, 0, user.User{}, coupon.RefusedNotEnough},
		"day's budget":                {func(s *coupon.Stock) { s.Limits.MaxAmountPerDay = 999 }, coupon.Counters{IssuedToday: 1}, 0, user.User{}, coupon.RefusedDayLimit},
		"budget of no fixed amount":   {func(s *coupon.Stock) { s.Type, s.Limits.MaxAmount = coupon.TypeDiscount, 1 }, coupon.Counters{Issued: 9}, 0, user.User{}, coupon.Admitted},
		"no free code":                {func(s *coupon.Stock) { s.CodeMode = coupon.CodesByUpload }, coupon.Counters{Codes: 3}, 0, user.User{}, coupon.RefusedNotEnough},
		"free code":                   {func(s *coupon.Stock) { s.CodeMode = coupon.CodesByUpload }, coupon.Counters{Codes: 3, FreeCodes: 1}, 0, user.User{}, coupon.Admitted},
		"suspicious":                  {func(s *coupon.Stock) { s.Limits.PreventAbuse = coupon.Yes }, coupon.Counters{}, 0, user.User{Suspicious: true}, coupon.RefusedFailed},
		"suspicious, nobody minds":    {func(s *coupon.Stock) { s.Limits.PreventAbuse = coupon.No }, coupon.Counters{}, 0, user.User{Suspicious: true}, coupon.Admitted},
		"user's quota before the day": {func(s *coupon.Stock) { s.Limits.MaxPerDay = 1 }, coupon.Counters{Issued: 100, IssuedToday: 1}, 5, user.User{}, coupon.RefusedQuota},
		"day before the stock":        {func(s *coupon.Stock) { s.Limits.MaxPerDay = 1 }, coupon.Counters{Issued: 100, IssuedToday: 1}, 0, user.User{}, coupon.RefusedDayLimit},
	} {
		s := running(t)
		c.change(&s)
		if got := s.Admit(c.counters, &c.user, c.held, now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestEveryRefusalHasATextInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, r := range []coupon.Refusal{
		coupon.RefusedFailed, coupon.RefusedNotEnough, coupon.RefusedDayLimit, coupon.RefusedPerson,
		coupon.RefusedQuota, coupon.RefusedNotRunning, coupon.RefusedExpired,
	} {
		if f := r.Fault(); f.Kind != fault.Limited || f.Text.ZH == "" || f.Text.EN == "" {
			t.Errorf("%s: %+v", r, f)
		}
	}
}

// TestNoSequenceOfClaimsBreaksALimit lets random users claim on random days from a
// random stock and watches every limit.
func TestNoSequenceOfClaimsBreaksALimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := running(t)
		s.Limits = coupon.Limits{
			MaxCoupons: rapid.Int64Range(1, 30).Draw(rt, "max"),
			MaxPerUser: rapid.Int64Range(1, 4).Draw(rt, "perUser"),
			MaxPerDay:  rapid.Int64Range(0, 8).Draw(rt, "perDay"),
			MaxAmount:  fen.Fen(rapid.Int64Range(0, 30).Draw(rt, "budget")) * s.Benefit.Discount,
		}
		var counters coupon.Counters
		held, perDay := map[byte]int64{}, map[day.Day]int64{}
		now := s.Validity.Begin
		for _, who := range rapid.SliceOfN(rapid.ByteRange(0, 9), 0, 80).Draw(rt, "claims") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 12).Draw(rt, "hours")) * time.Hour)
			counters = counters.On(day.Of(now))
			if s.Admit(counters, &user.User{}, held[who], now) != coupon.Admitted {
				continue
			}
			counters = counters.Issue(s.CodeMode)
			held[who]++
			perDay[day.Of(now)]++
		}
		for who, n := range held {
			if n > s.Limits.MaxPerUser {
				rt.Fatalf("user %d holds %d", who, n)
			}
		}
		var total int64
		for day, n := range perDay {
			total += n
			if s.Limits.MaxPerDay > 0 && n > s.Limits.MaxPerDay {
				rt.Fatalf("day %d issued %d", day, n)
			}
		}
		spent, _ := s.AmountOf(total)
		if total != counters.Issued || total > s.Limits.MaxCoupons || s.Limits.MaxAmount > 0 && spent > s.Limits.MaxAmount {
			rt.Fatalf("issued %d, counted %d, spent %d of %+v", total, counters.Issued, spent, s.Limits)
		}
	})
}

func TestANewStockMustFitItsType(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*coupon.Stock)
		field  string
	}{
		"as it should be":            {func(*coupon.Stock) {}, ""},
		"normal without amount":      {func(s *coupon.Stock) { s.Benefit = coupon.Benefit{} }, "coupon_use_rule.fixed_normal_coupon"},
		"discount without percent":   {func(s *coupon.Stock) { s.Type = coupon.TypeDiscount }, "coupon_use_rule.discount_coupon"},
		"exchange without price":     {func(s *coupon.Stock) { s.Type = coupon.TypeExchange }, "coupon_use_rule.exchange_coupon"},
		"mini program without appid": {func(s *coupon.Stock) { s.UseBy = coupon.UseBy{Method: "MINI_PROGRAMS"} }, "coupon_use_rule.mini_programs_appid"},
		"mini program without path":  {func(s *coupon.Stock) { s.UseBy = coupon.UseBy{Method: "MINI_PROGRAMS", MiniProgramAppID: "wx1"} }, "coupon_use_rule.mini_programs_path"},
		"times":                      {func(s *coupon.Stock) { s.Validity.WaitDays = 1 }, "coupon_use_rule.coupon_available_time.available_day_after_receive"},
	} {
		s := running(t)
		c.change(&s)
		err := s.Check()
		if (err == nil) != (c.field == "") || err != nil && fault.Of(err).Field != c.field {
			t.Errorf("%s: %v, want field %q", name, err, c.field)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: kind %v", name, fault.KindOf(err))
		}
	}
}

func TestWhoMayCreateForWhom(t *testing.T) {
	t.Parallel()
	self := &merchant.Merchant{ID: "1900000001", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{"wxSelf"}}
	provider := &merchant.Merchant{ID: "1900000002", Kind: merchant.Provider, AppIDs: []merchant.AppID{"wxProvider"}}
	sub := &merchant.Merchant{ID: "1900000003", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{"wxSub"}}
	for name, c := range map[string]struct {
		creator, belong *merchant.Merchant
		isSub           bool
		appid           merchant.AppID
		want            error
	}{
		"for itself":                     {self, self, false, "", nil},
		"for another":                    {self, sub, false, "", coupon.ErrBelongForeign},
		"for a sub-merchant of somebody": {self, sub, true, "", coupon.ErrBelongForeign},
		"provider for its sub-merchant":  {provider, sub, true, "", nil},
		"provider for a stranger":        {provider, self, false, "", coupon.ErrBelongForeign},
		"provider for itself":            {provider, provider, false, "", coupon.ErrBelongForeign},
		"appid of the creator":           {provider, sub, true, "wxProvider", nil},
		"appid of the sub-merchant":      {provider, sub, true, "wxSub", nil},
		"appid of a stranger":            {provider, sub, true, "wxSelf", coupon.ErrStockAppID},
	} {
		s := running(t)
		s.NotifyAppID = c.appid
		if err := s.CheckParties(c.creator, c.belong, c.isSub); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	s := running(t)
	s.Entrance = coupon.Entrance{MiniProgram: &coupon.MiniProgram{AppID: "wxElsewhere"}}
	if err := s.CheckParties(self, self, false); !errors.Is(err, coupon.ErrStockAppID) {
		t.Errorf("a foreign mini program gives %v", err)
	}
}

func TestChosenIdsHaveTheirLengthAndComeFromTheSource(t *testing.T) {
	t.Parallel()
	noon := time.Unix(1_796_443_200, 0)
	stock, err := coupon.NewStockID(rand.Reader)
	if err != nil || len(stock) != 16 || stock[0] != '1' {
		t.Errorf("stock id %q, %v", stock, err)
	}
	seen := map[coupon.Code]bool{}
	for range 1000 {
		code, err := coupon.NewCode(rand.Reader, noon)
		if err != nil || !coupon.IsPlatformCode(code) || seen[code] {
			t.Fatalf("code %q, %v", code, err)
		}
		seen[code] = true
	}
	first, _ := coupon.NewCode(strings.NewReader(strings.Repeat("seed", 10)), noon)
	again, _ := coupon.NewCode(strings.NewReader(strings.Repeat("seed", 10)), noon)
	if first != again {
		t.Errorf("the same source gives %q and %q", first, again)
	}
	if later, _ := coupon.NewCode(strings.NewReader(strings.Repeat("seed", 10)), noon.Add(8*time.Second)); later <= first {
		t.Errorf("%q came 8 seconds after %q", later, first)
	}
	if _, err := coupon.NewCode(iotest.ErrReader(io.ErrUnexpectedEOF), noon); err == nil {
		t.Error("no error from a broken source")
	}
	for _, c := range []coupon.Code{"", "123", "12010594530000110827660", "12010594530000110827 6", "120105945300001108276x"} {
		if coupon.IsPlatformCode(c) {
			t.Errorf("%q looks like a platform code", c)
		}
	}
}

func TestCountersStartAnewEachDay(t *testing.T) {
	t.Parallel()
	c := coupon.Counters{Issued: 7, Day: 100, IssuedToday: 3}
	if same := c.On(100); same != c {
		t.Errorf("same day: %+v", same)
	}
	if next := c.On(101); next.Issued != 7 || next.IssuedToday != 0 || next.Day != 101 {
		t.Errorf("next day: %+v", next)
	}
}

func TestQuotaCountsByPersonWhenTheStockSaysSo(t *testing.T) {
	t.Parallel()
	u := &user.User{ID: user.ID{1}, Person: user.ID{2}}
	if got := (&coupon.Limits{}).QuotaHolder(u); got != u.ID {
		t.Errorf("by account: %s", got)
	}
	if got := (&coupon.Limits{NaturalPerson: coupon.Yes}).QuotaHolder(u); got != u.Person {
		t.Errorf("by person: %s", got)
	}
}

func TestAClaimBringsACodeWhenTheMerchantChoosesIt(t *testing.T) {
	t.Parallel()
	s := running(t)
	if err := s.CheckCode(&coupon.Claim{}); err != nil {
		t.Errorf("platform mode: %v", err)
	}
	s.CodeMode = coupon.CodesByCall
	if err := s.CheckCode(&coupon.Claim{}); fault.Of(err).Field != "coupon_code" {
		t.Errorf("merchant mode without code: %v", err)
	}
	if err := s.CheckCode(&coupon.Claim{Code: "A"}); err != nil {
		t.Errorf("merchant mode with code: %v", err)
	}
}

func running(tb testing.TB) coupon.Stock {
	tb.Helper()
	return coupon.Stock{
		StockKey: coupon.StockKey{Creator: "1900000001", ID: "1282070000000017"},
		Belong:   "1900000001",
		Type:     coupon.TypeNormal,
		CodeMode: coupon.CodesByPlatform,
		State:    coupon.StockRunning,
		Benefit:  coupon.Benefit{Type: coupon.TypeNormal, Discount: 500, Minimum: 1000},
		UseBy:    coupon.UseBy{Method: "OFF_LINE"},
		Validity: december(tb),
		Limits:   coupon.Limits{MaxCoupons: 100, MaxPerUser: 5},
	}
}
