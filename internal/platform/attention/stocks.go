package attention

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// When a stock is a matter.
const (
	// soon is how long before its end a stock with much left is told of.
	soon = 3 * 24 * time.Hour
	// few is a share of a stock, a budget or a pool: one in so many is little, or less.
	few = 10
	// much is a share of a stock: one in so many is much, or more.
	much = 2
)

// supply is what a stock of either product has and when.
type supply struct {
	matter     Matter
	begin, end time.Time
	// given of most coupons are gone, spent of budget fen; a budget of 0 is none.
	given, most   int64
	spent, budget int64
}

// supplies looks at one that gives out at now.
func (l *look) supplies(s *supply, now time.Time) {
	left := s.most - s.given
	switch {
	case left*few <= s.most:
		l.told(s, NearlyOut, left, s.most)
	case s.budget > 0 && (s.budget-s.spent)*few <= s.budget:
		l.told(s, BudgetLow, max(0, s.budget-s.spent), s.budget)
	case s.end.Sub(now) <= soon && left*much >= s.most:
		l.told(s, EndsUnused, left, s.most)
	}
}

func (l *look) told(s *supply, kind Kind, left, whole int64) {
	m := s.matter
	m.Kind, m.Left, m.Whole, m.At = kind, left, whole, s.end
	l.add(m)
}

// coupons looks at stocks of merchant coupons.
func (l *look) coupons(ctx context.Context, owner merchant.ID) error {
	list, err := l.tx.Stocks(ctx, store.StockQuery{Creator: owner, Limit: MaxStocks})
	l.list.Whole = l.list.Whole && len(list) < MaxStocks
	for i := range list {
		l.couponStock(&list[i])
	}
	return err
}

func (l *look) couponStock(c *store.CountedStock) {
	s := &c.Stock
	one := supply{
		matter: Matter{Owner: s.Creator, Product: merchant.BusiFavor, StockID: string(s.ID), Name: s.Name},
		begin:  s.Validity.Begin, end: s.Validity.End, given: c.Counters.Issued, most: s.Limits.MaxCoupons,
	}
	if s.Type == coupon.TypeNormal {
		one.spent, one.budget = c.Counters.Issued*int64(s.Benefit.Discount), int64(s.Limits.MaxAmount)
	}
	now := l.service.config.Business.For(string(s.Creator)).Now()
	switch s.StateAt(now) {
	case coupon.StockUnaudited:
		l.told(&one, Review, one.most, one.most)
	case coupon.StockRunning:
		l.supplies(&one, now)
		if s.CodeMode == coupon.CodesByUpload {
			l.pool(&one, c.Counters)
		}
	case coupon.StockPaused, coupon.StockStopped:
	}
}

// pool looks at the codes of a stock that gives out: they are low when they are few, and not
// enough for the coupons that are left.
func (l *look) pool(s *supply, c coupon.Counters) {
	if c.FreeCodes*few <= c.Codes && c.FreeCodes < s.most-s.given {
		l.told(s, CodesLow, c.FreeCodes, c.Codes)
	}
}

// vouchers looks at up to limit stocks of cash vouchers of a merchant and returns how many it
// looked at.
func (l *look) vouchers(ctx context.Context, owner merchant.ID, limit int64) (int64, error) {
	if limit <= 0 {
		l.list.Whole = false
		return 0, nil
	}
	now := l.service.config.Business.For(string(owner)).Now()
	list, total, err := l.tx.VoucherStocks(ctx, store.VoucherStockQuery{Creator: owner, Now: now, Limit: limit})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	l.list.Whole = l.list.Whole && int64(len(list)) == total
	keys := make([]voucher.StockKey, len(list))
	for i := range list {
		keys[i] = list[i].StockKey
	}
	counters, err := l.tx.VoucherCounters(ctx, keys, day.Of(now))
	if err != nil {
		return 0, err
	}
	for i := range list {
		l.voucherStock(&list[i], counters[list[i].StockKey].Sent, now)
	}
	return int64(len(list)), nil
}

func (l *look) voucherStock(s *voucher.Stock, sent int64, now time.Time) {
	one := supply{
		matter: Matter{Owner: s.Creator, Product: merchant.Favor, StockID: string(s.ID), Name: s.Name},
		begin:  s.Begin, end: s.End, given: sent, most: s.Limits.MaxCoupons,
		spent: sent * int64(s.Face), budget: int64(s.Limits.MaxAmount),
	}
	switch s.StateAt(now) {
	case voucher.StockAudit:
		l.told(&one, Review, one.most, one.most)
	case voucher.StockUnactivated:
		if now.After(s.Begin) {
			m := one.matter
			m.Kind, m.Left, m.Whole, m.At = Inactive, one.most, one.most, s.Begin
			l.add(m)
		}
	case voucher.StockRunning:
		l.supplies(&one, now)
	case voucher.StockPaused, voucher.StockStopped:
	}
}
