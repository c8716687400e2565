package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/voucher"
)

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
	Facts    PaymentFacts
	// Maker is whoever made the payment; nobody else may see or refund it.
	Maker merchant.ID
}

// PaidVoucher is a voucher that a payment consumed. The names are stored: never rename one.
type PaidVoucher struct {
	ID       voucher.ID      `json:"id"`
	Creator  merchant.ID     `json:"creator"`
	Stock    voucher.StockID `json:"stock"`
	Discount fen.Fen         `json:"discount"`
	// Funded is true for a voucher of a stock whose budget is locked.
	Funded bool `json:"funded,omitempty"`
	// Name and SingleItem are the stock's, Goods the lines that got something; a refund's share
	// has no lines.
	Name       string          `json:"name,omitempty"`
	SingleItem bool            `json:"single_item,omitempty"`
	Goods      []voucher.Goods `json:"goods,omitempty"`
}

// PaymentFacts are what bills show of a payment. The names are stored: never rename one.
type PaymentFacts struct {
	OutTradeNo string `json:"out_trade_no,omitempty"`
	TradeType  string `json:"trade_type,omitempty"`
	DeviceInfo string `json:"device_info,omitempty"`
	// BankSerial is the serial number of the bank.
	BankSerial string `json:"bank_serial,omitempty"`
	// Combined is there for an order that was paid together with others.
	Combined *CombinedFacts `json:"combined,omitempty"`
}

// CombinedFacts are those of the combined payment. The names are stored.
type CombinedFacts struct {
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
	Facts           PaymentFacts
}

// FlowQuery asks for a part of a bill, in the order of time.
type FlowQuery struct {
	Stock voucher.StockKey
	Kind  FlowKind
	// From and To bound the time, both included.
	From, To time.Time
	// AfterAt and AfterID are where the part before ended; zero for the first.
	AfterAt time.Time
	AfterID int64
	Limit   int64
}

// MaxFlows is the largest part of a bill.
const MaxFlows = 1000

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

// PaymentReader reads payments, bills and budgets.
type PaymentReader interface {
	// Payment returns a payment, or ErrNotFound. Transaction ids are unique.
	Payment(ctx context.Context, transactionID string) (Payment, error)
	// Flows returns a part of a bill, at most MaxFlows lines.
	Flows(ctx context.Context, q FlowQuery) ([]Flow, error)
	// Budget returns the budget of a stock, or ErrNotFound when none is locked or it was
	// released.
	Budget(ctx context.Context, key voucher.StockKey) (Budget, error)
	// EndedBudgets returns budgets that ended before now, those first that ended first.
	EndedBudgets(ctx context.Context, now time.Time, limit int64) ([]Budget, error)
}

// PaymentWriter changes payments, bills and budgets.
type PaymentWriter interface {
	// InsertPayment adds a payment; ErrDuplicate when its transaction id is taken.
	InsertPayment(ctx context.Context, p Payment) error
	// LockPayment returns a payment and keeps other transactions from changing it until
	// this one ends. It reports ErrNotFound. It comes before the locks of vouchers.
	LockPayment(ctx context.Context, transactionID string) (Payment, error)
	// UpdatePayment replaces what was refunded of a locked payment.
	UpdatePayment(ctx context.Context, p Payment) error
	// InsertFlows adds lines to bills.
	InsertFlows(ctx context.Context, flows []Flow) error
	// InsertBudget notes that money was locked; ErrDuplicate when it was before.
	InsertBudget(ctx context.Context, b Budget) error
	// LockBudget is Budget that keeps others from releasing it until this transaction
	// ends. It comes after the locks of vouchers and before those of accounts.
	LockBudget(ctx context.Context, key voucher.StockKey) (Budget, error)
	// DeleteBudget notes that the rest was released.
	DeleteBudget(ctx context.Context, key voucher.StockKey) error
}

// paymentDocument is the stored form of what nobody queries by.
type paymentDocument struct {
	Vouchers []PaidVoucher `json:"vouchers"`
	Facts    PaymentFacts  `json:"facts"`
	Maker    merchant.ID   `json:"maker"`
}

// EncodePayment returns the vouchers and facts of a payment as JSON.
func EncodePayment(p *Payment) (string, error) {
	text, err := json.Marshal(paymentDocument{Vouchers: p.Vouchers, Facts: p.Facts, Maker: p.Maker})
	if err != nil {
		return "", fmt.Errorf("encode payment: %w", err)
	}
	return string(text), nil
}

// DecodePayment is the reverse of [EncodePayment].
func DecodePayment(text string, p *Payment) error {
	var d paymentDocument
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return fmt.Errorf("decode payment: %w", err)
	}
	p.Vouchers, p.Facts, p.Maker = d.Vouchers, d.Facts, d.Maker
	return nil
}

// EncodeFacts returns facts as JSON; the zero facts are "".
func EncodeFacts(f *PaymentFacts) (string, error) {
	if *f == (PaymentFacts{}) {
		return "", nil
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("encode facts: %w", err)
	}
	return string(text), nil
}

// DecodeFacts is the reverse of [EncodeFacts].
func DecodeFacts(text string, f *PaymentFacts) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), f); err != nil {
		return fmt.Errorf("decode facts: %w", err)
	}
	return nil
}

// Encode returns the goods and facts of a line as they are stored.
func (f *Flow) Encode() (goods, facts string, err error) {
	if goods, err = EncodeGoods(f.Goods); err != nil {
		return "", "", err
	}
	facts, err = EncodeFacts(&f.Facts)
	return goods, facts, err
}

// Decode is the reverse of Encode.
func (f *Flow) Decode(goods, facts string) (err error) {
	if f.Goods, err = DecodeGoods(goods); err != nil {
		return err
	}
	return DecodeFacts(facts, &f.Facts)
}
