package store

import (
	"context"
	"time"

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

// PaymentReader reads payments, bills and budgets.
type PaymentReader interface {
	// Payment returns a payment, or ErrNotFound. Transaction ids are unique.
	Payment(ctx context.Context, transactionID string) (payment.Payment, error)
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
