package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Coupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	return row.First(t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon
		where code = ? and stock_id = ? and creator_mchid = ?`,
		key.Code, key.Stock.ID, key.Stock.Creator))
}

func (t *tx) Coupons(ctx context.Context, keys []coupon.Key) (map[coupon.Key]coupon.Coupon, error) {
	found := make(map[coupon.Key]coupon.Coupon, len(keys))
	for _, key := range keys {
		c, err := t.Coupon(ctx, key)
		switch {
		case err == nil:
			found[key] = c
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return found, nil
}

func (t *tx) couponsWhere(ctx context.Context, query string, args ...any) ([]coupon.Coupon, error) {
	var list []coupon.Coupon
	err := t.rows(ctx, query, args, row.Into(&list, row.Coupon))
	return list, err
}

// CouponsWithCode uses the index coupon_by_code.
func (t *tx) CouponsWithCode(ctx context.Context, code coupon.Code, preferred merchant.ID) ([]coupon.Coupon, error) {
	return t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon
		where code = ?
		order by creator_mchid <> ?, id
		limit ?`,
		code, preferred, store.MaxSameCode)
}

// matching is the condition of store.CouponQuery.Matches. An empty parameter does
// not narrow. It uses the index coupon_by_holder.
const matching = `
		where account = ?1
		  and (?2 = '' or stock_id = ?2)
		  and (?3 = '' or code = ?3)
		  and (?4 = '' or creator_mchid = ?4)
		  and (?5 = '' or belong_mchid = ?5)
		  and (?6 = '' or sender_mchid = ?6)
		  and (?7 = '' or ?7 in (creator_mchid, belong_mchid, sender_mchid))
		  and (?8 = '' or case when state = 'SENDED' and expire_at < ?9 then 'EXPIRED' else state end = ?8)`

func (t *tx) UserCoupons(ctx context.Context, q store.CouponQuery) ([]coupon.Coupon, int64, error) {
	args := []any{
		q.Holder[:], q.Stock, q.Code, q.Creator, q.Belong, q.Sender, q.VisibleTo, q.State, store.Seconds(q.Now),
	}
	var total int64
	if err := t.row(ctx, `
		select count(*)
		from coupon`+matching,
		args, []any{&total}); err != nil {
		return nil, 0, err
	}
	page, err := t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon`+matching+`
		order by id desc
		limit ?10 offset ?11`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

// ScanCoupons uses the index coupon_by_code, for the end of the window and for what is in it.
func (t *tx) ScanCoupons(ctx context.Context, q store.CouponScan) (store.ScannedCoupons, error) {
	var s store.ScannedCoupons
	err := t.row(ctx, `
		select code, stock_id
		from coupon
		where (code, stock_id) > (?1, ?2)
		order by code, stock_id
		limit 1 offset ?3`,
		[]any{q.After.Code, q.After.Stock, q.Window - 1}, []any{&s.End.Code, &s.End.Stock})
	if errors.Is(err, store.ErrNotFound) { // fewer are left
		s.Coupons, err = t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon
		where creator_mchid = ?1 and (code, stock_id) > (?2, ?3) and (?4 = '' or stock_id = ?4)
		order by code, stock_id`,
			q.Creator, q.After.Code, q.After.Stock, q.Stock)
		return s, err
	}
	if err != nil {
		return s, err
	}
	s.Coupons, err = t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon
		where creator_mchid = ?1 and (code, stock_id) > (?2, ?3) and (code, stock_id) <= (?4, ?5)
		  and (?6 = '' or stock_id = ?6)
		order by code, stock_id`,
		q.Creator, q.After.Code, q.After.Stock, s.End.Code, s.End.Stock, q.Stock)
	return s, err
}

func (t *tx) InsertCoupons(ctx context.Context, coupons []coupon.Coupon) error {
	for i := range coupons {
		if err := t.insertCoupon(ctx, &coupons[i]); err != nil {
			return err
		}
	}
	return nil
}

// insertCoupon leaves what happens later to the defaults, as every parameter of the
// hottest statement costs: only tests insert coupons that were used.
func (t *tx) insertCoupon(ctx context.Context, c *coupon.Coupon) error {
	locator := store.LocatorOf(store.HolderOf(c))
	if err := t.exec(ctx, `
		insert into coupon (`+row.IssuedColumns+`, locator, number_key)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Stock.Creator, c.Stock.ID, c.ID, c.Code, c.Holder[:], c.Belong, c.Sender, c.AppID, c.OpenID,
		c.State, c.Channel, store.Seconds(c.Life.Start), store.Seconds(c.Life.Expire), store.Seconds(c.Received),
		c.SendRequestNo, c.SendContent[:], locator[:], store.NumberKey(c.Holder, c.SendRequestNo)); err != nil {
		return err
	}
	if store.IsFresh(c) {
		return nil
	}
	return t.updateCoupon(ctx, c)
}

// LockCoupon needs no lock of its own: there is one writer.
func (t *tx) LockCoupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	return t.Coupon(ctx, key)
}

// LockCoupons needs no locks of its own, either.
func (t *tx) LockCoupons(ctx context.Context, keys []coupon.Key) (l store.LockedCoupons, err error) {
	if l.Coupons, err = t.Coupons(ctx, keys); err != nil {
		return l, err
	}
	stocks := store.StocksOf(keys)
	l.Stocks = make(map[coupon.StockKey]coupon.Stock, len(stocks))
	for _, key := range stocks {
		s, err := t.Stock(ctx, key.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return l, err
		}
		if err == nil && s.Creator == key.Creator {
			l.Stocks[key] = s
		}
	}
	return l, nil
}

func (t *tx) UpdateCoupons(ctx context.Context, coupons ...coupon.Coupon) error {
	for i := range coupons {
		if err := t.updateCoupon(ctx, &coupons[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) RenameHolders(ctx context.Context, coupons []coupon.Coupon) error {
	for i := range coupons {
		c := &coupons[i]
		if err := t.exec(ctx, `
			update coupon
			set openid = ?4, use_openid = nullif(?5, '')
			where code = ?1 and stock_id = ?2 and creator_mchid = ?3`,
			c.Code, c.Stock.ID, c.Stock.Creator, c.OpenID, c.Use.OpenID); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) updateCoupon(ctx context.Context, c *coupon.Coupon) error {
	n, err := t.execCount(ctx, `
		update coupon
		set state = ?, use_request_no = ?, use_content = ?, used_at = ?, use_appid = ?, use_openid = ?,
		    out_trade_no = ?, order_mchid = ?, transaction_id = ?,
		    return_request_no = ?, returned_at = ?,
		    deactivate_request_no = ?, deactivated_at = ?, deactivate_reason = ?,
		    associated_out_trade_no = ?, subsidized = ?, spent = ?
		where code = ? and stock_id = ? and creator_mchid = ?`,
		c.State, c.Use.RequestNo, c.Use.Content[:], store.Seconds(c.Use.At), c.Use.AppID, c.Use.OpenID,
		c.Use.OutTradeNo, c.Use.OrderMchID, c.Use.TransactionID,
		c.Returned.RequestNo, store.Seconds(c.Returned.At),
		c.Deactivated.RequestNo, store.Seconds(c.Deactivated.At), c.Deactivated.Reason,
		c.Associated, c.Subsidized, c.Spent,
		c.Code, c.Stock.ID, c.Stock.Creator)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}
