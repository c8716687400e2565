package row

import (
	"fmt"

	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// VoucherColumns are what Voucher reads, in its order.
const VoucherColumns = `
		voucher_id, creator_mchid, stock_id, sender_mchid, holder, appid, openid, request_no,
		received_at, begin_at, end_at, state, used_at, use_mchid, transaction_id, discount, goods`

// Voucher reads the VoucherColumns.
func Voucher(scan Scan) (voucher.Voucher, error) {
	var v voucher.Voucher
	var holder []byte
	var received, begin, end, used int64
	var goods string
	if err := scan(
		&v.ID, &v.Stock.Creator, &v.Stock.ID, &v.Sender, &holder, &v.AppID, &v.OpenID, &v.RequestNo,
		&received, &begin, &end, &v.State, &used, &v.Use.Merchant, &v.Use.TransactionID, &v.Use.Discount, &goods); err != nil {
		return voucher.Voucher{}, err
	}
	v.Holder = store.AccountOf(holder)
	v.Received, v.Use.At = store.TimeOf(received), store.TimeOf(used)
	v.Window = voucher.Window{Begin: store.TimeOf(begin), End: store.TimeOf(end)}
	var err error
	v.Use.Goods, err = document.DecodeGoods(goods)
	return v, err
}

// VoucherStockColumns are what VoucherStock reads, in its order.
const VoucherStockColumns = `
		creator_mchid, stock_id, state, content, created_at, started_at, paused_at, restarted_at, stopped_at`

// VoucherStock reads the VoucherStockColumns, and more columns behind them.
func VoucherStock(scan Scan, contents *document.VoucherContents, more ...any) (voucher.Stock, error) {
	var s voucher.Stock
	var content []byte
	var created, started, paused, restarted, stopped int64
	if err := scan(append([]any{
		&s.Creator, &s.ID, &s.State, &content, &created, &started, &paused, &restarted, &stopped,
	}, more...)...); err != nil {
		return voucher.Stock{}, err
	}
	s.CreatedAt, s.StartedAt, s.PausedAt = store.TimeOf(created), store.TimeOf(started), store.TimeOf(paused)
	s.RestartedAt, s.StoppedAt = store.TimeOf(restarted), store.TimeOf(stopped)
	if err := contents.Decode(content, &s); err != nil {
		return voucher.Stock{}, fmt.Errorf("stock %s: %w", s.ID, err)
	}
	return s, nil
}

// HeldVoucherStock reads creator, stock and the last second of its vouchers that are held.
func HeldVoucherStock(scan Scan) (store.HeldVoucherStock, error) {
	var s store.HeldVoucherStock
	var until int64
	err := scan(&s.Creator, &s.ID, &until)
	s.Until = store.TimeOf(until)
	return s, err
}
