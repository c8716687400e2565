package voucher

import (
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
)

// Order is a payment that may consume vouchers (7.2). What is empty was not told, and does
// not fit what asks for it.
type Order struct {
	// Merchant collects the money; for service providers that is the sub-merchant.
	Merchant merchant.ID
	Total    fen.Fen
	GoodsTag string
	// TradeType is where the payment is made: MICROAPP, CARD and the like.
	TradeType string
	// PayMethod is the code of the payment method, CardBIN the beginning of the card's number.
	PayMethod string
	CardBIN   string
	// Goods are the lines of the order; their discounts are ours to fill in.
	Goods []Goods
	// SubMerchants are the merchants of a combined order, each of which must be accepted.
	SubMerchants []merchant.ID
}

// Bounds of an order.
const (
	// MaxOrder is the largest order, in fen: a million yuan.
	MaxOrder fen.Fen = 100_000_000
	// MaxLines and MaxQuantity bound its lines.
	MaxLines    = 100
	MaxQuantity = 1_000_000
)

// Misfit is why a voucher does not apply to an order (7.1).
type Misfit string

// The misfits. NoMisfit is none.
const (
	NoMisfit          Misfit = ""
	MisfitState       Misfit = "NOT_USABLE"
	MisfitTime        Misfit = "NOT_IN_TIME"
	MisfitMerchant    Misfit = "MERCHANT"
	MisfitGoodsTag    Misfit = "GOODS_TAG"
	MisfitTradeType   Misfit = "TRADE_TYPE"
	MisfitPayMethod   Misfit = "PAY_METHOD"
	MisfitCard        Misfit = "CARD"
	MisfitThreshold   Misfit = "THRESHOLD"
	MisfitItems       Misfit = "ITEMS"
	MisfitCombination Misfit = "COMBINATION"
)

// Misfits lists every misfit.
func Misfits() []Misfit {
	return []Misfit{
		MisfitState, MisfitTime, MisfitMerchant, MisfitGoodsTag, MisfitTradeType, MisfitPayMethod, MisfitCard,
		MisfitThreshold, MisfitItems, MisfitCombination,
	}
}

// Fault returns the refusal of a misfit; no misfit has none.
func (m Misfit) Fault() *fault.Error {
	texts := map[Misfit][2]string{
		MisfitState:       {"代金券已使用或已过期", "The voucher is used or has expired."},
		MisfitTime:        {"代金券不在可用时间内", "The voucher cannot be used at this time."},
		MisfitMerchant:    {"收款商户不在代金券的可用商户中", "The voucher cannot be used at this merchant."},
		MisfitGoodsTag:    {"订单优惠标记与代金券不符", "The order lacks a goods_tag of the voucher."},
		MisfitTradeType:   {"支付场景与代金券不符", "The voucher cannot be used in this kind of payment."},
		MisfitPayMethod:   {"支付方式与代金券不符", "The voucher requires a different payment method."},
		MisfitCard:        {"银行卡与代金券不符", "The voucher requires a different bank card."},
		MisfitThreshold:   {"未达到代金券的使用门槛", "The amount is below the voucher's threshold."},
		MisfitItems:       {"订单中没有代金券适用的单品", "The order has none of the voucher's goods."},
		MisfitCombination: {"所选代金券不能一起使用", "These vouchers cannot be used together."},
	}
	return fault.New(fault.Limited, texts[m][0], texts[m][1])
}

// Fit is what a voucher does for an order.
type Fit struct {
	Misfit Misfit
	// Discount is what it takes off: its face, bounded by what it applies to.
	Discount fen.Fen
	// Goods are the lines of the order with their shares of the discount.
	Goods []Goods
}

// Apply tells what a voucher of the stock does for an order at now (7.1).
func (s *Stock) Apply(v *Voucher, o *Order, now time.Time) Fit {
	if misfit := s.misfit(v, o, now); misfit != NoMisfit {
		return Fit{Misfit: misfit}
	}
	amount := s.countedAmount(o)
	switch {
	case amount == 0:
		return Fit{Misfit: MisfitItems}
	case amount < s.Threshold-fen.Fen(planted.VoucherThreshold.One()):
		return Fit{Misfit: MisfitThreshold}
	}
	discount := min(s.Face, amount)
	return Fit{Discount: discount, Goods: share(o.Goods, discount, s.counts)}
}

