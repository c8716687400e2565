package row

import (
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// IssuedColumns are those that every coupon has from its issue on.
const IssuedColumns = `
		creator_mchid, stock_id, code, belong_mchid, sender_mchid,
		holder, appid, openid, state, start_at, expire_at, received_at,
		channel, send_request_no`

// CouponColumns are what Coupon reads, in its order.
const CouponColumns = IssuedColumns + `,
		use_request_no, used_at, use_appid, use_openid,
		out_trade_no, order_mchid, transaction_id,
		coalesce(return_request_no, ''), coalesce(returned_at, 0),
		coalesce(deactivate_request_no, ''), coalesce(deactivated_at, 0), coalesce(deactivate_reason, ''),
		coalesce(associated_out_trade_no, ''), coalesce(subsidized, 0)`

// Coupon reads the CouponColumns.
func Coupon(scan Scan) (coupon.Coupon, error) {
	var c coupon.Coupon
	var holder []byte
	var start, expire, received, used, returned, deactivated int64
	err := scan(
		&c.Stock.Creator, &c.Stock.ID, &c.Code, &c.Belong, &c.Sender,
		&holder, &c.AppID, &c.OpenID, &c.State, &start, &expire, &received,
		&c.Channel, &c.SendRequestNo, &c.Use.RequestNo, &used, &c.Use.AppID, &c.Use.OpenID,
		&c.Use.OutTradeNo, &c.Use.OrderMchID, &c.Use.TransactionID,
		&c.Returned.RequestNo, &returned,
		&c.Deactivated.RequestNo, &deactivated, &c.Deactivated.Reason,
		&c.Associated, &c.Subsidized)
	c.Holder = store.AccountOf(holder)
	c.Life = coupon.Life{Start: store.TimeOf(start), Expire: store.TimeOf(expire)}
	c.Received, c.Use.At = store.TimeOf(received), store.TimeOf(used)
	c.Returned.At, c.Deactivated.At = store.TimeOf(returned), store.TimeOf(deactivated)
	return c, err
}
