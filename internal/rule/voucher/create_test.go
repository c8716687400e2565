package voucher_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// same reports whether an error is a refusal, whatever it says in English.
func same(err error, want *fault.Error) bool {
	if want == nil {
		return err == nil
	}
	got := fault.Of(err)
	return err != nil && got.Kind == want.Kind && got.Text.ZH == want.Text.ZH
}

// TestEachRuleOfANewStockRefusesAlone walks the rules of chapter 6 at, below and above their
// bounds, each broken alone.
func TestEachRuleOfANewStockRefusesAlone(t *testing.T) {
	t.Parallel()
	rules := voucher.ErrRules
	faced := func(face, threshold fen.Fen) func(*voucher.Stock) {
		return func(s *voucher.Stock) {
			s.Face, s.Threshold = face, threshold
			s.Limits.MaxAmount, _ = face.Times(s.Limits.MaxCoupons)
		}
	}
	many := func(n int64) func(*voucher.Stock) {
		return func(s *voucher.Stock) {
			s.Limits.MaxCoupons, s.Limits.MaxPerUser = n, 1
			s.Limits.MaxAmount, _ = s.Face.Times(n)
		}
	}
	minutes := func(n int64) func(*voucher.Stock) { return func(s *voucher.Stock) { s.Times.Minutes = &n } }
	for name, c := range map[string]struct {
		change func(*voucher.Stock)
		want   *fault.Error
	}{
		"as it is": {func(*voucher.Stock) {}, nil},

		"4 coupons":               {many(4), rules},
		"5 coupons":               {many(5), nil},
		"10000000 coupons":        {many(10_000_000), nil},
		"10000001 coupons":        {many(10_000_001), rules},
		"0 coupons":               {many(0), rules},
		"budget a fen too little": {func(s *voucher.Stock) { s.Limits.MaxAmount-- }, voucher.ErrBudget},
		"budget a fen too much":   {func(s *voucher.Stock) { s.Limits.MaxAmount++ }, voucher.ErrBudget},
		"budget too large": {func(s *voucher.Stock) {
			s.Face, s.Threshold = 101, 2000
			many(10_000_000)(s)
		}, rules},

		"face 9":             {faced(9, 20), rules},
		"face 10":            {faced(10, 11), nil},
		"face 100000":        {faced(100_000, 100_001), nil},
		"face 100001":        {faced(100_001, 100_002), rules},
		"threshold is face":  {faced(100, 100), rules},
		"threshold below":    {faced(100, 99), rules},
		"threshold largest":  {faced(100, 10_000_000), nil},
		"threshold too high": {faced(100, 10_000_001), rules},

		"0 per user":           {func(s *voucher.Stock) { s.Limits.MaxPerUser = 0 }, rules},
		"10 per user":          {func(s *voucher.Stock) { s.Limits.MaxPerUser = 10 }, nil},
		"more than there are":  {func(s *voucher.Stock) { s.Limits.MaxPerUser = 11 }, rules},
		"60 per user":          {func(s *voucher.Stock) { many(100)(s); s.Limits.MaxPerUser = 60 }, nil},
		"61 per user":          {func(s *voucher.Stock) { many(100)(s); s.Limits.MaxPerUser = 61 }, rules},
		"day's budget equal":   {func(s *voucher.Stock) { s.Limits.MaxAmountPerDay = 1000 }, nil},
		"day's budget above":   {func(s *voucher.Stock) { s.Limits.MaxAmountPerDay = 1001 }, rules},
		"day's budget absent":  {func(s *voucher.Stock) { s.Limits.MaxAmountPerDay = 0 }, nil},
		"0 minutes":            {minutes(0), rules},
		"1 minute":             {minutes(1), nil},
		"1440 minutes":         {minutes(1440), nil},
		"1441 minutes":         {minutes(1441), rules},
		"next day and minutes": {func(s *voucher.Stock) { s.Times.NextDay = true; minutes(5)(s) }, nil},
		"fixed":                {func(s *voucher.Stock) { s.Times.Fixed = &voucher.Fixed{End: voucher.LastSecond} }, nil},
		"fixed and next day":   {func(s *voucher.Stock) { s.Times = voucher.Times{Fixed: &voucher.Fixed{End: 1}, NextDay: true} }, rules},
		"fixed and minutes":    {func(s *voucher.Stock) { s.Times.Fixed = &voucher.Fixed{End: 1}; minutes(5)(s) }, rules},
		"fixed backwards":      {func(s *voucher.Stock) { s.Times.Fixed = &voucher.Fixed{Begin: 2, End: 1} }, rules},

		"brand of 12":         {func(s *voucher.Stock) { s.Display.Brand = strings.Repeat("微", 12) }, nil},
		"brand of 13":         {func(s *voucher.Stock) { s.Display.Brand = strings.Repeat("微", 13) }, voucher.ErrBrand},
		"brand of 36 letters": {func(s *voucher.Stock) { s.Display.Brand = strings.Repeat("x", 36) }, nil},
		"brand of 37 letters": {func(s *voucher.Stock) { s.Display.Brand = strings.Repeat("x", 37) }, voucher.ErrBrand},
		"images": {func(s *voucher.Stock) {
			s.Display.LogoURL, s.Display.ImageURL = "https://wxpaylogo.qpic.cn/l/0", "https://qpic.cn/i"
		}, nil},
		"default page": {func(s *voucher.Stock) { s.Display.JumpTarget = "DEFAULT_PAGE" }, nil},
		"mini program, no id": {func(s *voucher.Stock) {
			s.Display.JumpTarget, s.Display.MiniProgramPath = voucher.JumpToMiniProgram, "/p"
		}, fault.Of(fault.Missing("pattern_info.mini_program_appid"))},
		"mini program, no way": {func(s *voucher.Stock) {
			s.Display.JumpTarget, s.Display.MiniProgramAppID = voucher.JumpToMiniProgram, "wx"
		}, fault.Of(fault.Missing("pattern_info.mini_program_path"))},
	} {
		s := stock()
		c.change(&s)
		if err := s.Check(nil); !same(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestTheNameOfAStock is rows 1 to 3 of chapter 6.
func TestTheNameOfAStock(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]*fault.Error{
		"微信支付代金券批次":               nil,
		"微信支付代金券批次一":              voucher.ErrName,
		"abcdefghijklmnopqrst":    nil,
		"abcdefghijklmnopqrstu":   voucher.ErrName,
		"微信支付代金券批次ab":             nil,
		"微信支付代金券批次abc":            voucher.ErrName,
		"微信支付代金券批ABCD":            nil,
		"ＡＢＣＤＥＦＧＨＩ":               nil,
		"ＡＢＣＤＥＦＧＨＩＪ":              voucher.ErrName,
		"a_b":                     voucher.ErrName,
		"a,b":                     voucher.ErrName,
		"a;b":                     voucher.ErrName,
		"a|b":                     voucher.ErrName,
		"满减，券":                    voucher.ErrName,
		"满减；券":                    voucher.ErrName,
		"满20减1券 (双十一)":            nil,
		"GD测批次4":                  nil,
		"测试券":                     voucher.ErrBegun,
		"my TEST":                 voucher.ErrBegun,
		"my test":                 voucher.ErrBegun,
		"a name that has a comma": voucher.ErrName,
	} {
		s := stock()
		s.Name = name
		if err := s.Check([]string{"测试", "Test", ""}); !same(err, want) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
}

// TestTheTimeOfANewStock is rows 5 to 7 of chapter 6.
func TestTheTimeOfANewStock(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		begin, span time.Duration
		want        *fault.Error
	}{
		"now":                  {0, day, nil},
		"a second ago":         {-time.Second, day, voucher.ErrBegun},
		"a minute ago":         {-time.Minute, day, voucher.ErrBegun},
		"in 365 days":          {365 * day, day, nil},
		"a second later":       {365*day + time.Second, day, voucher.ErrRules},
		"a second":             {0, time.Second, nil},
		"ends as it begins":    {0, 0, voucher.ErrRules},
		"ends before":          {0, -time.Second, voucher.ErrRules},
		"90 days":              {0, 90 * day, nil},
		"90 days and a second": {0, 90*day + time.Second, voucher.ErrRules},
	} {
		s := stock()
		s.Begin = noon().Add(c.begin)
		s.End = s.Begin.Add(c.span)
		if err := s.CheckTime(noon()); !same(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestTheAvailableMerchantsMustExist(t *testing.T) {
	t.Parallel()
	found := map[merchant.ID]merchant.Merchant{"1": {ID: "1"}, "2": {ID: "2", AppIDs: []merchant.AppID{"wx2"}}}
	s := stock()
	s.Merchants = []merchant.ID{"1", "2"}
	if err := s.CheckParties(found); err != nil {
		t.Errorf("both exist: %v", err)
	}
	s.Display.JumpTarget, s.Display.MiniProgramAppID = voucher.JumpToMiniProgram, "wx2"
	if err := s.CheckParties(found); err != nil {
		t.Errorf("a mini program of one: %v", err)
	}
	s.Display.MiniProgramAppID = "wx3"
	if err := s.CheckParties(found); !errors.Is(err, voucher.ErrAppID) {
		t.Errorf("a mini program of nobody: %v", err)
	}
	s.Merchants = append(s.Merchants, "3")
	if err := s.CheckParties(found); !errors.Is(err, voucher.ErrMerchantUnknown) {
		t.Errorf("a merchant that does not exist: %v", err)
	}
}
