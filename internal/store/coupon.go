package store

import (
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// MaxSameCode is how many coupons with one code are looked at when the stock is
// not known. Codes of the platform are unique; merchants' may repeat.
const MaxSameCode = 16

// CouponReader reads coupons.
type CouponReader interface {
	// Coupon returns a coupon, or ErrNotFound.
	Coupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error)
	// Coupons returns those of the coupons that exist.
	Coupons(ctx context.Context, keys []coupon.Key) (map[coupon.Key]coupon.Coupon, error)
	// CouponsWithCode returns the coupons with a code in any stock, those of the
	// preferred creator first, at most MaxSameCode.
	CouponsWithCode(ctx context.Context, code coupon.Code, preferred merchant.ID) ([]coupon.Coupon, error)
	// UserCoupons returns a page of a user's coupons, the newest first, and how
	// many there are in all.
	UserCoupons(ctx context.Context, q CouponQuery) ([]coupon.Coupon, int64, error)
	// ScanCoupons goes on through the coupons of a creator, in the order of their codes.
	ScanCoupons(ctx context.Context, q CouponScan) (ScannedCoupons, error)
}

// CouponScan goes on behind a place, through as many coupons as Window says, whosever they are: so
// that a look takes the same time for a merchant that has few. No index has them by creator.
type CouponScan struct {
	Creator merchant.ID
	// Stock narrows unless it is empty.
	Stock  coupon.StockID
	After  CouponPlace
	Window int64
}

// CouponPlace is where a scan is. The zero CouponPlace is before all coupons.
type CouponPlace struct {
	Code  coupon.Code
	Stock coupon.StockID
}

// ScannedCoupons are those that a scan came by.
type ScannedCoupons struct {
	Coupons []coupon.Coupon
	// End is where the scan is to go on, the zero CouponPlace when it came to the end.
	End CouponPlace
}

// CouponQuery narrows a user's coupons. Empty fields do not narrow.
type CouponQuery struct {
	Holder  user.ID
	Stock   coupon.StockID
	Code    coupon.Code
	Creator merchant.ID
	Belong  merchant.ID
	Sender  merchant.ID
	// VisibleTo is a party of the coupon: creator, belong or sender.
	VisibleTo merchant.ID
	// State is the state at Now, which decides about expiry.
	State coupon.State
	Now   time.Time
	// Offset and Limit choose the page; Limit must be positive.
	Offset int64
	Limit  int64
}

// Matches reports whether a coupon belongs to the answer. Engines without a query
// language use it, and it defines what the others must do.
func (q *CouponQuery) Matches(c *coupon.Coupon) bool {
	return c.Holder == q.Holder &&
		(q.Stock == "" || c.Stock.ID == q.Stock) &&
		(q.Code == "" || c.Code == q.Code) &&
		(q.Creator == "" || c.Stock.Creator == q.Creator) &&
		(q.Belong == "" || c.Belong == q.Belong) &&
		(q.Sender == "" || c.Sender == q.Sender) &&
		(q.VisibleTo == "" || c.VisibleTo(q.VisibleTo)) &&
		(q.State == "" || c.StateAt(q.Now) == q.State)
}

// CouponWriter changes coupons.
type CouponWriter interface {
	// InsertCoupons adds coupons; ErrDuplicate when a code is taken in its stock, or the
	// request number by a coupon of the stock that the holder has.
	InsertCoupons(ctx context.Context, coupons []coupon.Coupon) error
	// LockCoupon returns a coupon and keeps other transactions from changing it
	// until this one ends. It reports ErrNotFound.
	LockCoupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error)
	// LockCoupons is LockCoupon for several, and returns their stocks as they are. What does not
	// exist is not in the maps.
	LockCoupons(ctx context.Context, keys []coupon.Key) (LockedCoupons, error)
	// UpdateCoupons replaces the state and the records of locked coupons. It reports ErrNotFound
	// for one that does not exist.
	UpdateCoupons(ctx context.Context, coupons ...coupon.Coupon) error
	// RenameHolders replaces how the holders of locked coupons were named: OpenID and Use.OpenID.
	RenameHolders(ctx context.Context, coupons []coupon.Coupon) error
}

// LockedCoupons are coupons that change for nobody else, and the stocks that they are of.
type LockedCoupons struct {
	Coupons map[coupon.Key]coupon.Coupon
	Stocks  map[coupon.StockKey]coupon.Stock
}

// StocksOf returns the stocks that coupons are of, in the order of CompareStocks, each once.
func StocksOf(keys []coupon.Key) []coupon.StockKey {
	stocks := make([]coupon.StockKey, len(keys))
	for i := range keys {
		stocks[i] = keys[i].Stock
	}
	slices.SortFunc(stocks, CompareStocks)
	return slices.Compact(stocks)
}

// IsFresh reports whether nothing has happened to a coupon since its issue, as with all
// that issuing inserts.
func IsFresh(c *coupon.Coupon) bool {
	return c.Use == (coupon.Use{}) && c.Returned == (coupon.Return{}) && c.Deactivated == (coupon.Deactivation{}) &&
		c.Associated == "" && c.Subsidized == 0 && c.Spent == 0
}
