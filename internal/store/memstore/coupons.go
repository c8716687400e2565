package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Stock(_ context.Context, id coupon.StockID) (coupon.Stock, error) {
	creator, found := t.data.creators[id]
	if !found {
		return coupon.Stock{}, store.ErrNotFound
	}
	return t.data.stocks[coupon.StockKey{Creator: creator, ID: id}], nil
}

func (t *tx) Stocks(_ context.Context, q store.StockQuery) ([]store.CountedStock, error) {
	before, id := store.PageStart(q)
	var list []store.CountedStock
	for key, s := range t.data.stocks {
		at := store.Seconds(s.CreatedAt)
		older := at < before || at == before && s.ID < id
		if older && (q.Creator == "" || s.Creator == q.Creator) {
			list = append(list, store.CountedStock{Stock: s, Counters: t.data.counters[key]})
		}
	}
	slices.SortFunc(list, func(a, b store.CountedStock) int {
		return cmp.Or(b.Stock.CreatedAt.Compare(a.Stock.CreatedAt), cmp.Compare(b.Stock.ID, a.Stock.ID))
	})
	list = list[:min(int64(len(list)), q.Limit)]
	for i := range list {
		list[i].Counters.Day, list[i].Counters.IssuedToday = 0, 0
	}
	return list, nil
}

func (t *tx) Counters(_ context.Context, key coupon.StockKey, on day.Day) (coupon.Counters, error) {
	if _, found := t.data.stocks[key]; !found {
		return coupon.Counters{}, store.ErrNotFound
	}
	c := t.data.counters[key]
	c.Day, c.IssuedToday = on, t.data.days[dayKey{key, on}]
	return c, nil
}

func (t *tx) Given(_ context.Context, keys []store.HolderKey) (map[store.HolderKey][]store.Given, error) {
	given := make(map[store.HolderKey][]store.Given, len(keys))
	for _, key := range keys {
		if list := t.data.given[key]; len(list) > 0 {
			given[key] = slices.SortedFunc(slices.Values(list), func(a, b store.Given) int { // as they lie in an index
				return cmp.Compare(store.NumberKey(key.Holder, a.Number), store.NumberKey(key.Holder, b.Number))
			})
		}
	}
	return given, nil
}

func (t *tx) InsertStock(_ context.Context, s coupon.Stock) error {
	if _, found := t.data.creators[s.ID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.creators, s.ID, s.Creator)
	t.changed[s.Creator] = true
	put(t, t.data.stocks, s.StockKey, s)
	return nil
}

func (t *tx) UpdateStock(_ context.Context, s coupon.Stock) error {
	if _, found := t.data.stocks[s.StockKey]; !found {
		return store.ErrNotFound
	}
	t.changed[s.Creator] = true
	put(t, t.data.stocks, s.StockKey, s)
	return nil
}

func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Stock, coupon.Counters, error) {
	s, found := t.data.stocks[key]
	if !found {
		return coupon.Stock{}, coupon.Counters{}, store.ErrNotFound
	}
	c, err := t.Counters(ctx, key, on)
	return s, c, err
}

func (t *tx) LockToIssue(ctx context.Context, ask store.Ask) (locked store.Locked, err error) {
	locked.Stocks = make(map[coupon.StockKey]store.LockedStock, len(ask.Stocks))
	for _, key := range ask.Stocks {
		s, c, err := t.LockStock(ctx, key, ask.Day)
		if err == nil {
			locked.Stocks[key] = store.LockedStock{Stock: s, Counters: c, LastID: t.data.lastIDs[key]}
		}
	}
	locked.Taken = map[coupon.Key]bool{}
	for _, key := range ask.Codes {
		if _, found := t.data.coupons[key]; found {
			locked.Taken[key] = true
		}
	}
	locked.Linked, _ = t.LinkedAccounts(ctx, ask.Persons)
	locked.Given, err = t.Given(ctx, ask.Holders)
	return locked, err
}

func (t *tx) SetCounters(ctx context.Context, changes ...store.CounterChange) error {
	for _, c := range changes {
		is := c.Is
		if now, _ := t.Counters(ctx, c.Stock, c.Was.Day); now != c.Was || is.Day != c.Was.Day {
			return store.ErrStale
		}
		put(t, t.data.days, dayKey{c.Stock, is.Day}, is.IssuedToday)
		is.Day, is.IssuedToday = 0, 0
		put(t, t.data.counters, c.Stock, is)
		put(t, t.data.lastIDs, c.Stock, max(c.LastID, t.data.lastIDs[c.Stock]))
	}
	return nil
}

func (t *tx) Coupon(_ context.Context, key coupon.Key) (coupon.Coupon, error) {
	c, found := t.data.coupons[key]
	if !found {
		return coupon.Coupon{}, store.ErrNotFound
	}
	return c, nil
}

func (t *tx) LockCoupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	return t.Coupon(ctx, key)
}

