package pgstore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) vouchersWhere(ctx context.Context, query string, args ...any) ([]voucher.Voucher, error) {
	var list []voucher.Voucher
	err := t.rows(ctx, query, args, row.Into(&list, row.Voucher))
	return list, err
}

// Voucher uses the primary key, voucher_by_id.
func (t *tx) Voucher(ctx context.Context, id voucher.ID) (voucher.Voucher, error) {
	hint := id.Hint()
	if hint == "" {
		return row.First(t.vouchersWhere(ctx, voucherByID, id))
	}
	owners, err := t.mayOwn(ctx, []merchant.Hint{hint})
	if err != nil {
		return voucher.Voucher{}, err
	}
	found, err := t.voucherOf(ctx, owners, id)
	if !errors.Is(err, store.ErrNotFound) {
		return found, err
	}
	// A merchant that came since this node learned of the hint.
	if owners, err = t.merchantsHinted(ctx, []merchant.Hint{hint}); err != nil {
		return found, err
	}
	return t.voucherOf(ctx, owners, id)
}

const voucherByID = `
		select` + row.VoucherColumns + `
		from voucher v
		where v.voucher_id = $1`

// voucherOf asks one owner after the other: a list of them would have every placement asked.
func (t *tx) voucherOf(ctx context.Context, owners []merchant.ID, id voucher.ID) (found voucher.Voucher, err error) {
	err = store.ErrNotFound
	for _, owner := range owners {
		found, err = row.First(t.vouchersWhere(ctx, voucherByID+` and v.creator_mchid = $2`, id, owner))
		if !errors.Is(err, store.ErrNotFound) {
			return found, err
		}
	}
	return found, err
}

// vouchersMatching is the condition of store.VoucherQuery.Matches. An empty parameter does
// not narrow. It uses the index voucher_by_holder.
const vouchersMatching = `
		where v.holder = $1
		  and ($2::text = '' or v.stock_id = $2)
		  and ($3::text = '' or v.creator_mchid = $3)
		  and ($4::text = '' or v.sender_mchid = $4)
		  and ($5::text = '' or $5 in (v.creator_mchid, v.sender_mchid))
		  and ($6::text[] = '{}' or case when v.state = 'SENDED' and v.end_at < $7 then 'EXPIRED' else v.state end = any ($6))
		  and ($8::text[] = '{}' or v.stock_id = any ($8))`

