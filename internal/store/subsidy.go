package store

import (
	"context"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// MaxReceipts is how many payments for one coupon, or returns of them, a query returns at most.
const MaxReceipts = 200

// SubsidyQuery chooses payments for a coupon. Empty fields do not narrow.
type SubsidyQuery struct {
	coupon.Key
	OutNo         string
	TransactionID string
	Payer, Payee  merchant.ID
	// Paid leaves out the payments that failed.
	Paid bool
}

// Matches reports whether a payment belongs to the answer. Engines without a query
// language use it, and it defines what the others must do.
func (q *SubsidyQuery) Matches(s *coupon.Subsidy) bool {
	return s.Key == q.Key &&
		(q.OutNo == "" || s.OutNo == q.OutNo) &&
		(q.TransactionID == "" || s.TransactionID == q.TransactionID) &&
		(q.Payer == "" || s.Payer == q.Payer) &&
		(q.Payee == "" || s.Payee == q.Payee) &&
		(!q.Paid || s.Status != coupon.SubsidyFailed)
}

// SubsidyReference is that of the transfer that pays a subsidy.
func SubsidyReference(receiptID string) string { return "subsidy/" + receiptID }

// SubsidyReturnReference is that of the transfer that pays a subsidy back.
func SubsidyReturnReference(returnReceiptID string) string {
	return "subsidy-return/" + returnReceiptID
}

// SubsidyReader reads payments of subsidies and their returns.
type SubsidyReader interface {
	// Subsidies returns payments for a coupon, by descending receipt id, which begins with
	// their time; at most MaxReceipts.
	Subsidies(ctx context.Context, q SubsidyQuery) ([]coupon.Subsidy, error)
	// Subsidy returns a payment by its receipt id, or ErrNotFound.
	Subsidy(ctx context.Context, receiptID string) (coupon.Subsidy, error)
	// SubsidyReturns returns the returns for a coupon, by descending id of their receipt; at most
	// MaxReceipts.
	SubsidyReturns(ctx context.Context, of coupon.Key) ([]coupon.SubsidyReturn, error)
	// SubsidyReturn returns a return by its receipt id, or ErrNotFound.
	SubsidyReturn(ctx context.Context, returnReceiptID string) (coupon.SubsidyReturn, error)
}

// SubsidyWriter changes payments of subsidies. Their coupon must be locked.
type SubsidyWriter interface {
	// InsertSubsidy adds a payment; ErrDuplicate when its receipt id is taken.
	InsertSubsidy(ctx context.Context, s coupon.Subsidy) error
	// UpdateSubsidy replaces the status of a payment and what was returned of it.
	UpdateSubsidy(ctx context.Context, s coupon.Subsidy) error
	// InsertSubsidyReturn adds a return; ErrDuplicate when its receipt id is taken.
	InsertSubsidyReturn(ctx context.Context, r coupon.SubsidyReturn) error
}

// OrderReader reads paid orders.
type OrderReader interface {
	// Order returns an order by its transaction id, or ErrNotFound.
	Order(ctx context.Context, transactionID string) (coupon.Order, error)
	// HasOrder reports whether a merchant has collected an order with a number of its own.
	HasOrder(ctx context.Context, id merchant.ID, outTradeNo string) (bool, error)
}

// OrderWriter changes paid orders.
type OrderWriter interface {
	// InsertOrder adds an order. One that is there with its transaction id stays as it is.
	InsertOrder(ctx context.Context, o coupon.Order) error
	// LockOrder returns an order and keeps other transactions from changing it until this
	// one ends. It reports ErrNotFound.
	LockOrder(ctx context.Context, transactionID string) (coupon.Order, error)
	// UpdateOrder replaces everything of a locked order but its merchant and transaction
	// id.
	UpdateOrder(ctx context.Context, o coupon.Order) error
}
