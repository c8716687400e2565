package coupon

import (
	"time"

	"github.com/favord/favord/internal/merchant"
)

// Resource is the kind of a stock that a partnership is about (partnerships 8).
type Resource string

// The kinds of stocks.
const (
	ResourceVouchers Resource = "FAVOR_STOCK"
	ResourceCoupons  Resource = "BUSIFAVOR_STOCK"
)

// PartnerType is how a partner is named (partnerships 8).
type PartnerType string

// The types of partners.
const (
	PartnerAppID    PartnerType = "APPID"
	PartnerMerchant PartnerType = "MERCHANT"
)

// Partner is whom the owner of a stock lets give it out.
type Partner struct {
	Type PartnerType
	// ID is an appid or an mchid.
	ID string
}

// PartnersOf returns the partners as which a merchant may give out stocks of others under
// an appid. An appid makes a partner only of the merchant that it is bound to: everybody
// could name it.
func PartnersOf(m *merchant.Merchant, appid merchant.AppID) []Partner {
	partners := []Partner{{Type: PartnerMerchant, ID: string(m.ID)}}
	if m.Owns(appid) {
		partners = append(partners, Partner{Type: PartnerAppID, ID: string(appid)})
	}
	return partners
}

// PartnershipState is where a partnership stands (partnerships 6).
type PartnershipState string

// The states of a partnership.
const (
	PartnershipEstablished PartnershipState = "ESTABLISHED"
	PartnershipTerminated  PartnershipState = "TERMINATED"
)

// PartnershipKey identifies a partnership: the creator of a stock, the stock and a partner.
type PartnershipKey struct {
	Stock    StockKey
	Resource Resource
	Partner  Partner
}

// Partnership is the right of a partner to give out a stock.
type Partnership struct {
	PartnershipKey
	State   PartnershipState
	Created time.Time
	// Built is when the right was last given.
	Built time.Time
	// Terminated is when it was taken; zero while the partnership is established.
	Terminated time.Time
	Updated    time.Time
}

// NewPartnership returns a partnership that begins at now.
func NewPartnership(key PartnershipKey, now time.Time) Partnership {
	return Partnership{PartnershipKey: key, State: PartnershipEstablished, Created: now, Built: now, Updated: now}
}

// Build establishes a partnership that was terminated, and reports whether that changed
// anything (partnerships 3).
func (p *Partnership) Build(now time.Time) bool {
	if p.State == PartnershipEstablished {
		return false
	}
	p.State, p.Built, p.Updated, p.Terminated = PartnershipEstablished, now, now, time.Time{}
	return true
}

// Terminate ends a partnership, and reports whether that changed anything. Coupons that
// were given out stay valid (partnerships 4).
func (p *Partnership) Terminate(now time.Time) bool {
	if p.State == PartnershipTerminated {
		return false
	}
	p.State, p.Terminated, p.Updated = PartnershipTerminated, now, now
	return true
}
