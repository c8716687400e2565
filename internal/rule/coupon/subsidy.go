package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
)

// Bounds of subsidies (12.2).
const (
	// MaxSubsidy is the most that one order may get, in fen: 5000 yuan.
	MaxSubsidy fen.Fen = 500_000
	// MaxSubsidies is how many payments one order may get. The platform has such a limit
	// and does not tell it (inferred).
	MaxSubsidies = 50
)

// Subsidy is a payment between merchants for a redeemed coupon: the one that wanted the
// promotion refunds the shop that gave the discount (12).
type Subsidy struct {
	Key
	// ReceiptID has 28 digits. It is shown once the payment succeeded.
	ReceiptID string
	// OutNo is the out_subsidy_no of the caller.
	OutNo         string
	TransactionID string
	Payer, Payee  merchant.ID
	Amount        fen.Fen
	Description   string
	Status        SubsidyStatus
	// FailReason is set for a payment that failed.
	FailReason SubsidyFailure
	// Returned is how much of the amount went back.
	Returned  fen.Fen
	CreatedAt time.Time
	// DoneAt is when the payment succeeded or failed.
	DoneAt time.Time
}

// SubsidyStatus is where a payment or a return of a subsidy stands, without the prefix
// that it has on the wire (12.1).
type SubsidyStatus string

// The statuses. Transfers are made within the request, so that ACCEPTED and RETURNING never
// show.
const (
	SubsidySuccess       SubsidyStatus = "SUCCESS"
	SubsidyFailed        SubsidyStatus = "FAIL"
	SubsidyPartialReturn SubsidyStatus = "PARTIAL_RETURN"
	SubsidyFullReturn    SubsidyStatus = "FULL_RETURN"
)

// SubsidyFailure is why a transfer was refused, without the prefix that it has on the wire.
type SubsidyFailure string

// The failures. A return knows only the first.
const (
	SubsidyNoBalance   SubsidyFailure = "INSUFFICIENT_BALANCE"
	SubsidyNoSharing   SubsidyFailure = "NOT_INCOMESPLIT_ORDER"
	SubsidyAmountQuota SubsidyFailure = "EXCEED_SUBSIDY_AMOUNT_QUOTA"
	SubsidyCountQuota  SubsidyFailure = "EXCEED_SUBSIDY_COUNT_QUOTA"
)

// SubsidyReturn is a payment back, of a subsidy or a part of one (12.5).
type SubsidyReturn struct {
	Key
	// ReturnReceiptID has 28 digits. It is shown once the return succeeded.
	ReturnReceiptID string
	// ReceiptID is the payment that goes back.
	ReceiptID string
	// OutNo is the out_subsidy_return_no of the caller.
	OutNo         string
	TransactionID string
	RefundID      string
	// Payer and Payee are those of the payment: the payee is debited now.
	Payer, Payee merchant.ID
	Amount       fen.Fen
	Description  string
	Status       SubsidyStatus
	FailReason   SubsidyFailure
	CreatedAt    time.Time
	DoneAt       time.Time
}

// Refusals of a subsidy and of its return (B20, B23).
var (
	ErrSubsidyPermission = fault.New(fault.Forbidden,
		"无权限使用此API", "The merchant has not been granted the right to pay subsidies.")
	ErrSubsidyParty = fault.New(fault.Forbidden,
		"无权限", "The payer must be the creator of the stock or the merchant it belongs to, and the payee that merchant or one of its brand; a merchant moves another one's money only as its service provider.")
	ErrSubsidyType = fault.New(fault.Refused,
		"换购券不支持营销补差", "Coupons of type EXCHANGE have no subsidy.")
	ErrSubsidyNotUsed = fault.New(fault.Refused,
		"券未核销，无法补差", "The coupon is not redeemed.")
	ErrSubsidyOrder = fault.New(fault.Refused,
		"订单与核销时的订单不一致", "The coupon was redeemed for another order.")
	ErrSubsidyContent = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致", "The number was used before with other content.").Numbered(fault.NumberRepeated)
	ErrSubsidyMissing = fault.New(fault.NotFound,
		"查询的资源不存在", "The stock, the coupon, the order or the receipt does not exist.")
	ErrNotRefunded = fault.New(fault.Refused,
		"订单未退款，无法回退补差", "The order was not refunded.")
	ErrReturnTooMuch = fault.New(fault.Refused,
		"回退金额大于可回退的补差金额", "The amount exceeds what is left of the subsidy.")
)

