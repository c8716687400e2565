package store

import (
	"context"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
)

// MaxPostings is the largest page of postings.
const MaxPostings = 100

// LedgerReader reads accounts.
type LedgerReader interface {
	// Balance returns what an account holds: nothing for one that nobody ever used.
	Balance(ctx context.Context, a payment.Account) (fen.Fen, error)
	// Postings returns those of an owner's accounts, the newest first.
	Postings(ctx context.Context, owner merchant.ID, offset, limit int64) ([]payment.Posting, error)
}

// LedgerWriter moves money.
type LedgerWriter interface {
	// LockBalances returns what accounts hold, and keeps other transactions from changing
	// it until this one ends. It locks them in the order of owner and name. Accounts that
	// nobody ever used are made.
	LockBalances(ctx context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error)
	// Post makes transfers between locked accounts, of one reference each. ErrStale when
	// an account of a merchant would fall below zero: whoever posts has looked before.
	Post(ctx context.Context, transfers ...payment.Transfer) error
}
