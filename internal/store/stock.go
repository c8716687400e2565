package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// StockReader reads stocks.
type StockReader interface {
	// Stock returns a stock by the id that the wire has, or ErrNotFound.
	Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error)
	// Stocks returns a page of stocks, the newest first, with counters of no day.
	Stocks(ctx context.Context, q StockQuery) ([]CountedStock, error)
	// Counters returns how much of a stock was issued, in all and on day, or ErrNotFound.
	Counters(ctx context.Context, key coupon.StockKey, day day.Day) (coupon.Counters, error)
	// Given returns the coupons of a stock that an account has ever received, for each of
	// the keys; one that is not in the map stands for none.
	Given(ctx context.Context, keys []HolderKey) (map[HolderKey][]Given, error)
}

// StockWriter changes stocks.
type StockWriter interface {
	// InsertStock adds a stock with all counters at zero.
	InsertStock(ctx context.Context, s coupon.Stock) error
	// UpdateStock replaces everything but the key.
	UpdateStock(ctx context.Context, s coupon.Stock) error
	// LockStock returns a stock with its counters of day, and keeps other
	// transactions from issuing of it until this one ends. It reports
	// ErrNotFound.
	LockStock(ctx context.Context, key coupon.StockKey, day day.Day) (coupon.Stock, coupon.Counters, error)
	// LockToIssue is LockStock for several, and reads what to issue of them depends on, as
	// it is under the locks.
	LockToIssue(ctx context.Context, ask Ask) (Locked, error)
	// SetCounters replaces the counters of locked stocks. The old values guard it:
	// ErrStale when they are not there any more. Stocks that were only foreseen are locked when it
	// returns, and are what was foreseen; otherwise it returns ErrStale.
	SetCounters(ctx context.Context, changes ...CounterChange) error
}

// StockQuery asks for a page of stocks.
type StockQuery struct {
	// Creator narrows the list unless it is empty.
	Creator merchant.ID
	// After is the stock that the page follows upon; only its key and time of creation
	// count. nil begins with the newest.
	After *coupon.Stock
	// Limit must be positive.
	Limit int64
}

// CountedStock is a stock with its counters.
type CountedStock struct {
	Stock    coupon.Stock
	Counters coupon.Counters
}

// LockedStock is a stock with its counters of a day, which change for nobody else.
type LockedStock struct {
	Stock    coupon.Stock
	Counters coupon.Counters
	// LastID is the highest ID that a coupon of it has.
	LastID int64
}

// Ask says what a batch needs to know before it issues coupons. Its stocks are at one day.
type Ask struct {
	Stocks []coupon.StockKey
	Day    day.Day
	// Holders are whose coupons of the stocks count, Persons those whose other accounts do,
	// Codes those that merchants chose.
	Holders []HolderKey
	Persons []user.ID
	Codes   []coupon.Key
	// Foreseen, unless it is nil, is the only one of Stocks. Then it is not locked but taken to be so, and
	// what is read may be from before the transaction that will have left it so: the caller adds what that one
	// does. SetCounters has to follow, and proves it. Only an engine that gives versions knows this.
	Foreseen *Foreseen
}

// Foreseen is a stock as a transaction will leave it that has not ended.
type Foreseen struct {
	LockedStock
	// Version is that of the transaction.
	Version Version
}

// Version names the transaction that changed a stock last: nothing at all of the stock is as that one left
// it once another one changed it. The zero Version is none.
type Version int64

// Locked is the answer to an Ask. Stocks that do not exist are not in the map.
type Locked struct {
	Stocks map[coupon.StockKey]LockedStock
	Given  map[HolderKey][]Given
	// Linked are the accounts that were linked to the persons.
	Linked map[user.ID][]user.ID
	// Taken are those of the codes that coupons have.
	Taken map[coupon.Key]bool
	// Version is that which a stock gets that this transaction changes; none where the engine has none.
	Version Version
}

// CounterChange is a change of a stock's counters, both of one day. A stock comes once.
type CounterChange struct {
	Stock   coupon.StockKey
	Was, Is coupon.Counters
	// LastID is the highest ID that was given to a coupon of it; 0 when none was.
	LastID int64
	// Foreseen is the version that the stock must have, of one that was foreseen.
	Foreseen Version
}

// HolderKey is an account as a holder of a stock's coupons.
type HolderKey struct {
	Stock  coupon.StockKey
	Holder user.ID
}

// Given is a coupon that a holder received: the request number that got it, what that asked
// for, and its code.
type Given struct {
	Number  string
	Content coupon.Digest
	Code    coupon.Code
}

// CompareStocks is the order in which stocks are locked.
func CompareStocks(a, b coupon.StockKey) int {
	return cmp.Or(cmp.Compare(a.Creator, b.Creator), cmp.Compare(a.ID, b.ID))
}

// ByOwner splits what belongs to stocks into what belongs to each creator, in the order of
// CompareStocks: a statement names one owner.
func ByOwner[K any](list []K, stock func(*K) coupon.StockKey) [][]K {
	for i := 1; i < len(list); i++ {
		if CompareStocks(stock(&list[i-1]), stock(&list[i])) > 0 {
			list = slices.SortedStableFunc(slices.Values(list), func(a, b K) int { return CompareStocks(stock(&a), stock(&b)) })
			break
		}
	}
	var parts [][]K
	for from, to := 0, 0; from < len(list); from = to {
		owner := stock(&list[from]).Creator
		for to < len(list) && stock(&list[to]).Creator == owner {
			to++
		}
		parts = append(parts, list[from:to])
	}
	return parts
}
