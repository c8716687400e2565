package store

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
)

// PartnershipReader reads partnerships.
type PartnershipReader interface {
	// Partnership returns a partnership, or ErrNotFound.
	Partnership(ctx context.Context, key partner.Key) (partner.Partnership, error)
	// Partnerships returns a page of an owner's partnerships, the newest first, and how
	// many there are in all.
	Partnerships(ctx context.Context, q PartnershipQuery) ([]partner.Partnership, int64, error)
	// Partnered reports whether the owner of a stock lets one of the partners give it
	// out: whether there is a partnership that is established.
	Partnered(ctx context.Context, stock partner.Stock, resource partner.Resource, partners []partner.Partner) (bool, error)
}

// PartnershipQuery narrows an owner's partnerships. Empty fields do not narrow, but for
// Owner and Resource, which are needed.
type PartnershipQuery struct {
	Owner    merchant.ID
	Resource partner.Resource
	Stock    string
	Partner  partner.Partner
	// Offset and Limit choose the page; Limit must be positive.
	Offset int64
	Limit  int64
}

// Matches reports whether a partnership belongs to the answer. Engines without a query
// language use it, and it defines what the others must do.
func (q *PartnershipQuery) Matches(p *partner.Partnership) bool {
	return p.Stock.Creator == q.Owner && p.Resource == q.Resource &&
		(q.Stock == "" || p.Stock.ID == q.Stock) &&
		(q.Partner.Type == "" || p.Partner.Type == q.Partner.Type) &&
		(q.Partner.ID == "" || p.Partner.ID == q.Partner.ID)
}

// PartnershipWriter changes partnerships.
type PartnershipWriter interface {
	// PutPartnership adds a partnership, or replaces everything but the key and the time of
	// creation. The stock must be locked.
	PutPartnership(ctx context.Context, p partner.Partnership) error
}
