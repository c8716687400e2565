package coupon

import (
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
)

// Order is a paid order, as the payment system reported it.
type Order struct {
	// Merchant collected the money.
	Merchant      merchant.ID
	TransactionID string
	// OutTradeNo is the merchant's number; "" when it is not known.
	OutTradeNo string
	// Amount is what the user paid; 0 when it is not known.
	Amount fen.Fen
	// Refunded is how much of it went back to the user.
	Refunded fen.Fen
	// ProfitSharing is true for an order that was marked for profit sharing.
	ProfitSharing bool
	// Subsidized is what was paid as subsidies and not returned, Subsidies how many
	// payments succeeded.
	Subsidized fen.Fen
	Subsidies  int64
}

// OrderPolicy says what happens to orders that nobody reported (inferred: the platform has
// the orders itself).
type OrderPolicy struct {
	// TakeAny has every order that a merchant names count as its own, paid, marked for
	// profit sharing, of an unknown amount. A sandbox does so by itself.
	TakeAny bool
}

// ErrNoOrder refuses an order number that no order of the merchant has (B13, seen live).
var ErrNoOrder = fault.New(fault.NotFound,
	"查询记录为空", "The merchant has no order with this out_trade_no.")

// CheckRefund reports whether a subsidy for the order may go back: the order was refunded,
// unless nothing is known about it but its id.
func (o *Order) CheckRefund() error {
	if o.Amount > 0 && o.Refunded == 0 {
		return ErrNotRefunded
	}
	return nil
}
