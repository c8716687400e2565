package store

import (
	"context"

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
	// Held returns how many coupons of a stock a holder has ever received, for each
	// of the keys; one that is not in the map stands for none.
	Held(ctx context.Context, keys []HolderKey) (map[HolderKey]int64, error)
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
	// LockStocks is LockStock for several. Stocks that do not exist are not in the
	// map.
	LockStocks(ctx context.Context, keys []coupon.StockKey, day day.Day) (map[coupon.StockKey]LockedStock, error)
	// SetCounters replaces the counters of locked stocks. The old values guard it:
	// ErrStale when they are not there any more.
	SetCounters(ctx context.Context, changes ...CounterChange) error
	// SetHeld stores the holders' counters of locked stocks.
	SetHeld(ctx context.Context, held []Held) error
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
}

// CounterChange is a change of a stock's counters, both of one day. A stock comes once.
type CounterChange struct {
	Stock   coupon.StockKey
	Was, Is coupon.Counters
}

// HolderKey is a holder as a stock counts them.
type HolderKey struct {
	Stock  coupon.StockKey
	Holder user.ID
}

// Held is how many coupons of a stock a holder has received.
type Held struct {
	HolderKey
	Count int64
}
