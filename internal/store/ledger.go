package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/merchant"
)

// Account is one of the accounts of a merchant, or of the [Platform].
type Account struct {
	Owner merchant.ID
	Name  AccountName
}

// AccountName says what an account is for. The values are stored.
type AccountName string

// The accounts. None of them falls below zero but the platform's.
const (
	// AccountBalance is the money that a merchant may spend.
	AccountBalance AccountName = "BALANCE"
	// AccountSettlement is what pre-funded vouchers brought a merchant who was paid with
	// them.
	AccountSettlement AccountName = "SETTLEMENT"
	// AccountFunding is the platform's: what merchants were given from outside is missing
	// there.
	AccountFunding AccountName = "FUNDING"
)

// MaxPostings is the largest page of postings.
const MaxPostings = 100

// Transfer moves money from one account to another: two postings that add up to nothing.
type Transfer struct {
	From, To Account
	// Amount is in fen, at least 1.
	Amount fen.Fen
	// Reference says what the transfer is for, such as "subsidy/11…".
	Reference string
	At        time.Time
}

// Posting is one side of a transfer.
type Posting struct {
	Account
	// Amount is what the account got, below zero for what it gave.
	Amount    fen.Fen
	Reference string
	At        time.Time
}

// PostingsOf returns the two sides of a transfer.
func PostingsOf(t Transfer) [2]Posting {
	return [2]Posting{
		{Account: t.From, Amount: -t.Amount, Reference: t.Reference, At: t.At},
		{Account: t.To, Amount: t.Amount, Reference: t.Reference, At: t.At},
	}
}

// LedgerReader reads accounts.
type LedgerReader interface {
	// Balance returns what an account holds: nothing for one that nobody ever used.
	Balance(ctx context.Context, a Account) (fen.Fen, error)
	// Postings returns those of an owner's accounts, the newest first.
	Postings(ctx context.Context, owner merchant.ID, offset, limit int64) ([]Posting, error)
}

// LedgerWriter moves money.
type LedgerWriter interface {
	// LockBalances returns what accounts hold, and keeps other transactions from changing
	// it until this one ends. It locks them in the order of owner and name. Accounts that
	// nobody ever used are made.
	LockBalances(ctx context.Context, accounts ...Account) (map[Account]fen.Fen, error)
	// Post makes transfers between locked accounts, of one reference each. ErrStale when
	// an account of a merchant would fall below zero: whoever posts has looked before.
	Post(ctx context.Context, transfers ...Transfer) error
}
