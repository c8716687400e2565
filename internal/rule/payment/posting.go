package payment

import (
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
)

// Account is one of the accounts of a merchant, or of the platform, whose owner is "".
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
