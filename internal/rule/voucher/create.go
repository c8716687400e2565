package voucher

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
)

// Bounds of a new stock (chapter 6).
const (
	maxNameUnits  = 20
	maxNameWide   = 9
	maxBrandUnits = 36
	maxAhead      = 365 * 24 * time.Hour
	maxSpan       = 90 * 24 * time.Hour

	minCoupons   = 5
	maxCoupons   = 10_000_000
	maxAmount    = fen.Fen(1_000_000_000)
	minFace      = fen.Fen(10)
	maxFace      = fen.Fen(100_000)
	minThreshold = fen.Fen(10)
	maxThreshold = fen.Fen(10_000_000)
	maxPerUser   = 60
)

// Refusals of a new stock (3.2, chapter 6).
var (
	// ErrRules is the answer to a broken rule about giving out or spending.
	ErrRules = fault.New(fault.Refused,
		"批次发放规则或核销规则有误，请修改后重试",
		"A rule for sending or using vouchers is violated.")
	// ErrBudget is the answer to a budget that does not fit the vouchers.
	ErrBudget = fault.New(fault.Invalid,
		"批次预算等于批次面额乘以发券数",
		"max_amount must be coupon_amount × max_coupons.")
	ErrName = fault.New(fault.Invalid,
		"批次名称最多9个中文汉字或20个字母，且不能包含特殊字符_,;|",
		"A stock_name has at most 9 Chinese characters or 20 letters, and none of _ , ; |.")
	ErrBrand = fault.New(fault.Invalid,
		"品牌名称最多12个中文汉字或36个英文字符",
		"A merchant_name has at most 12 Chinese characters or 36 letters.")
	// ErrBegun is the answer to a begin in the past, and to a name with a word that is not
	// allowed. The line end was seen live.
	ErrBegun = fault.New(fault.Blocked,
		"活动未开始或已结束\n",
		"The begin time has passed, or stock_name contains a forbidden word.")
	// ErrBelong is the answer to a stock for somebody else.
	ErrBelong = fault.New(fault.Refused,
		"非法的商户号", "belong_merchant must be the calling merchant.")
	// ErrContent is the answer to a known request number with other content.
	ErrContent = fault.New(fault.Refused,
		"商户单据号重复，且与之前请求的参数不一致",
		"The out_request_no was used before with other content.").Numbered(fault.NumberRepeated)
	// ErrMerchantUnknown is the answer to a merchant that does not exist.
	ErrMerchantUnknown = fault.New(fault.MerchantUnknown,
		"商户号不合法", "The merchant does not exist.")
	// ErrAppID is the answer to an appid of others.
	ErrAppID = fault.New(fault.AppIDMismatch,
		"商户号与appid不匹配", "The appid is not bound to the merchant.")
)

// Check reports the first rule that a new stock breaks whatever the time. Words are those
// that no name may have.
func (s *Stock) Check(words []string) error { return fault.First(s.checks(words)...) }

// Problems reports every rule of [Stock.Check] that a new stock breaks.
func (s *Stock) Problems(words []string) []error { return fault.Broken(s.checks(words)...) }

func (s *Stock) checks(words []string) []func() error {
	return []func() error{
		func() error { return checkName(s.Name, words) },
		s.Display.checkBrand, s.Display.checkJump, s.checkLimits, s.checkFace, s.Times.check, s.checkUse, s.checkBudget,
	}
}

// checkFace holds the rules about face value and threshold.
func (s *Stock) checkFace() error {
	switch {
	case s.Face < minFace || s.Face > maxFace:
		return rule("coupon_use_rule.fixed_normal_coupon.coupon_amount", int64(s.Face),
			"面额须为10到100000分", "coupon_amount must be 10 to 100000 fen.")
	case s.Threshold < minThreshold || s.Threshold > maxThreshold || s.Threshold <= s.Face:
		return rule("coupon_use_rule.fixed_normal_coupon.transaction_minimum", int64(s.Threshold),
			"使用门槛须为10到10000000分，且大于面额", "transaction_minimum must be 10 to 10000000 fen and more than coupon_amount.")
	}
	return nil
}

// rule is ErrRules with what is broken: the message is the same for all of them.
func rule(field string, value any, zh, en string) error {
	return ErrRules.Because(zh, en).At(field, value)
}

// checkUse holds the rules about where a voucher may be spent (4.1).
func (s *Stock) checkUse() error {
	if s.Payment.Card != nil && !isBankCard(s.Payment.LimitPay) {
		return rule("coupon_use_rule.limit_card", s.Payment.LimitPay,
			"指定银行卡BIN时，limit_pay须为一种银行卡支付方式", "limit_card needs a limit_pay that is a kind of bank card.")
	}
	if item, both := inBoth(s.Items, s.ExcludedItems); both {
		return errBothLists("coupon_use_rule.unavailable_items", item)
	}
	return nil
}

// errBothLists refuses goods that count and never count.
func errBothLists(field, item string) error {
	return rule(field, item,
		"同一商品编码不能既可核销又不可核销", "An item cannot be both in available_items and in unavailable_items.")
}

func inBoth(a, b []string) (item string, both bool) {
	i := slices.IndexFunc(b, func(item string) bool { return slices.Contains(a, item) })
	if i < 0 {
		return "", false
	}
	return b[i], true
}

// payBalance is the payment method that is the balance of the wallet; all others are cards of
// banks (chapter 10).
const payBalance = "CFT"

func isBankCard(method string) bool { return method != "" && method != payBalance }

