// Package payment holds what a payment with vouchers leaves behind: the payment, the lines of
// bills, locked budgets, and the postings of the ledger. It is pure.
package payment

import (
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// ContentSize is the size of a digest.
const ContentSize = 32

// Payment is a payment that consumed vouchers, and how much of it was refunded.
type Payment struct {
	// Merchant collected the money.
	Merchant      merchant.ID
	TransactionID string
	At            time.Time
	// Total is the order's, Discount what its vouchers took off together.
	Total, Discount fen.Fen
	// Refunded is how much of the total was refunded, RefundedDiscount the vouchers' share
	// of that, in Refunds refunds.
	Refunded, RefundedDiscount fen.Fen
	Refunds                    int64
	// Vouchers are those that it consumed.
	Vouchers []PaidVoucher
	Facts    Facts
	// Maker is whoever made the payment; nobody else may see or refund it.
	Maker merchant.ID
	// Content is a digest of what was asked for, which a repeat must not change.
	Content [ContentSize]byte
}

// State says how much of a payment was refunded.
type State string

// The states.
const (
	Paid           State = "PAID"
	PartlyRefunded State = "PARTLY_REFUNDED"
	Refunded       State = "REFUNDED"
)

// State is how it stands with the payment.
func (p *Payment) State() State {
	switch {
	case p.Refunded == 0:
		return Paid
	case p.Refunded < p.Total:
		return PartlyRefunded
	}
	return Refunded
}

// PayerTotal is what the payer paid himself.
func (p *Payment) PayerTotal() fen.Fen { return p.Total - p.Discount }

// PaidVoucher is a voucher that a payment consumed. The names are stored: never rename one.
type PaidVoucher struct {
	ID       voucher.ID      `json:"id"`
	Creator  merchant.ID     `json:"creator"`
	Stock    voucher.StockID `json:"stock"`
	Discount fen.Fen         `json:"discount"`
	// Funded is true for a voucher of a stock whose budget is locked.
	Funded bool `json:"funded,omitempty"`
	// Name and SingleItem are the stock's, Goods the lines of the order with what each got, or of a
	// refund, if they are known.
	Name       string          `json:"name,omitempty"`
	SingleItem bool            `json:"single_item,omitempty"`
	Goods      []voucher.Goods `json:"goods,omitempty"`
}

// Facts are what bills show of a payment. The names are stored: never rename one.
type Facts struct {
	OutTradeNo string `json:"out_trade_no,omitempty"`
	TradeType  string `json:"trade_type,omitempty"`
	DeviceInfo string `json:"device_info,omitempty"`
	// BankSerial is the serial number of the bank.
	BankSerial string `json:"bank_serial,omitempty"`
	// Combined is there for an order that was paid together with others.
	Combined *Combined `json:"combined,omitempty"`
}

// Combined are those of the combined payment. The names are stored.
type Combined struct {
	TransactionID string  `json:"transaction_id"`
	Discount      fen.Fen `json:"discount"`
	Total         fen.Fen `json:"total"`
}

// FlowKind is what a line of a bill is about. The values are stored.
type FlowKind string

// The kinds of lines.
const (
	FlowUse    FlowKind = "USE"
	FlowRefund FlowKind = "REFUND"
)

// Flow is a line of a bill: a voucher was consumed, or some of it refunded. It never
// changes.
type Flow struct {
	Stock voucher.StockKey
	Kind  FlowKind
	At    time.Time
	// ID grows with time; the engine gives it.
	ID            int64
	Voucher       voucher.ID
	TransactionID string
	// RefundID is empty for a use.
	RefundID string
	Merchant merchant.ID
	// Discount is what the voucher took off or gets back, Total the order's or what of it
	// was refunded.
	Discount, Total fen.Fen
	Goods           []voucher.Goods
	Facts           Facts
}

// Budget is the money that was locked for a stock of pre-funded vouchers until it is
// released. What is left of it lies in [LockedAccount].
type Budget struct {
	Stock voucher.StockKey
	// Ends is when no voucher of the stock can be used any more.
	Ends time.Time
	// Amount is what was locked.
	Amount fen.Fen
}

// LockedAccount holds what is locked for a stock of vouchers, on behalf of its creator.
func LockedAccount(key voucher.StockKey) Account {
	return Account{Owner: key.Creator, Name: AccountName("VOUCHERS/" + string(key.ID))}
}
