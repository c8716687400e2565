// Package merchant holds the rules about merchants: who they are, which appids
// are theirs, what they may do, which of their keys count and which platform key
// answers them. It is pure: values in, decisions out.
package merchant

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// ID is an mchid: 8 to 10 decimal digits, no leading zero (protocol 2.2).
type ID string

// hintDigits are how many digits of an mchid a hint has.
const hintDigits = 5

// Hint is the end of the mchid. Ids that are drawn for the merchant and named without it later carry
// the hint, so that they lead to the few merchants whose they may be.
func (id ID) Hint() Hint { return Hint(id[max(0, len(id)-hintDigits):]) }

// Hint has five digits. Empty, it says nothing.
type Hint string

// HintWithin returns the hint that follows the first digits of an id.
func HintWithin(id string, after int) Hint { return Hint(id[after : after+hintDigits]) }

// AppID is the id of an official account or mini program: "wx" and 16 characters
// (protocol 9).
type AppID string

// Kind is how a merchant takes part (busifavor 1.1).
type Kind string

// The kinds of merchants.
const (
	// Ordinary merchants and sub-merchants create stocks for themselves.
	Ordinary Kind = "ORDINARY"
	// Provider merchants, also channels, create stocks for their sub-merchants.
	Provider Kind = "PROVIDER"
)

// Permission is a right that a merchant must have been granted.
type Permission string

// The permissions.
const (
	// IssueByAPI allows the call that issues coupons (busifavor B9).
	IssueByAPI Permission = "ISSUE_BY_API"
	// PaymentRail allows the calls that pay with vouchers: those of whoever moves the money.
	PaymentRail Permission = "PAYMENT_RAIL"
	// PaySubsidies allows the calls that pay and return subsidies (busifavor B20, B23).
	PaySubsidies Permission = "PAY_SUBSIDIES"
	// SendCards allows the call that issues consumption cards (busifavor B15).
	SendCards Permission = "SEND_CARDS"
	// PushEvents is the switch 营销事件推送: with it the merchant is told of the events of the
	// merchant coupons that it created (busifavor B18). Every new merchant has it.
	PushEvents Permission = "PUSH_EVENTS"
)

// AllPermissions lists every permission.
func AllPermissions() []Permission {
	return []Permission{IssueByAPI, PaymentRail, PaySubsidies, SendCards, PushEvents}
}

// Merchant is a party with an mchid.
type Merchant struct {
	ID ID
	// Name is the short name that users see on a coupon, unless there is a brand.
	Name string
	// Brand is zero for a merchant without a certified one.
	Brand       Brand
	Kind        Kind
	AppIDs      []AppID
	Permissions []Permission
	// KeyMode says which kind of platform key the merchant trusts.
	KeyMode KeyMode
	// KeyModeSince is since when, in whole seconds of signature time; zero when that is not
	// known, as of merchants of older releases. Use SetKeyMode.
	KeyModeSince time.Time
}

// Brand is a certified brand (busifavor 4.6): what cards show in place of the merchant's own.
type Brand struct {
	Name string
	// LogoURL is "" for a brand whose cards keep their own logos.
	LogoURL string
}

// CardName is the name that users see on a coupon.
func (m *Merchant) CardName() string {
	if m.Brand.Name != "" {
		return m.Brand.Name
	}
	return m.Name
}

// May reports whether the permission was granted.
func (m *Merchant) May(p Permission) bool { return slices.Contains(m.Permissions, p) }

// Told reports whether the merchant is told of the events of a product: those of merchant
// coupons need a permission.
func (m *Merchant) Told(p Product) bool { return p != BusiFavor || m.May(PushEvents) }

// Owns reports whether the appid is bound to the merchant.
func (m *Merchant) Owns(a AppID) bool { return slices.Contains(m.AppIDs, a) }

// ErrAppID refuses an appid that is bound neither to the caller nor to the
// merchant that the stock belongs to (busifavor 1.2, C1).
var ErrAppID = fault.New(fault.AppIDMismatch,
	"AppID与请求方商户无关联关系",
	"The appid is not bound to the calling merchant. Bind it on the merchant platform, or use one that is.")

// CheckAppID reports [ErrAppID] unless one of the given merchants owns a.
func CheckAppID(a AppID, owners ...*Merchant) error {
	for _, m := range owners {
		if m != nil && m.Owns(a) {
			return nil
		}
	}
	return ErrAppID.At("appid", string(a))
}

// Said is what the audit says about a merchant: nothing secret.
func (m *Merchant) Said() any {
	return struct {
		Name        string       `json:"name"`
		Kind        Kind         `json:"kind"`
		AppIDs      []AppID      `json:"appids"`
		Permissions []Permission `json:"permissions"`
		KeyMode     KeyMode      `json:"key_mode"`
	}{m.Name, m.Kind, m.AppIDs, m.Permissions, m.KeyMode}
}
