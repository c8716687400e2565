package claim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/voucher"
)

// voucherCard shows a stock of cash vouchers, whose brand goes before its merchant's name.
func (l look) voucherCard(s *voucher.Stock, merchantName string) card {
	if s.Display.Brand != "" {
		merchantName = s.Display.Brand
	}
	benefit := coupon.Benefit{Type: coupon.TypeNormal, Discount: s.Face, Minimum: s.Threshold}
	c := card{
		Color: colorClass(s.Display.Color), Kind: l.Choose("代金券", "Cash voucher"),
		MerchantName: shortName(merchantName), Initial: initial(merchantName),
		Logo: l.path(s.Display.LogoURL), Image: l.path(s.Display.ImageURL),
		Name: s.Name, Goods: l.goods(s), Figure: l.figure(&benefit), Condition: l.condition(s.Threshold), Benefit: l.benefit(&benefit),
		Validity: l.voucherValidity(s), Heading: l.heading(), Description: lines(s.Display.Description),
	}
	c.add(l.Choose("优惠内容", "Benefit"), c.Benefit)
	c.add(l.Choose("优惠说明", "Good for"), c.Goods)
	c.add(l.Choose("使用方式", "How to use"), l.payment(&s.Payment))
	perUser := strconv.FormatInt(s.Limits.MaxPerUser, 10)
	c.add(l.Choose("领取限制", "Limit"), l.Choose("每人限领"+perUser+"张", perUser+" per user"))
	if s.Display.JumpTarget == voucher.JumpToMiniProgram {
		c.Use = l.jump(s.Display.MiniProgramAppID, s.Display.MiniProgramPath, "", "")
	}
	return c
}

// goods says which goods a voucher is for.
func (l language) goods(s *voucher.Stock) string {
	switch {
	case s.SingleItem():
		return l.Choose("限指定商品", "Certain goods only")
	case len(s.ExcludedItems) > 0:
		return l.Choose("全场通用，部分商品除外", "Everything but certain goods")
	}
	return l.Choose("全场通用", "Everything")
}

// payment says how a voucher is spent.
func (l language) payment(p *voucher.Payment) string {
	parts := []string{l.automatic()}
	if p.Card != nil {
		parts = append(parts, l.Choose("限"+p.Card.Name+"支付", "With "+p.Card.Name+" only"))
	}
	if !p.Combine {
		parts = append(parts, l.Choose("不可与其他代金券同用", "Not with other vouchers"))
	}
	return strings.Join(parts, l.Choose("，", ". "))
}

// automatic says that a voucher needs no code.
func (l language) automatic() string {
	return l.Choose("支付时自动抵扣", "Taken off when you pay")
}

// voucherValidity says when the vouchers of a stock may be spent.
func (l language) voucherValidity(s *voucher.Stock) []string {
	list := []string{span(s.Begin, s.End)}
	if s.Times.NextDay {
		list = append(list, l.Choose("领取次日起可用", "From the day after you claim it"))
	}
	if minutes := s.Times.Minutes; minutes != nil {
		list = append(list, l.Choose(
			fmt.Sprintf("可用后%d分钟内有效", *minutes), fmt.Sprintf("Good for %d minute(s) from then on", *minutes)))
	}
	return append(list, l.voucherTimes(&s.Times)...)
}

// voucherTimes says at which times within its window a voucher may be spent.
func (l language) voucherTimes(t *voucher.Times) []string {
	if t.Fixed == nil {
		return nil
	}
	when := clockText(t.Fixed.Begin) + "–" + clockText(t.Fixed.End)
	if len(t.Fixed.WeekDays) > 0 {
		when = l.weekDays(t.Fixed.WeekDays) + " " + when
	}
	return []string{l.Choose("限"+when+"使用", "Only "+when)}
}

// voucherPack shows a voucher to its holder. It has no code to show: a payment takes it.
func (l look) voucherPack(v *favorheld.Card) pack {
	p := pack{
		card: l.voucherCard(&v.Stock, v.MerchantName), StateText: l.stateText(couponState(v.State)),
		Life: span(v.Voucher.Window.Begin, v.Voucher.Window.End), CodeTitle: l.Choose("券编号", "Voucher ID"),
		Code: string(v.Voucher.ID), Groups: []string{string(v.Voucher.ID)},
		Usable: v.State == voucher.StateSent, Waiting: v.Waiting, Received: minute(v.Voucher.Received),
	}
	p.Validity = append([]string{p.Life}, l.voucherTimes(&v.Stock.Times)...)
	if v.State == voucher.StateUsed {
		p.Used = minute(v.Voucher.Use.At)
	}
	switch {
	case p.Waiting:
		p.wait(l)
		p.Code, p.Groups = "", nil
	case p.Usable:
		p.Notice = l.automatic()
	default:
		p.Notice = p.StateText
	}
	return p
}

// couponState is the state of a coupon that has the name of a voucher's.
func couponState(s voucher.State) coupon.State {
	switch s {
	case voucher.StateUsed:
		return coupon.StateUsed
	case voucher.StateExpired:
		return coupon.StateExpired
	case voucher.StateSent:
	}
	return coupon.StateSent
}

// minute writes a time in Beijing to the minute.
func minute(t time.Time) string { return t.In(day.Beijing()).Format(minuteText) }
