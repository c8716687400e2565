package partnership

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/store"
)

// MaxPage is the size of the largest page, and of one whose size nobody said
// (partnerships 5).
const MaxPage = 50

// maxPages bounds the number of a page: no merchant has as many partnerships.
const maxPages = 1 << 40

// ErrPage refuses a page that is too large.
var ErrPage = fault.New(fault.Invalid, "页大小超过阈值", fmt.Sprintf("limit is above %d.", MaxPage))

// ListQuery asks for a page. Empty fields do not narrow, but for Caller and Resource.
type ListQuery struct {
	// Caller sees its own partnerships only.
	Caller   merchant.ID
	Resource partner.Resource
	StockID  string
	Partner  partner.Partner
	// Page is the number of the page, from 0; Limit its size, 1 to MaxPage.
	Page, Limit int64
}

// Page is one page of partnerships, the newest first.
type Page struct {
	Partnerships []partner.Partnership
	// Total is how many there are on all pages.
	Total int64
}

// List returns a page of the caller's partnerships, also of those that have ended.
func (s *Service) List(ctx context.Context, q ListQuery) (page Page, err error) {
	if q.Limit > MaxPage {
		return Page{}, ErrPage.At("limit", q.Limit)
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		page.Partnerships, page.Total, err = tx.Partnerships(ctx, store.PartnershipQuery{
			Owner: q.Caller, Resource: q.Resource, Stock: q.StockID, Partner: q.Partner,
			Offset: min(q.Page, maxPages) * q.Limit, Limit: q.Limit,
		})
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list partnerships: %w", err)
	}
	return page, nil
}