// SubsidyCap returns the most that a coupon of the stock may get for an order of which the
// user paid the given amount. It is false for types that get nothing. An amount that is not
// known, 0, bounds nothing.
func (s *Stock) SubsidyCap(paid fen.Fen) (fen.Fen, bool) {
	switch s.Type {
	case TypeNormal:
		return min(s.Benefit.Discount, MaxSubsidy), true
	case TypeDiscount:
		if paid == 0 {
			return MaxSubsidy, true
		}
		// What was paid is the percentage of the whole, so the discount is the rest of it.
		const whole = 100
		discount, fits := paid.Times(int64(whole - s.Benefit.Percent))
		if !fits {
			return MaxSubsidy, true
		}
		return min(discount/fen.Fen(s.Benefit.Percent), MaxSubsidy), true
	case TypeExchange:
	}
	return 0, false
}

// PayableBy reports whether a merchant may have a subsidy paid for a coupon of the stock:
// the payer must be one of its two parties, and nobody moves another one's money but the
// creator that of the merchant it works for (B20, inferred in part).
func (s *Stock) PayableBy(caller, payer merchant.ID) bool {
	return s.SubsidizedBy(caller) && s.SubsidizedBy(payer) && (caller == payer || caller == s.Creator)
}

// SubsidizedBy reports whether a merchant may ask for subsidies of the stock, and see them:
// its creator and the merchant it belongs to.
func (s *Stock) SubsidizedBy(m merchant.ID) bool { return m == s.Creator || m == s.Belong }

// WasRedeemed reports whether the coupon is redeemed, also when its holder deleted it since.
func (c *Coupon) WasRedeemed() bool { return c.Use.RequestNo != "" }

// CheckSubsidy reports whether a coupon, used for the order if it is known for which, may
// get a subsidy at all.
func (c *Coupon) CheckSubsidy(transactionID string) error {
	switch {
	case !c.WasRedeemed():
		return ErrSubsidyNotUsed
	case c.Use.TransactionID != "" && c.Use.TransactionID != transactionID:
		return ErrSubsidyOrder
	}
	return nil
}

// Settle decides about a payment bounded by most for this coupon and order, from an account
// that holds balance, and notes the decision in all three.
func (s *Subsidy) Settle(c *Coupon, o *Order, most, balance fen.Fen, now time.Time) {
	s.CreatedAt, s.DoneAt = now, now
	s.FailReason = s.failure(c, o, most, balance)
	if s.FailReason != "" {
		s.Status = SubsidyFailed
		return
	}
	s.Status = SubsidySuccess
	c.Subsidized += s.Amount
	o.Subsidized += s.Amount
	o.Subsidies++
}

func (s *Subsidy) failure(c *Coupon, o *Order, most, balance fen.Fen) SubsidyFailure {
	switch {
	case !o.ProfitSharing:
		return SubsidyNoSharing
	case s.Amount > most-c.Subsidized+fen.Fen(planted.SubsidyCap.One()), s.Amount > MaxSubsidy-o.Subsidized:
		return SubsidyAmountQuota
	case o.Subsidies >= MaxSubsidies:
		return SubsidyCountQuota
	case s.Amount > balance:
		return SubsidyNoBalance
	}
	return ""
}

// Rest is how much of a payment may go back.
func (s *Subsidy) Rest() fen.Fen {
	switch {
	case s.Status == SubsidyFailed:
		return 0
	case planted.SubsidyRest.In():
		return s.Amount
	}
	return s.Amount - s.Returned
}

// Settle decides about a return of a payment, from an account that holds balance, and notes
// the decision in the payment, its coupon and its order. The amount must be within the rest.
func (r *SubsidyReturn) Settle(s *Subsidy, c *Coupon, o *Order, balance fen.Fen, now time.Time) {
	r.CreatedAt, r.DoneAt, r.ReceiptID = now, now, s.ReceiptID
	if r.Amount > balance {
		r.Status, r.FailReason = SubsidyFailed, SubsidyNoBalance
		return
	}
	r.Status = SubsidySuccess
	s.Returned += r.Amount
	s.Status = SubsidyPartialReturn
	if s.Rest() == 0 {
		s.Status = SubsidyFullReturn
	}
	c.Subsidized -= r.Amount
	o.Subsidized -= r.Amount
}
