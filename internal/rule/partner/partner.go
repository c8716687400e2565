// Package partner holds the rules of who besides its creator may give out a stock, of either
// product. It is pure.
package partner

import (
	"time"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
)

// Resource is the kind of a stock that a partnership is about (partnerships 8).
type Resource string

// The kinds of stocks.
const (
	ResourceVouchers Resource = "FAVOR_STOCK"
	ResourceCoupons  Resource = "BUSIFAVOR_STOCK"
)

// Type is how a partner is named (partnerships 8).
type Type string

// The types of partners.
const (
	ByAppID    Type = "APPID"
	ByMerchant Type = "MERCHANT"
)

// Partner is whom the owner of a stock lets give it out.
type Partner struct {
	Type Type
	// ID is an appid or an mchid.
	ID string
}

// Of returns the partners as which a merchant may give out stocks of others under
// an appid. An appid makes a partner only of the merchant that it is bound to: everybody
// could name it.
func Of(m *merchant.Merchant, appid merchant.AppID) []Partner {
	partners := []Partner{{Type: ByMerchant, ID: string(m.ID)}}
	if m.Owns(appid) {
		partners = append(partners, Partner{Type: ByAppID, ID: string(appid)})
	}
	return partners
}

// OfAny returns the partners that a merchant is under any of its appids: a partnership with one
// of them lets the merchant read a stock, whatever it sends later.
func OfAny(m *merchant.Merchant) []Partner {
	partners := Of(m, "")
	for _, appid := range m.AppIDs {
		partners = append(partners, Partner{Type: ByAppID, ID: string(appid)})
	}
	return partners
}

// State is where a partnership stands (partnerships 6).
type State string

// The states of a partnership.
const (
	Established State = "ESTABLISHED"
	Terminated  State = "TERMINATED"
)

// Stock names a stock of either product by its creator, which comes first: it owns the stock
// and everything that hangs on it.
type Stock struct {
	Creator merchant.ID
	ID      string
}

// Key identifies a partnership: the creator of a stock, the stock and a partner.
type Key struct {
	Stock    Stock
	Resource Resource
	Partner  Partner
}

// Partnership is the right of a partner to give out a stock.
type Partnership struct {
	Key
	State   State
	Created time.Time
	// Built is when the right was last given.
	Built time.Time
	// Terminated is when it was taken; zero while the partnership is established.
	Terminated time.Time
	Updated    time.Time
}

// New returns a partnership that begins at now.
func New(key Key, now time.Time) Partnership {
	return Partnership{Key: key, State: Established, Created: now, Built: now, Updated: now}
}

// Build establishes a partnership that was terminated, and reports whether that changed
// anything (partnerships 3).
func (p *Partnership) Build(now time.Time) bool {
	if p.State == Established {
		return false
	}
	now = p.later(now)
	p.State, p.Built, p.Updated, p.Terminated = Established, now, now, time.Time{}
	return true
}

// Terminate ends a partnership, and reports whether that changed anything. Coupons that
// were given out stay valid (partnerships 4).
func (p *Partnership) Terminate(now time.Time) bool {
	if p.State == Terminated {
		return false
	}
	now = p.later(now)
	p.State, p.Terminated, p.Updated = Terminated, now, now
	return !planted.PartnerStays.In()
}

// later returns now, or when the partnership changed last: clocks of two nodes may differ, and one
// may step back, but what comes later is never older.
func (p *Partnership) later(now time.Time) time.Time {
	if now.Before(p.Updated) {
		return p.Updated
	}
	return now
}
