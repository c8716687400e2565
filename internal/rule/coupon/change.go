package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Internal error numbers (protocol 7.5).
const (
	numberMissing = 268578851
	numberExpired = 268578776
	numberQuota   = 272756740
	numberUsed    = 272756745
)

// Refusals of changes of a coupon (B10–B14).
var (
	// ErrNotFound is the answer to an unknown code, and to one that is not of
	// the named stock.
	ErrNotFound = fault.New(fault.NotFound,
		"查询不到该券，请确认批次号与coupon_code是否匹配",
		"No such coupon. Check that stock_id and coupon_code belong together.").Numbered(numberMissing)
	// ErrNotYours is the answer to a merchant that may not make the change.
	ErrNotYours = fault.New(fault.Forbidden,
		"商户无权限操作该券",
		"The merchant may not handle this coupon. Only the merchant that created the stock may redeem, return or deactivate it.")
	// ErrUsed is the answer to a second redemption under another number.
	ErrUsed = fault.New(fault.Exists,
		"券已被其他订单核销",
		"The coupon was redeemed under another request number.").Numbered(numberUsed)
	// ErrOutsideValidity is the answer before, between and after the times at
	// which the coupon may be used.
	ErrOutsideValidity = fault.New(fault.Limited,
		"券不在有效期内",
		"The coupon cannot be used at this time.").Numbered(numberExpired)
	// ErrDeleted is the answer for a coupon that its holder deleted.
	ErrDeleted = fault.New(fault.NotFound,
		"券已被删除",
		"The holder has deleted the coupon.")
	// ErrNotUsable is the answer for a coupon whose state does not allow the change.
	ErrNotUsable = fault.New(fault.Refused,
		"券状态非可用态",
		"The coupon is not in a usable state.")
	// ErrNumberSpent is the answer to a request number that redeemed this
	// coupon before it was returned.
	ErrNumberSpent = fault.New(fault.Refused,
		"核销请求单据号已被使用，请更换use_request_no后重试",
		"The use_request_no was used for an earlier redemption of this coupon. Use a new one.")
	// ErrNotUsed is the answer to the return of a coupon that is not redeemed.
	ErrNotUsed = fault.New(fault.Refused,
		"券未核销，无法退回",
		"The coupon is not redeemed: there is nothing to return.")
	// ErrAssociated is the answer to a second order while one is associated.
	ErrAssociated = fault.New(fault.Refused,
		"券已关联其他商户订单",
		"Another order is associated with the coupon. Disassociate it first.")
	// ErrNotAssociated is the answer to the removal of an order that is not the associated one.
	ErrNotAssociated = fault.New(fault.Refused,
		"券未关联该商户订单",
		"This order is not associated with the coupon.")
)

// Redeem turns a coupon of a stock with validity v into a used one at now. It
// changes nothing when it refuses.
func (c *Coupon) Redeem(v *Validity, use Use, now time.Time) error {
	switch c.StateAt(now) {
	case StateSent:
		if !v.UsableAt(c.Life, now) {
			return ErrOutsideValidity
		}
		use.At = now
		c.State, c.Use = StateUsed, use
		return nil
	case StateUsed:
		if planted.CouponTwice.In() {
			return nil
		}
		return ErrUsed
	case StateExpired:
		return ErrOutsideValidity
	case StateDeleted:
		return ErrDeleted
	case StateDeactivated:
		return ErrNotUsable
	}
	return ErrNotUsable
}

// Return ends the redemption of a coupon at now: it is as good as before, for as long
// as its unchanged life lasts (B11). It changes nothing when it refuses.
func (c *Coupon) Return(requestNo string, now time.Time) error {
	switch c.State {
	case StateUsed:
		c.State, c.Use = StateSent, Use{}
		c.Returned = Return{RequestNo: requestNo, At: now}
		return nil
	case StateDeleted:
		return ErrDeleted
	case StateSent, StateExpired, StateDeactivated:
	}
	return ErrNotUsed
}

// Deactivate ends a coupon that was neither used nor has expired at d.At, for good (B12). It
// changes nothing when it refuses.
func (c *Coupon) Deactivate(d Deactivation) error {
	if c.StateAt(d.At) != StateSent && !planted.CouponVoided.In() {
		return ErrNotUsable
	}
	c.State, c.Deactivated = StateDeactivated, d
	return nil
}

// Associate associates an order with a coupon that is usable or will be (B13). Doing it
// again with the same order changes nothing, nor does a refusal.
func (c *Coupon) Associate(order string, now time.Time) error {
	switch {
	case c.StateAt(now) != StateSent:
		return ErrNotUsable
	case c.Associated != "" && c.Associated != order:
		return ErrAssociated
	}
	c.Associated = order
	return nil
}

// Disassociate removes the associated order (B14). It changes nothing when it refuses.
func (c *Coupon) Disassociate(order string, now time.Time) error {
	switch {
	case c.StateAt(now) != StateSent:
		return ErrNotUsable
	case c.Associated != order:
		return ErrNotAssociated
	}
	c.Associated = ""
	return nil
}

// Delete takes a coupon out of its holder's card pack, for good. What is known about it
// stays (5.2). Deleting it again changes nothing; one that was voided stays as it is.
func (c *Coupon) Delete() error {
	if c.State == StateDeactivated {
		return ErrNotUsable
	}
	c.State = StateDeleted
	return nil
}
