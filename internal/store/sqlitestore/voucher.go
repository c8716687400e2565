package sqlitestore

import (
	"context"
	"strings"

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

// Voucher uses the unique index voucher_by_id.
func (t *tx) Voucher(ctx context.Context, id voucher.ID) (voucher.Voucher, error) {
	return row.First(t.vouchersWhere(ctx, `
		select`+row.VoucherColumns+`
		from voucher
		where voucher_id = ?`, id))
}

// vouchersMatching is the condition of store.VoucherQuery.Matches. An empty parameter does
// not narrow. It uses the index voucher_by_holder.
const vouchersMatching = `
		where holder = ?1
		  and (?2 = '' or stock_id = ?2)
		  and (?3 = '' or creator_mchid = ?3)
		  and (?4 = '' or sender_mchid = ?4)
		  and (?5 = '' or ?5 in (creator_mchid, sender_mchid))
		  and (?6 = '[]' or case when state = 'SENDED' and end_at < ?7 then 'EXPIRED' else state end in (select value from json_each(?6)))
		  and (?8 = '[]' or stock_id in (select value from json_each(?8)))`

func (t *tx) UserVouchers(ctx context.Context, q store.VoucherQuery) ([]voucher.Voucher, int64, error) {
	args := []any{
		q.Holder[:], q.Stock, q.Creator, q.Sender, q.VisibleTo, array(q.States), store.Seconds(q.Now), array(q.Stocks),
	}
	var total int64
	if err := t.row(ctx, `
		select count(*)
		from voucher`+vouchersMatching,
		args, []any{&total}); err != nil {
		return nil, 0, err
	}
	page, err := t.vouchersWhere(ctx, `
		select`+row.VoucherColumns+`
		from voucher`+vouchersMatching+`
		order by id desc
		limit ?9 offset ?10`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

// HeldVoucherStocks uses the index voucher_by_holder.
func (t *tx) HeldVoucherStocks(ctx context.Context, holder user.ID) ([]store.HeldVoucherStock, error) {
	var list []store.HeldVoucherStock
	err := t.rows(ctx, `
		select creator_mchid, stock_id, max(end_at)
		from voucher
		where holder = ? and state = 'SENDED'
		group by creator_mchid, stock_id
		order by creator_mchid, stock_id`,
		[]any{holder[:]}, row.Into(&list, row.HeldVoucherStock))
	return list, err
}

// array is a parameter for json_each. The texts are names of states and ids of stocks.
func array[T ~string](values []T) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = `"` + string(value) + `"`
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// InsertVouchers leaves the columns of a consumption to their defaults, as every parameter
// of the hottest statement costs.
func (t *tx) InsertVouchers(ctx context.Context, vouchers []voucher.Voucher) error {
	for i := range vouchers {
		v := &vouchers[i]
		if err := t.exec(ctx, `
			insert into voucher (
				voucher_id, creator_mchid, stock_id, sender_mchid, holder, appid, openid, request_no,
				received_at, begin_at, end_at, state)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			v.ID, v.Stock.Creator, v.Stock.ID, v.Sender, v.Holder[:], v.AppID, v.OpenID, v.RequestNo,
			store.Seconds(v.Received), store.Seconds(v.Window.Begin), store.Seconds(v.Window.End), v.State); err != nil {
			return err
		}
	}
	return nil
}

// LockVouchers needs no lock of its own: there is one writer.
func (t *tx) LockVouchers(ctx context.Context, keys []store.VoucherKey) (map[voucher.ID]voucher.Voucher, error) {
	locked := make(map[voucher.ID]voucher.Voucher, len(keys))
	for _, key := range keys {
		found, err := t.vouchersWhere(ctx, `
			select`+row.VoucherColumns+`
			from voucher
			where voucher_id = ?`, key.ID)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			locked[v.ID] = v
		}
	}
	return locked, nil
}

func (t *tx) UpdateVouchers(ctx context.Context, vouchers []voucher.Voucher) error {
	for i := range vouchers {
		v := &vouchers[i]
		goods, err := document.EncodeGoods(v.Use.Goods)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `
			update voucher
			set state = ?, used_at = ?, use_mchid = ?, transaction_id = ?, discount = ?, goods = ?
			where voucher_id = ? and creator_mchid = ?`,
			v.State, store.Seconds(v.Use.At), v.Use.Merchant, v.Use.TransactionID, v.Use.Discount, goods, v.ID, v.Stock.Creator); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) RenameVoucherHolders(ctx context.Context, vouchers []voucher.Voucher) error {
	for i := range vouchers {
		v := &vouchers[i]
		if err := t.exec(ctx, `
			update voucher
			set openid = ?
			where voucher_id = ? and creator_mchid = ?`, v.OpenID, v.ID, v.Stock.Creator); err != nil {
			return err
		}
	}
	return nil
}
