package store

import (
	"context"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/user"
)

// StockReader reads stocks.
type StockReader interface {
	// Stock returns a stock by the id that the wire has, or ErrNotFound.
	Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error)
	// Counters returns how much of a stock was issued, in all and on day.
	Counters(ctx context.Context, key coupon.StockKey, day coupon.Day) (coupon.Counters, error)
	// Held returns how many coupons of a stock each of the holders has ever
	// received; a holder who is not in the map has none.
	Held(ctx context.Context, key coupon.StockKey, holders []user.ID) (map[user.ID]int64, error)
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
	LockStock(ctx context.Context, key coupon.StockKey, day coupon.Day) (coupon.Stock, coupon.Counters, error)
	// SetCounters replaces the counters of a locked stock, all of one day. The
	// old values guard it: ErrStale when they are not there any more.
	SetCounters(ctx context.Context, key coupon.StockKey, was, is coupon.Counters) error
	// SetHeld stores the holders' counters of a locked stock.
	SetHeld(ctx context.Context, key coupon.StockKey, held []Held) error
}

// Held is a change of how many coupons of a stock a holder has received.
type Held struct {
	Holder user.ID
	Count  int64
}
