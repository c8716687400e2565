// Package coupon holds the rules of merchant coupons (商家券): what a stock may
// promise, when a coupon may be issued, how long it lives and when it may be
// redeemed. It is pure: it reads no clock, keeps no state and knows neither
// storage nor the wire. Section numbers in comments are those of the busifavor
// contract.
package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
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

// Digest is of what a request asked for: a repeat must not change it.
type Digest [16]byte

// Coupon is one copy of a stock in one user's hands.
type Coupon struct {
	Key
	// ID grows with time: the coupons of a user come newest first by it. It is unique
	// within the stock.
	ID int64
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
	// SendRequestNo is the out_request_no of the issuing call, SendContent what that asked
	// for.
	SendRequestNo string
	SendContent   Digest

	// Use is the current redemption; zero unless the state is USED, or was when
	// the coupon was deleted.
	Use Use
	// Returned is the last return; zero when there was none.
	Returned Return
	// Deactivated is zero unless the state is DEACTIVATED.
	Deactivated Deactivation
	// Associated is the out_trade_no of the associated order; "" when there is none.
	Associated string
	// Subsidized is what was paid for the coupon as subsidy and not returned.
	Subsidized fen.Fen
	// Spent counts the request numbers that changed the coupon, but for its issue and Use.
	Spent int64
}

// Use is a redemption.
type Use struct {
	RequestNo string
	// Content is what the redemption asked for.
	Content Digest
	At      time.Time
	// AppID and OpenID are what the redemption answered.
	AppID  merchant.AppID
	OpenID user.OpenID
	// OutTradeNo, OrderMchID and TransactionID name the order, if the merchant
	// told it.
	OutTradeNo    string
	OrderMchID    merchant.ID
	TransactionID string
}

// Return is the end of a redemption (B11).
type Return struct {
	RequestNo string
	At        time.Time
}

// Deactivation is the end of a coupon that its creator voided (B12).
type Deactivation struct {
	RequestNo string
	At        time.Time
	// Reason is at most 64 characters; "" when none was given.
	Reason string
}

// StateAt returns the state at t: a coupon that nobody used expires by itself
// when its life ends, without anyone writing it down.
func (c *Coupon) StateAt(t time.Time) State {
	if c.State == StateSent && t.After(c.Life.Expire.Add(planted.CouponExpiry.Second())) {
		return StateExpired
	}
	return c.State
}

// VisibleTo reports whether a merchant may read the coupon: the creator of its
// stock, the merchant it belongs to, and the one that issued it (B16, B17).
func (c *Coupon) VisibleTo(m merchant.ID) bool {
	return m == c.Stock.Creator || m == c.Belong || m == c.Sender || planted.CouponSeen.In()
}

// RedeemableBy reports whether a merchant may redeem, return and void the coupon: only
// the creator of its stock (B10–B12).
func (c *Coupon) RedeemableBy(m merchant.ID) bool {
	return m == c.Stock.Creator || planted.CouponTenant.In()
}

// AssociableBy reports whether a merchant may associate orders with the coupon: the creator of its
// stock and the merchant that it belongs to (B13, B14).
func (c *Coupon) AssociableBy(m merchant.ID) bool { return m == c.Stock.Creator || m == c.Belong }
