package store

import (
	"context"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
)

// The invariants of what is counted by the hour and by the day.
const (
	InvariantTallies  = "the hours of a stock add up to what it gave out and what became of it"
	InvariantExpiries = "the days on which a stock expires add up to what is usable"
)

// TallyQuery asks for what was counted in some hours.
type TallyQuery struct {
	// Owner is whose stocks; empty is everybody's.
	Owner merchant.ID
	// Product and StockID narrow it unless they are empty.
	Product merchant.Product
	StockID string
	// From and Until bound the hours, the latter exclusively.
	From, Until tally.Hour
	// ByDay adds up the hours of each day in Beijing, under the first of them; ByStock tells
	// stocks apart.
	ByDay, ByStock bool
}

// ExpiryQuery asks for what expires on some days.
type ExpiryQuery struct {
	// Owner, Product and StockID as in TallyQuery.
	Owner   merchant.ID
	Product merchant.Product
	StockID string
	// From and Until bound the days, the latter exclusively.
	From, Until day.Day
}

// OneStock says whether that is all that is asked for: engines find it by the whole of their keys.
func OneStock(owner merchant.ID, product merchant.Product, id string) bool {
	return owner != "" && product != "" && id != ""
}

// TallyReader reads what was counted.
type TallyReader interface {
	// Tallies returns sums, in the order of hours. What is not told apart is empty in their
	// keys.
	Tallies(ctx context.Context, q TallyQuery) ([]tally.Count, error)
	// Expiries returns sums over all stocks that are asked for, in the order of days, without
	// those that are nothing.
	Expiries(ctx context.Context, q ExpiryQuery) ([]tally.Expiry, error)
}

// TallyWriter counts.
type TallyWriter interface {
	// AddTallies adds a sheet to what was counted. It comes last in a transaction: whoever counts
	// for the same stock may wait from there on.
	AddTallies(ctx context.Context, sheet *tally.Sheet) error
}