// countedAmount is what of an order counts for the stock: the listed goods, or the whole order
// but for the goods that never count.
func (s *Stock) countedAmount(o *Order) fen.Fen {
	if s.SingleItem() {
		return sum(o.Goods, s.counts)
	}
	return o.Total - sum(o.Goods, func(g *Goods) bool { return !s.counts(g) })
}

// counts reports whether a line of an order counts for the stock.
func (s *Stock) counts(g *Goods) bool {
	listed := !s.SingleItem() || slices.Contains(s.Items, g.ID)
	return listed && !slices.Contains(s.ExcludedItems, g.ID)
}

// misfit checks everything but amounts.
func (s *Stock) misfit(v *Voucher, o *Order, now time.Time) Misfit {
	accepted := func(m merchant.ID) bool { return s.AcceptedAt(m) }
	switch {
	case v.StateAt(now) != StateSent:
		return MisfitState
	case !s.UsableAt(v.Window, now):
		return MisfitTime
	case !accepted(o.Merchant) || slices.ContainsFunc(o.SubMerchants, func(m merchant.ID) bool { return !accepted(m) }):
		return MisfitMerchant
	case len(s.Payment.GoodsTags) > 0 && !slices.Contains(s.Payment.GoodsTags, o.GoodsTag):
		return MisfitGoodsTag
	case len(s.Payment.TradeTypes) > 0 && !slices.Contains(s.Payment.TradeTypes, o.TradeType):
		return MisfitTradeType
	case s.Payment.LimitPay != "" && s.Payment.LimitPay != o.PayMethod:
		return MisfitPayMethod
	case s.Payment.Card != nil && !slices.ContainsFunc(s.Payment.Card.BINs, func(bin string) bool { return strings.HasPrefix(o.CardBIN, bin) }):
		return MisfitCard
	}
	return NoMisfit
}

// amount is what a line costs. An order within its bounds cannot overflow.
func (g *Goods) amount() fen.Fen { return fen.Fen(g.Quantity) * g.Price }

func sum(lines []Goods, applies func(*Goods) bool) fen.Fen {
	var total fen.Fen
	for i := range lines {
		if applies(&lines[i]) {
			total += lines[i].amount()
		}
	}
	return total
}

// share splits a discount over the lines that it applies to, in proportion to what they cost;
// the last one gets the rest (7.1, inferred).
func share(lines []Goods, discount fen.Fen, applies func(*Goods) bool) []Goods {
	if len(lines) == 0 {
		return nil
	}
	total, left, last := sum(lines, applies), discount, -1
	shared := slices.Clone(lines)
	for i := range shared {
		g := &shared[i]
		g.Discount = 0
		if !applies(g) || total == 0 {
			continue
		}
		g.Discount = discount * g.amount() / total
		left -= g.Discount
		last = i
	}
	if last >= 0 {
		shared[last].Discount += left
	}
	return shared
}

// Check reports what is wrong with an order whatever its vouchers.
func (o *Order) Check() error {
	if o.Total < 1 || o.Total > MaxOrder {
		return ErrOrder.At("total", int64(o.Total))
	}
	if len(o.Goods) > MaxLines {
		return ErrOrder.At("goods_detail", "")
	}
	var lines fen.Fen
	for i := range o.Goods {
		g := &o.Goods[i]
		if g.ID == "" || g.Quantity < 1 || g.Quantity > MaxQuantity || g.Price < 0 || g.Price > MaxOrder {
			return ErrOrder.At("goods_detail", g.ID)
		}
		lines += g.amount()
	}
	if lines > o.Total {
		return ErrOrder.At("goods_detail", "")
	}
	return nil
}

