package issue

import (
	"context"
	"errors"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// A batch of one stock that writes its coupons has another one follow it: that one is decided on what
// the first one will leave, while the database is busy with the first one's rows. Its own first change
// locks the stock and proves that nothing came between.

// left is what a batch leaves to the one that follows it.
type left struct {
	stock store.Foreseen
	// grants are the coupons that it gives: they may not be there to be read yet.
	grants []grant
}

// calm is how many batches follow nothing after one was decided in vain: another node sells the same
// stock, or somebody changes it.
const calm = 32

// follow decides claims behind a batch that has not ended. It reports false when it cannot, or when
// what was foreseen did not come true: then nothing was done.
func (s *Service) follow(ctx context.Context, claims []claim, before *left, pass func(*left)) ([]outcome, bool, error) {
	if s.calm.Load() > 0 || !before.serves(claims, s.dayOf(&claims[0])) {
		return nil, false, nil
	}
	outcomes, err := s.batch(ctx, claims, before, pass)
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrDuplicate) {
		s.calm.Store(calm)
		return nil, false, nil
	}
	s.followed.Add(1)
	return outcomes, true, err
}

// serves tells whether claims can be decided on what was left: all of the stock, on its day.
func (l *left) serves(claims []claim, on day.Day) bool {
	return on == l.stock.Counters.Day && !slices.ContainsFunc(claims, func(c claim) bool { return c.stock != l.stock.Stock.StockKey })
}

// foresee has the batch start from what another one leaves, if it follows one. The coupons of that one
// may have been read already.
func (b *batch) foresee(before *left) {
	if before == nil {
		return
	}
	for i := range before.grants {
		g := &before.grants[i]
		holder := store.HolderKey{Stock: before.stock.Stock.StockKey, Holder: g.claim.User.ID}
		if _, known := earlier(b.locked.Given[holder], g.claim.RequestNo); !known && !planted.PostgresFollow.In() {
			one := store.Given{Number: g.claim.RequestNo, Content: g.content, Code: g.code}
			b.locked.Given[holder] = append(b.locked.Given[holder], one)
		}
	}
}

// passOn lets another batch follow this one, if it gives coupons of a stock that depends on nothing
// but its row and its holders' coupons. On a distributed database the versions of rows are their worker's:
// nothing follows there.
func (s *Service) passOn(b *batch, pass func(*left)) {
	if s.config.Lanes == lane.PerOwner {
		return
	}
	if s.calm.Load() > 0 {
		s.calm.Add(-1)
		return
	}
	if l := b.leaves(); l != nil {
		pass(l)
	}
}

// leaves returns what the batch leaves, or nil when no batch can follow it.
func (b *batch) leaves() *left {
	if b.locked.Version == 0 || len(b.sheets) != 1 || len(b.grants) == 0 {
		return nil
	}
	sheet := b.grants[0].sheet
	if sheet.stock.CodeMode != coupon.CodesByPlatform || sheet.stock.Limits.NaturalPerson == coupon.Yes {
		return nil
	}
	after := store.LockedStock{Stock: sheet.stock, Counters: sheet.is, LastID: sheet.last}
	return &left{stock: store.Foreseen{LockedStock: after, Version: b.locked.Version}, grants: b.grants}
}
