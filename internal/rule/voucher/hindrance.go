package voucher

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
)

// Fitting is an order with what it does not tell as the stock wants it.
func (s *Stock) Fitting(o Order) Order {
	first := func(into *string, list []string) {
		if *into == "" && len(list) > 0 {
			*into = list[0]
		}
	}
	if o.Merchant == "" && len(s.Merchants) > 0 {
		o.Merchant = s.Merchants[0]
	}
	first(&o.GoodsTag, s.Payment.GoodsTags)
	first(&o.TradeType, s.Payment.TradeTypes)
	first(&o.PayMethod, []string{s.Payment.LimitPay})
	if s.Payment.Card != nil {
		first(&o.CardBIN, s.Payment.Card.BINs)
	}
	if o.Total == 0 {
		o.Total = max(s.Threshold, s.Face, sum(o.Goods, func(*Goods) bool { return true }))
	}
	if len(o.Goods) == 0 && s.SingleItem() {
		o.Goods = []Goods{{ID: s.Items[0], Quantity: 1, Price: o.Total}}
	}
	return o
}

// Text says what would have to be otherwise for a voucher of the stock to apply; nothing where
// the refusal says all there is.
func (s *Stock) Text(m Misfit, v *Voucher) fault.Text {
	switch m {
	case MisfitState:
		return textOfState(v)
	case MisfitTime:
		return s.textOfTime(v.Window)
	case MisfitMerchant:
		return wanted("可用商户", "It can be used at", join(s.Merchants))
	case MisfitGoodsTag:
		return wanted("需要的订单优惠标记", "The order needs one of the goods_tags", s.Payment.GoodsTags)
	case MisfitTradeType:
		return wanted("可用的支付场景", "It can be used in", s.Payment.TradeTypes)
	case MisfitPayMethod:
		return wanted("需要的支付方式", "It needs the payment method", []string{s.Payment.LimitPay})
	case MisfitCard:
		return wanted("需要卡号以此开头的银行卡", "It needs a bank card that begins with", s.Payment.Card.BINs)
	case MisfitThreshold:
		return wanted("使用门槛（分）", "The threshold in fen is", []string{fenText(s.Threshold)})
	case MisfitItems:
		return wanted("可核销的商品", "It is for the goods", s.Items)
	case MisfitCombination, NoMisfit:
	}
	return fault.Text{}
}

func wanted(zh, en string, list []string) fault.Text {
	if len(list) == 0 {
		return fault.Text{}
	}
	return fault.Text{ZH: zh + "：" + strings.Join(list, "、"), EN: en + " " + strings.Join(list, ", ") + "."}
}

func join(list []merchant.ID) []string {
	texts := make([]string, len(list))
	for i, id := range list {
		texts[i] = string(id)
	}
	return texts
}

func fenText(amount fen.Fen) string { return strconv.FormatInt(int64(amount), 10) }

// textOfState is about a voucher that is used or has ended.
func textOfState(v *Voucher) fault.Text {
	if v.State == StateUsed {
		return fault.Text{
			ZH: "已于 " + show(v.Use.At) + " 核销，支付单 " + v.Use.TransactionID,
			EN: "It was used at " + show(v.Use.At) + " with the payment " + v.Use.TransactionID + ".",
		}
	}
	return fault.Text{ZH: "可用至 " + show(v.Window.End), EN: "It could be used until " + show(v.Window.End) + "."}
}

// textOfTime is about a voucher that cannot be used yet, or not at this time of the week or day.
func (s *Stock) textOfTime(w Window) fault.Text {
	t := fault.Text{
		ZH: show(w.Begin) + " 至 " + show(w.End) + " 可用", EN: "It can be used from " + show(w.Begin) + " to " + show(w.End),
	}
	fixed := s.Times.Fixed
	if fixed == nil {
		t.EN += "."
		return t
	}
	if len(fixed.WeekDays) > 0 {
		var zh, en []string
		for _, d := range fixed.WeekDays {
			zh, en = append(zh, "周"+string([]rune("日一二三四五六")[d])), append(en, time.Weekday(d).String())
		}
		t.ZH, t.EN = t.ZH+"，限"+strings.Join(zh, "、"), t.EN+", on "+strings.Join(en, ", ")
	}
	clock := func(second int) string { return time.Unix(int64(second), 0).UTC().Format(time.TimeOnly) }
	hours := clock(fixed.Begin) + "–" + clock(fixed.End)
	return fault.Text{ZH: t.ZH + "，每天 " + hours, EN: t.EN + ", at " + hours + "."}
}

func show(t time.Time) string { return t.In(day.Beijing()).Format(time.DateTime) }
