package pgstore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// thatCoupon uses the primary key, coupon_by_code.
const thatCoupon = `
		select` + row.CouponColumns + `
		from coupon
		where code = $1 and stock_id = $2 and creator_mchid = $3`

func (t *tx) Coupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	return t.one(ctx, thatCoupon, key)
}

// Coupons uses the index coupon_by_code, once for each key.
func (t *tx) Coupons(ctx context.Context, keys []coupon.Key) (map[coupon.Key]coupon.Coupon, error) {
	found := make(map[coupon.Key]coupon.Coupon, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	list, err := t.couponsWhere(ctx, `
		select c.*
		from unnest($1::text[], $2::text[], $3::text[]) k (creator, stock, coupon)
		cross join lateral (
			select`+row.CouponColumns+`
			from coupon
			where code = k.coupon and stock_id = k.stock and creator_mchid = k.creator
			limit 1) c`,
		keyColumns(keys)...)
	for i := range list {
		found[list[i].Key] = list[i]
	}
	return found, err
}

// keyColumns are three parameters: the columns of a coupon's key.
func keyColumns(keys []coupon.Key) []any {
	return []any{
		column(keys, func(k *coupon.Key) string { return string(k.Stock.Creator) }),
		column(keys, func(k *coupon.Key) string { return string(k.Stock.ID) }),
		column(keys, func(k *coupon.Key) string { return string(k.Code) }),
	}
}

func (t *tx) one(ctx context.Context, query string, key coupon.Key) (coupon.Coupon, error) {
	return row.First(t.couponsWhere(ctx, query, key.Code, key.Stock.ID, key.Stock.Creator))
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
		where code = $1
		order by creator_mchid <> $2, id
		limit $3`,
		code, preferred, store.MaxSameCode)
}

// matching is the condition of store.CouponQuery.Matches. An empty parameter does
// not narrow. It uses the index coupon_by_holder.
const matching = `
		where account = $1
		  and ($2::text = '' or stock_id = $2)
		  and ($3::text = '' or code = $3)
		  and ($4::text = '' or creator_mchid = $4)
		  and ($5::text = '' or belong_mchid = $5)
		  and ($6::text = '' or sender_mchid = $6)
		  and ($7::text = '' or $7 in (creator_mchid, belong_mchid, sender_mchid))
		  and ($8::text = '' or case when state = 'SENDED' and expire_at < $9 then 'EXPIRED' else state end = $8)`

// UserCoupons counts and reads the page in one round trip.
func (t *tx) UserCoupons(ctx context.Context, q store.CouponQuery) ([]coupon.Coupon, int64, error) {
	args := []any{
		q.Holder[:], q.Stock, q.Code, q.Creator, q.Belong, q.Sender, q.VisibleTo, q.State, store.Seconds(q.Now),
	}
	var total int64
	t.queue(`
		select count(*)
		from coupon`+matching,
		args, func(scan row.Scan) error { return scan(&total) })
	page, err := t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon`+matching+`
		order by id desc
		limit $10 offset $11`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

// ScanCoupons uses the index coupon_by_code, for the end of the window and for what is in it.
func (t *tx) ScanCoupons(ctx context.Context, q store.CouponScan) (store.ScannedCoupons, error) {
	var s store.ScannedCoupons
	err := t.row(ctx, `
		select code, stock_id
		from coupon
		where (code, stock_id) > ($1, $2)
		order by code, stock_id
		limit 1 offset $3`,
		[]any{q.After.Code, q.After.Stock, q.Window - 1}, []any{&s.End.Code, &s.End.Stock})
	if errors.Is(err, store.ErrNotFound) { // fewer are left
		s.Coupons, err = t.couponsWhere(ctx, `
		select`+row.CouponColumns+`
		from coupon
		where creator_mchid = $1 and (code, stock_id) > ($2, $3) and ($4::text = '' or stock_id = $4)
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
		where creator_mchid = $1 and (code, stock_id) > ($2, $3) and (code, stock_id) <= ($4, $5)
		  and ($6::text = '' or stock_id = $6)
		order by code, stock_id`,
		q.Creator, q.After.Code, q.After.Stock, s.End.Code, s.End.Stock, q.Stock)
	return s, err
}

// InsertCoupons adds those of each creator in one statement. What happens to them later has
// columns of its own, which only tests fill here.
func (t *tx) InsertCoupons(_ context.Context, coupons []coupon.Coupon) error {
	for _, part := range store.ByOwner(coupons, func(c *coupon.Coupon) coupon.StockKey { return c.Stock }) {
		t.insertCoupons(part)
	}
	for i := range coupons {
		if !store.IsFresh(&coupons[i]) {
			t.updateCoupon(&coupons[i])
		}
	}
	return nil
}

func (t *tx) insertCoupons(coupons []coupon.Coupon) {
	text := func(value func(*coupon.Coupon) string) []string { return column(coupons, value) }
	whole := func(value func(*coupon.Coupon) int64) []int64 { return column(coupons, value) }
	t.later(`
		insert into coupon (`+row.IssuedColumns+`, locator, number_key)
		select $1, k.*
		from unnest(
			$2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
			$10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::bytea[],
			$17::bytea[], $18::bigint[]) k`,
		coupons[0].Stock.Creator,
		text(func(c *coupon.Coupon) string { return string(c.Stock.ID) }),
		whole(func(c *coupon.Coupon) int64 { return c.ID }),
		text(func(c *coupon.Coupon) string { return string(c.Code) }),
		column(coupons, func(c *coupon.Coupon) []byte { return c.Holder[:] }),
		text(func(c *coupon.Coupon) string { return string(c.Belong) }),
		text(func(c *coupon.Coupon) string { return string(c.Sender) }),
		text(func(c *coupon.Coupon) string { return string(c.AppID) }),
		text(func(c *coupon.Coupon) string { return string(c.OpenID) }),
		text(func(c *coupon.Coupon) string { return string(c.State) }),
		text(func(c *coupon.Coupon) string { return string(c.Channel) }),
		whole(func(c *coupon.Coupon) int64 { return store.Seconds(c.Life.Start) }),
		whole(func(c *coupon.Coupon) int64 { return store.Seconds(c.Life.Expire) }),
		whole(func(c *coupon.Coupon) int64 { return store.Seconds(c.Received) }),
		text(func(c *coupon.Coupon) string { return c.SendRequestNo }),
		column(coupons, func(c *coupon.Coupon) []byte { return c.SendContent[:] }),
		column(coupons, func(c *coupon.Coupon) []byte {
			locator := store.LocatorOf(store.HolderOf(c))
			return locator[:]
		}),
		whole(func(c *coupon.Coupon) int64 { return store.NumberKey(c.Holder, c.SendRequestNo) }))
}

func (t *tx) LockCoupon(ctx context.Context, key coupon.Key) (coupon.Coupon, error) {
	c, err := t.one(ctx, thatCoupon+planted.PostgresUnlocked.Text(`
		for no key update`, ""), key)
	if err == nil {
		if t.coupons == nil {
			t.coupons = map[coupon.Key]bool{}
		}
		t.coupons[key] = true
	}
	return c, err
}

// LockCoupons takes one round trip. It locks the coupons of one creator after those of another,
// in the order of the index coupon_by_code; stocks that others give the same codes lock a row
// more.
func (t *tx) LockCoupons(ctx context.Context, keys []coupon.Key) (store.LockedCoupons, error) {
	l := store.LockedCoupons{
		Coupons: make(map[coupon.Key]coupon.Coupon, len(keys)), Stocks: make(map[coupon.StockKey]coupon.Stock),
	}
	if len(keys) == 0 {
		return l, nil
	}
	if t.coupons == nil {
		t.coupons = make(map[coupon.Key]bool, len(keys))
	}
	wanted := make(map[coupon.Key]bool, len(keys))
	for _, key := range keys {
		wanted[key] = true
	}
	byOwner(keys, couponOwner, func(owner merchant.ID, codes []string) {
		t.queue(`
		select`+row.CouponColumns+`
		from coupon
		where creator_mchid = $1 and code = any($2)
		order by code, stock_id`+planted.PostgresUnlocked.Text(`
		for no key update`, ""), []any{owner, codes}, func(scan row.Scan) error {
			c, err := row.Coupon(scan)
			t.coupons[c.Key] = true
			if wanted[c.Key] {
				l.Coupons[c.Key] = c
			}
			return err
		})
	})
	byOwner(store.StocksOf(keys), stockOwner, func(owner merchant.ID, ids []string) {
		t.queue(`
		select`+row.StockColumns+`
		from stock
		where creator_mchid = $1 and stock_id = any($2)`, []any{owner, ids}, func(scan row.Scan) error {
			one, err := row.Stock(scan, &t.store.contents)
			l.Stocks[one.Stock.StockKey] = one.Stock
			return err
		})
	})
	return l, t.flush(ctx)
}

func couponOwner(k coupon.Key) (merchant.ID, string) { return k.Stock.Creator, string(k.Code) }

// UpdateCoupons changes one after the other, by primary key: no plan can go wrong.
func (t *tx) UpdateCoupons(_ context.Context, coupons ...coupon.Coupon) error {
	for i := range coupons {
		t.updateCoupon(&coupons[i])
	}
	return nil
}

// RenameHolders changes one after the other, by the index coupon_by_code.
func (t *tx) RenameHolders(_ context.Context, coupons []coupon.Coupon) error {
	for i := range coupons {
		c := &coupons[i]
		t.later(`
		update coupon
		set openid = $4, use_openid = nullif($5, '')
		where code = $1 and stock_id = $2 and creator_mchid = $3`,
			c.Code, c.Stock.ID, c.Stock.Creator, string(c.OpenID), string(c.Use.OpenID))
	}
	return nil
}

// updateCoupon lets the commit travel with the change when the coupon was locked.
func (t *tx) updateCoupon(c *coupon.Coupon) {
	change := func(statement string, args ...any) { t.laterOne(store.ErrNotFound, statement, args...) }
	if t.coupons[c.Key] {
		change = func(statement string, args ...any) { t.later(statement, args...) }
	}
	change(`
		update coupon
		set state = $4, use_request_no = $5, used_at = $6, use_appid = $7, use_openid = $8,
		    out_trade_no = $9, order_mchid = $10, transaction_id = $11,
		    return_request_no = $12, returned_at = $13,
		    deactivate_request_no = $14, deactivated_at = $15, deactivate_reason = $16,
		    associated_out_trade_no = $17, subsidized = $18, use_content = $19, spent = $20
		where code = $1 and stock_id = $2 and creator_mchid = $3`,
		c.Code, c.Stock.ID, c.Stock.Creator,
		c.State, c.Use.RequestNo, store.Seconds(c.Use.At), c.Use.AppID, c.Use.OpenID,
		c.Use.OutTradeNo, c.Use.OrderMchID, c.Use.TransactionID,
		c.Returned.RequestNo, store.Seconds(c.Returned.At),
		c.Deactivated.RequestNo, store.Seconds(c.Deactivated.At), c.Deactivated.Reason,
		c.Associated, c.Subsidized, c.Use.Content[:], c.Spent)
}
