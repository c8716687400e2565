package store

import (
	"context"
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
	// UpdateCoupon replaces the state and the records of a locked coupon.
	UpdateCoupon(ctx context.Context, c coupon.Coupon) error
}

// IsFresh reports whether nothing has happened to a coupon since its issue, as with all
// that issuing inserts.
func IsFresh(c *coupon.Coupon) bool {
	return c.Use == (coupon.Use{}) && c.Returned == (coupon.Return{}) && c.Deactivated == (coupon.Deactivation{}) &&
		c.Associated == "" && c.Subsidized == 0 && c.Spent == 0
}
