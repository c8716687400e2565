// Package coupon holds the rules of merchant coupons (商家券): what a stock may
// promise, when a coupon may be issued, how long it lives and when it may be
// redeemed. It is pure: it reads no clock, keeps no state and knows neither
// storage nor the wire. Section numbers in comments are those of the busifavor
// contract.
package coupon

import (
	"time"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/user"
)

// Code identifies a coupon within its stock: 22 digits chosen by the platform,
// or 1 to 32 characters chosen by the merchant.
type Code string

// State is where a coupon stands (5.2).
type State string

// The states of a coupon. DEACTIVATED and DELETED are final.
const (
	StateSent        State = "SENDED"
	StateUsed        State = "USED"
	StateExpired     State = "EXPIRED"
	StateDeleted     State = "DELETED"
	StateDeactivated State = "DEACTIVATED"
)

// States lists every state of a coupon.
func States() []State {
	return []State{StateSent, StateUsed, StateExpired, StateDeleted, StateDeactivated}
}

// Key identifies a coupon. Codes chosen by merchants are unique only within their
// stock.
type Key struct {
	Stock StockKey
	Code  Code
}

// Channel is how a coupon reached its holder.
type Channel string

// The channels of this server (chapter 14), without the prefix that they have on
// the wire.
const (
	// ChannelAPI is the merchant's call (B9).
	ChannelAPI Channel = "API"
	// ChannelMiniApp is the plug-in in a mini program (10.3).
	ChannelMiniApp Channel = "MINIAPP"
	// ChannelH5 is the claim page (10.4).
	ChannelH5 Channel = "H5"
)

// Coupon is one copy of a stock in one user's hands.
type Coupon struct {
	Key
	// Belong is the merchant that the stock belongs to, Sender the one that
	// issued the coupon.
	Belong merchant.ID
	Sender merchant.ID

	// Holder is the account; AppID and OpenID are how it was named when the
	// coupon was issued.
	Holder user.ID
	AppID  merchant.AppID
	OpenID user.OpenID

	// State is as stored; a reader wants [Coupon.StateAt].
	State    State
	Life     Life
	Received time.Time
	Channel  Channel
	// SendRequestNo is the out_request_no of the issuing call.
	SendRequestNo string

	// Use is the current redemption; zero unless the state is USED, or was when
	// the coupon was deleted.
	Use Use
}

// Use is a redemption.
type Use struct {
	RequestNo string
	At        time.Time
	// AppID and OpenID are what the redemption answered.
	AppID  merchant.AppID
	OpenID user.OpenID
	// OutTradeNo, OrderMchID and TransactionID name the order, if the merchant
	// told it.
	OutTradeNo    string
	OrderMchID    merchant.ID
	TransactionID string
}

// StateAt returns the state at t: a coupon that nobody used expires by itself
// when its life ends, without anyone writing it down.
func (c *Coupon) StateAt(t time.Time) State {
	if c.State == StateSent && t.After(c.Life.Expire) {
		return StateExpired
	}
	return c.State
}

// Internal error numbers (protocol 7.5).
const (
	numberMissing = 268578851
	numberExpired = 268578776
	numberQuota   = 272756740
	numberUsed    = 272756745
	// NumberRepeated is that of a request number that comes back with other
	// content.
	NumberRepeated = 268498688
)

// Refusals of a redemption (B10).
var (
	// ErrNotFound is the answer to an unknown code, and to one that is not of
	// the named stock.
	ErrNotFound = fault.New(fault.NotFound,
		"查询不到该券，请确认批次号与coupon_code是否匹配",
		"No such coupon. Check that stock_id and coupon_code belong together.").Numbered(numberMissing)
	// ErrNotYours is the answer to a merchant that did not create the stock.
	ErrNotYours = fault.New(fault.Forbidden,
		"商户无权限操作该券",
		"The merchant may not handle this coupon. Only the merchant that created the stock may redeem it.")
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
	// ErrNotUsable is the answer for a coupon that the merchant voided.
	ErrNotUsable = fault.New(fault.Refused,
		"券状态非可用态",
		"The coupon is not in a usable state.")
	// ErrNumberSpent is the answer to a request number that redeemed this
	// coupon before it was returned.
	ErrNumberSpent = fault.New(fault.Refused,
		"核销请求单据号已被使用，请更换use_request_no后重试",
		"The use_request_no was used for an earlier redemption of this coupon. Use a new one.")
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

// VisibleTo reports whether a merchant may read the coupon: the creator of its
// stock, the merchant it belongs to, and the one that issued it (B16, B17).
func (c *Coupon) VisibleTo(m merchant.ID) bool {
	return m == c.Stock.Creator || m == c.Belong || m == c.Sender
}
