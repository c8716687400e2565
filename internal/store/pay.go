package store

import (
	"context"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
)

// VoucherKey is a voucher, under the creator of its stock.
type VoucherKey struct {
	Stock voucher.StockKey
	ID    voucher.ID
}

// PayAsk says what payments depend on.
type PayAsk struct {
	Vouchers []VoucherKey
	Stocks   []voucher.StockKey
	// Payments are transaction ids.
	Payments []string
	// Budgets are of pre-funded stocks, Accounts what money is moved between.
	Budgets  []voucher.StockKey
	Accounts []payment.Account
}

// PayLocked is the answer to a PayAsk. What does not exist is not in the maps.
type PayLocked struct {
	Vouchers map[voucher.ID]voucher.Voucher
	Stocks   map[voucher.StockKey]voucher.Stock
	Payments map[string]payment.Payment
	Budgets  map[voucher.StockKey]payment.Budget
	Balances map[payment.Account]fen.Fen
}

// PayWriter makes payments in batches.
type PayWriter interface {
	// LockToPay locks vouchers, budgets and accounts, in this order, and returns them with stocks
	// and payments as they are once the vouchers are locked: a payment that was made with one of
	// them is there.
	LockToPay(ctx context.Context, ask PayAsk) (PayLocked, error)
	// LockPayments keeps other transactions from changing payments until this one ends. A
	// transaction that found them and changes nothing else calls it, so that they are durable when
	// it is.
	LockPayments(ctx context.Context, transactionIDs []string) error
}