// CheckRefund reports what is wrong with the lines of a refund of an amount: they are of the lines that were
// paid for, not more of any, and do not cost more.
func CheckRefund(lines, paid []Goods, amount fen.Fen) error {
	pieces := map[string]int64{}
	for i := range paid {
		pieces[paid[i].ID] += paid[i].Quantity
	}
	for i := range lines {
		g := &lines[i]
		pieces[g.ID] -= g.Quantity
		if pieces[g.ID] < 0 || g.Quantity < 1 || g.Price < 0 || g.Price > MaxOrder {
			return ErrRefundGoods.At("goods_detail", g.ID)
		}
		amount -= g.amount()
	}
	if amount < 0 {
		return ErrRefundGoods.At("goods_detail", "")
	}
	return nil
}

// ShareRefund splits what goes back to a voucher over the lines of a refund that it was used for.
func ShareRefund(lines, paid []Goods, back fen.Fen) []Goods {
	return share(lines, back, func(g *Goods) bool {
		return slices.ContainsFunc(paid, func(p Goods) bool { return p.ID == g.ID && p.Discount > 0 })
	})
}

// Combines reports whether the stocks may be used on one order: of two of the same creator
// both must allow it (7.1, row 8).
func Combines(stocks []Stock) bool {
	for i := range stocks {
		for j := range stocks[:i] {
			same := stocks[i].Creator == stocks[j].Creator && !planted.VoucherCombine.In()
			if same && (!stocks[i].Payment.Combine || !stocks[j].Payment.Combine) {
				return false
			}
		}
	}
	return true
}

// Consume spends a voucher on a payment. It changes nothing when the voucher does not fit.
func (v *Voucher) Consume(s *Stock, o *Order, transactionID string, now time.Time) Misfit {
	fit := s.Apply(v, o, now)
	if fit.Misfit != NoMisfit {
		return fit.Misfit
	}
	v.State = StateUsed
	v.Use = Consumption{TransactionID: transactionID, At: now, Merchant: o.Merchant, Discount: fit.Discount, Goods: fit.Goods}
	return NoMisfit
}

// GiveBack undoes the consumption after a full refund: the voucher is as it was before, and
// may have expired meanwhile (5.3).
func (v *Voucher) GiveBack() { v.State, v.Use = StateSent, Consumption{} }

// Refusals of payments and refunds. They are ours: the platform's own payments are elsewhere.
var (
	ErrOrder = fault.New(fault.Invalid,
		"订单金额或单品信息有误", "The total or the goods of the order are wrong.")
	ErrNoRail = fault.New(fault.Forbidden,
		"商户未开通支付通道权限", "The merchant may not make payments here; it lacks the permission PAYMENT_RAIL.")
	ErrPaymentUnknown = fault.New(fault.NotFound,
		"支付单不存在", "There is no such payment.")
	ErrPaymentContent = fault.New(fault.Exists,
		"支付单号重复，且与之前请求的参数不一致", "The transaction_id was used before with other content.")
	ErrRefundContent = fault.New(fault.Exists,
		"退款单号重复，且与之前请求的参数不一致", "The refund_id was used before with other content.")
	ErrRefundAmount = fault.New(fault.Limited,
		"退款金额超过可退金额", "The refunds would exceed the payment.")
	ErrRefundGoods = fault.New(fault.Invalid,
		"退款单品有误：须为该订单的单品，数量不超过订单，金额之和不超过退款金额",
		"The goods of a refund are of its order, not more of any, and do not cost more than the refund.")
	ErrRefundMany = fault.New(fault.Limited,
		"部分退款已达50次上限", "A payment has at most 50 refunds.")
	ErrRefundLate = fault.New(fault.Limited,
		"支付已超过365天，不能退款", "A payment can be refunded within 365 days.")
	ErrLocked = fault.New(fault.Exhausted,
		"批次预算不足", "The budget that is locked for the stock does not cover the voucher.")
	// ErrBalance is the answer to starting a pre-funded stock without the money for it.
	ErrBalance = fault.New(fault.Exhausted,
		"账户余额不足，请充值", "The balance does not cover the budget of the stock; top it up.")
)