func (t *tx) CouponsWithCode(_ context.Context, code coupon.Code, preferred merchant.ID) ([]coupon.Coupon, error) {
	var found []coupon.Coupon
	for _, key := range t.data.byCode[code] {
		found = append(found, t.data.coupons[key])
	}
	slices.SortStableFunc(found, func(a, b coupon.Coupon) int {
		return rank(a, preferred) - rank(b, preferred)
	})
	return found[:min(len(found), store.MaxSameCode)], nil
}

func rank(c coupon.Coupon, preferred merchant.ID) int {
	if c.Stock.Creator == preferred {
		return 0
	}
	return 1
}

func (t *tx) UserCoupons(_ context.Context, q store.CouponQuery) ([]coupon.Coupon, int64, error) {
	var page []coupon.Coupon
	var total int64
	for _, key := range slices.Backward(t.data.byHolder[q.Holder]) {
		c := t.data.coupons[key]
		if !q.Matches(&c) {
			continue
		}
		if total >= q.Offset && total-q.Offset < q.Limit {
			page = append(page, c)
		}
		total++
	}
	return page, total, nil
}

func (t *tx) Coupons(_ context.Context, keys []coupon.Key) (map[coupon.Key]coupon.Coupon, error) {
	found := make(map[coupon.Key]coupon.Coupon, len(keys))
	for _, key := range keys {
		if c, exists := t.data.coupons[key]; exists {
			found[key] = c
		}
	}
	return found, nil
}

func (t *tx) InsertCoupons(_ context.Context, coupons []coupon.Coupon) error {
	for _, c := range coupons {
		if _, found := t.data.coupons[c.Key]; found {
			return store.ErrDuplicate
		}
		holder := store.HolderOf(&c)
		if slices.ContainsFunc(t.data.given[holder], func(g store.Given) bool { return g.Number == c.SendRequestNo }) {
			return store.ErrDuplicate
		}
		put(t, t.data.coupons, c.Key, c)
		given := store.Given{Number: c.SendRequestNo, Content: c.SendContent, Code: c.Code}
		put(t, t.data.given, holder, append(slices.Clip(t.data.given[holder]), given))
		put(t, t.data.byHolder, c.Holder, t.placed(c))
		put(t, t.data.byCode, c.Code, append(t.data.byCode[c.Code], c.Key))
	}
	return nil
}

// placed is the list of a holder's coupons with one more, in the order of IDs.
func (t *tx) placed(c coupon.Coupon) []coupon.Key {
	list := t.data.byHolder[c.Holder]
	place := len(list)
	for place > 0 && t.data.coupons[list[place-1]].ID > c.ID {
		place--
	}
	return slices.Insert(slices.Clip(list), place, c.Key)
}

func (t *tx) LockCoupons(ctx context.Context, keys []coupon.Key) (l store.LockedCoupons, err error) {
	l.Coupons, err = t.Coupons(ctx, keys)
	l.Stocks = map[coupon.StockKey]coupon.Stock{}
	for _, key := range keys {
		if s, found := t.data.stocks[key.Stock]; found {
			l.Stocks[key.Stock] = s
		}
	}
	return l, err
}

func (t *tx) UpdateCoupons(_ context.Context, coupons ...coupon.Coupon) error {
	for _, c := range coupons {
		old, found := t.data.coupons[c.Key]
		if !found {
			return store.ErrNotFound
		}
		old.State, old.Use, old.Returned, old.Deactivated = c.State, c.Use, c.Returned, c.Deactivated
		old.Associated, old.Subsidized, old.Spent = c.Associated, c.Subsidized, c.Spent
		put(t, t.data.coupons, c.Key, old)
	}
	return nil
}

func (t *tx) RenameHolders(_ context.Context, coupons []coupon.Coupon) error {
	for _, c := range coupons {
		if old, found := t.data.coupons[c.Key]; found {
			old.OpenID, old.Use.OpenID = c.OpenID, c.Use.OpenID
			put(t, t.data.coupons, c.Key, old)
		}
	}
	return nil
}

func (t *tx) ScanCoupons(_ context.Context, q store.CouponScan) (s store.ScannedCoupons, err error) {
	var behind []coupon.Coupon
	for _, c := range t.data.coupons {
		if comparePlaces(placeOf(&c), q.After) > 0 {
			behind = append(behind, c)
		}
	}
	slices.SortFunc(behind, func(a, b coupon.Coupon) int { return comparePlaces(placeOf(&a), placeOf(&b)) })
	if int64(len(behind)) >= q.Window {
		behind = behind[:q.Window]
		s.End = placeOf(&behind[q.Window-1])
	}
	for i := range behind {
		if c := &behind[i]; c.Stock.Creator == q.Creator && (q.Stock == "" || c.Stock.ID == q.Stock) {
			s.Coupons = append(s.Coupons, *c)
		}
	}
	return s, nil
}

func placeOf(c *coupon.Coupon) store.CouponPlace {
	return store.CouponPlace{Code: c.Code, Stock: c.Stock.ID}
}

func comparePlaces(a, b store.CouponPlace) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Stock, b.Stock))
}