func (s *Stock) checkLimits() error {
	l := &s.Limits
	switch {
	case l.MaxCoupons < minCoupons || l.MaxCoupons > maxCoupons:
		return rule("stock_use_rule.max_coupons", l.MaxCoupons, "发放总上限须为5到10000000张", "max_coupons must be 5 to 10000000.")
	case l.MaxPerUser < 1 || l.MaxPerUser > maxPerUser || l.MaxPerUser > l.MaxCoupons:
		return rule("stock_use_rule.max_coupons_per_user", l.MaxPerUser,
			"单个用户可领个数须为1到60，且不大于发放总上限", "max_coupons_per_user must be 1 to 60 and at most max_coupons.")
	case l.MaxAmount > maxAmount:
		return rule("stock_use_rule.max_amount", int64(l.MaxAmount), "总预算不能超过1000000000分", "max_amount must be at most 1000000000 fen.")
	case l.MaxAmountPerDay > l.MaxAmount:
		return rule("stock_use_rule.max_amount_by_day", int64(l.MaxAmountPerDay),
			"单天预算发放上限不能大于总预算", "max_amount_by_day must be at most max_amount.")
	}
	return nil
}

func (s *Stock) checkBudget() error {
	whole, ok := s.Face.Times(s.Limits.MaxCoupons)
	if !ok || whole != s.Limits.MaxAmount {
		return ErrBudget.At("stock_use_rule.max_amount", int64(s.Limits.MaxAmount))
	}
	return nil
}

// CheckTime reports whether a stock that is created at now has an acceptable time: [Stock.CheckBegin]
// and [Stock.CheckSpan].
func (s *Stock) CheckTime(now time.Time) error {
	return fault.First(func() error { return s.CheckBegin(now) }, s.CheckSpan)
}

// CheckBegin reports whether a stock that is created at now begins within a year (rows 5 and 6). The
// second that runs is not the past.
func (s *Stock) CheckBegin(now time.Time) error {
	switch {
	case s.Begin.Before(now.Truncate(time.Second)):
		return ErrBegun.Because("开始时间已过", "available_begin_time has passed.").At("available_begin_time", wireTime(s.Begin))
	case s.Begin.After(now.Add(maxAhead)):
		return rule("available_begin_time", wireTime(s.Begin), "开始时间不能晚于365天后", "available_begin_time must be within 365 days.")
	}
	return nil
}

// CheckSpan reports whether a stock lasts a second to 90 days (row 7).
func (s *Stock) CheckSpan() error {
	if span := s.End.Sub(s.Begin); span < time.Second || span > maxSpan {
		return rule("available_end_time", wireTime(s.End),
			"结束时间须比开始时间晚1秒到90天", "available_end_time must be a second to 90 days after available_begin_time.")
	}
	return nil
}

// wireTime writes a time as a detail shows it.
func wireTime(t time.Time) string { return t.In(day.Beijing()).Format(time.RFC3339) }

// checkName holds rows 1 to 3: a wide character counts as two units, and there may be nine.
func checkName(name string, words []string) error {
	wide, units := width(name)
	if units > maxNameUnits || wide > maxNameWide || strings.ContainsAny(name, "_,;|，；") {
		return ErrName.At("stock_name", name)
	}
	for _, word := range words {
		if word != "" && strings.Contains(strings.ToUpper(name), strings.ToUpper(word)) {
			return ErrBegun.Because("名称含有不能使用的词", "stock_name contains a forbidden word.").At("stock_name", name)
		}
	}
	return nil
}

// width counts wide characters, and all characters with wide ones as two.
func width(text string) (wide, units int) {
	for _, r := range text {
		units++
		if isWide(r) {
			wide++
			units++
		}
	}
	return wide, units
}

// isWide reports whether a character takes the place of two letters: Chinese ones and the
// full-width forms.
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6
}

// Images lists the images that a stock names.
func (d *Display) Images() []picture.Named {
	return []picture.Named{{Field: "pattern_info.merchant_logo", URL: d.LogoURL}, {Field: "pattern_info.coupon_image", URL: d.ImageURL}}
}

// checkBrand holds the rule of a brand: 12 Chinese characters or 36 letters.
func (d *Display) checkBrand() error {
	if wide, units := width(d.Brand); units+wide > maxBrandUnits {
		return ErrBrand.At("pattern_info.merchant_name", d.Brand)
	}
	return nil
}

// checkJump demands a mini program where the card leads to one.
func (d *Display) checkJump() error {
	if d.JumpTarget != JumpToMiniProgram {
		return nil
	}
	if d.MiniProgramAppID == "" {
		return fault.Missing("pattern_info.mini_program_appid")
	}
	if d.MiniProgramPath == "" {
		return fault.Missing("pattern_info.mini_program_path")
	}
	return nil
}

// CheckParties reports whether the available merchants, as far as they were found, are all
// that the stock names, and whether one of them has the mini program of the card.
func (s *Stock) CheckParties(found map[merchant.ID]merchant.Merchant) error {
	owners := make([]*merchant.Merchant, 0, len(s.Merchants))
	for _, id := range s.Merchants {
		m, exists := found[id]
		if !exists {
			return ErrMerchantUnknown.At("coupon_use_rule.available_merchants", string(id))
		}
		owners = append(owners, &m)
	}
	if s.Display.JumpTarget == JumpToMiniProgram && merchant.CheckAppID(s.Display.MiniProgramAppID, owners...) != nil {
		return ErrAppID.At("pattern_info.mini_program_appid", string(s.Display.MiniProgramAppID))
	}
	return nil
}
