package store

import (
	"context"
	"math"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
)

// FlowQuery asks for a part of a bill, in the order of time.
type FlowQuery struct {
	Stock voucher.StockKey
	Kind  payment.FlowKind
	// From and To bound the time, both included.
	From, To time.Time
	// AfterAt and AfterID are where the part before ended; zero for the first.
	AfterAt time.Time
	AfterID int64
	Limit   int64
}

// MaxFlows is the largest part of a bill.
const MaxFlows = 1000

// PaymentQuery asks for a page of the payments that a merchant collected, the newest first.
type PaymentQuery struct {
	Merchant merchant.ID
	// From and Until bound the time, the latter exclusively; zero does not.
	From, Until time.Time
	// BeforeAt and BeforeID are time and number of the last payment of the page before; zero begins
	// with the newest.
	BeforeAt time.Time
	BeforeID string
	Limit    int64
}

// Bounds are the first second of a page, and the place before which it ends: a second, and the
// number of a payment in it.
func (q *PaymentQuery) Bounds() (from, before int64, id string) {
	before = math.MaxInt64
	if !q.Until.IsZero() {
		before = Seconds(q.Until)
	}
	if !q.BeforeAt.IsZero() && Seconds(q.BeforeAt) < before {
		before, id = Seconds(q.BeforeAt), q.BeforeID
	}
	return Seconds(q.From), before, id
}

// PaymentReader reads payments, bills and budgets.
type PaymentReader interface {
	// Payment returns a payment, or ErrNotFound. Transaction ids are unique.
	Payment(ctx context.Context, transactionID string) (payment.Payment, error)
	// Payments returns a page of a merchant's payments; those of one second by descending numbers.
	Payments(ctx context.Context, q PaymentQuery) ([]payment.Payment, error)
	// Flows returns a part of a bill, at most MaxFlows lines.
	Flows(ctx context.Context, q FlowQuery) ([]payment.Flow, error)
	// Budget returns the budget of a stock, or ErrNotFound when none is locked or it was
	// released.
	Budget(ctx context.Context, key voucher.StockKey) (payment.Budget, error)
	// EndedBudgets returns budgets that ended before now, those first that ended first.
	EndedBudgets(ctx context.Context, now time.Time, limit int64) ([]payment.Budget, error)
}

// PaymentWriter changes payments, bills and budgets.
type PaymentWriter interface {
	// InsertPayments adds payments; ErrDuplicate when a transaction id is taken.
	InsertPayments(ctx context.Context, payments []payment.Payment) error
	// LockPayment returns a payment and keeps other transactions from changing it until
	// this one ends. It reports ErrNotFound. It comes before the locks of vouchers.
	LockPayment(ctx context.Context, transactionID string) (payment.Payment, error)
	// UpdatePayment replaces what was refunded of a locked payment.
	UpdatePayment(ctx context.Context, p payment.Payment) error
	// InsertFlows adds lines to bills.
	InsertFlows(ctx context.Context, flows []payment.Flow) error
	// InsertBudget notes that money was locked; ErrDuplicate when it was before.
	InsertBudget(ctx context.Context, b payment.Budget) error
	// LockBudget is Budget that keeps others from releasing it until this transaction
	// ends. It comes after the locks of vouchers and before those of accounts.
	LockBudget(ctx context.Context, key voucher.StockKey) (payment.Budget, error)
	// DeleteBudget notes that the rest was released.
	DeleteBudget(ctx context.Context, key voucher.StockKey) error
}