// UserVouchers counts and reads the page in one round trip.
func (t *tx) UserVouchers(ctx context.Context, q store.VoucherQuery) ([]voucher.Voucher, int64, error) {
	args := []any{
		q.Holder[:], q.Stock, q.Creator, q.Sender, q.VisibleTo,
		column(q.States, func(s *voucher.State) string { return string(*s) }), store.Seconds(q.Now),
		column(q.Stocks, func(id *voucher.StockID) string { return string(*id) }),
	}
	var total int64
	t.queue(`
		select count(*)
		from voucher v`+vouchersMatching,
		args, func(scan row.Scan) error { return scan(&total) })
	page, err := t.vouchersWhere(ctx, `
		select`+row.VoucherColumns+`
		from voucher v`+vouchersMatching+`
		order by v.id desc
		limit $9 offset $10`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

// HeldVoucherStocks uses the index voucher_by_holder.
func (t *tx) HeldVoucherStocks(ctx context.Context, holder user.ID) ([]store.HeldVoucherStock, error) {
	var list []store.HeldVoucherStock
	err := t.rows(ctx, `
		select creator_mchid, stock_id, max(end_at)
		from voucher
		where holder = $1 and state = 'SENDED'
		group by creator_mchid, stock_id
		order by creator_mchid, stock_id`,
		[]any{holder[:]}, row.Into(&list, row.HeldVoucherStock))
	return list, err
}

// InsertVouchers numbers the vouchers in their order.
func (t *tx) InsertVouchers(_ context.Context, vouchers []voucher.Voucher) error {
	for owner, part := range perOwner(vouchers, func(v *voucher.Voucher) merchant.ID { return v.Stock.Creator }) {
		t.insertVouchers(owner, part)
	}
	return nil
}

func (t *tx) insertVouchers(owner merchant.ID, vouchers []voucher.Voucher) {
	text := func(value func(*voucher.Voucher) string) []string { return column(vouchers, value) }
	whole := func(value func(*voucher.Voucher) int64) []int64 { return column(vouchers, value) }
	t.later(`
		insert into voucher (
			creator_mchid, voucher_id, stock_id, sender_mchid, holder, appid, openid, request_no,
			received_at, begin_at, end_at, state)
		select $1, k.*
		from unnest(
			$2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[],
			$9::bigint[], $10::bigint[], $11::bigint[], $12::text[]) k`,
		owner,
		text(func(v *voucher.Voucher) string { return string(v.ID) }),
		text(func(v *voucher.Voucher) string { return string(v.Stock.ID) }),
		text(func(v *voucher.Voucher) string { return string(v.Sender) }),
		column(vouchers, func(v *voucher.Voucher) []byte { return v.Holder[:] }),
		text(func(v *voucher.Voucher) string { return string(v.AppID) }),
		text(func(v *voucher.Voucher) string { return string(v.OpenID) }),
		text(func(v *voucher.Voucher) string { return v.RequestNo }),
		whole(func(v *voucher.Voucher) int64 { return store.Seconds(v.Received) }),
		whole(func(v *voucher.Voucher) int64 { return store.Seconds(v.Window.Begin) }),
		whole(func(v *voucher.Voucher) int64 { return store.Seconds(v.Window.End) }),
		text(func(v *voucher.Voucher) string { return string(v.State) }))
}

// LockVouchers locks in the order of the keys.
func (t *tx) LockVouchers(ctx context.Context, keys []store.VoucherKey) (map[voucher.ID]voucher.Voucher, error) {
	locked := make(map[voucher.ID]voucher.Voucher, len(keys))
	t.queueLockVouchers(keys, locked)
	return locked, t.flush(ctx)
}

// queueLockVouchers locks in the order of the keys, each creator's in one statement. The map is filled at the next
// flush.
func (t *tx) queueLockVouchers(keys []store.VoucherKey, locked map[voucher.ID]voucher.Voucher) {
	byOwner(keys, voucherOwner, func(owner merchant.ID, ids []string) {
		t.queue(`
		select`+row.VoucherColumns+`
		from voucher
		where creator_mchid = $1 and voucher_id = any($2)
		order by voucher_id
		for no key update`, []any{owner, ids}, into(locked, row.Voucher, func(v *voucher.Voucher) voucher.ID { return v.ID }))
	})
}

// UpdateVouchers changes one after the other, by primary key: no plan can go wrong.
func (t *tx) UpdateVouchers(_ context.Context, vouchers []voucher.Voucher) error {
	for i := range vouchers {
		v := &vouchers[i]
		goods, err := document.EncodeGoods(v.Use.Goods)
		if err != nil {
			return err
		}
		t.later(`
		update voucher
		set state = $3, used_at = $4, use_mchid = $5, transaction_id = $6, discount = $7, goods = $8
		where voucher_id = $1 and creator_mchid = $2`,
			v.ID, v.Stock.Creator, v.State, store.Seconds(v.Use.At), v.Use.Merchant, v.Use.TransactionID, int64(v.Use.Discount), goods)
	}
	return nil
}

// RenameVoucherHolders changes one after the other, by primary key.
func (t *tx) RenameVoucherHolders(_ context.Context, vouchers []voucher.Voucher) error {
	for i := range vouchers {
		v := &vouchers[i]
		t.later(`
		update voucher
		set openid = $3
		where voucher_id = $1 and creator_mchid = $2`, v.ID, v.Stock.Creator, string(v.OpenID))
	}
	return nil
}
