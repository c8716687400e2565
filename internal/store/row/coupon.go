package row

import (
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// IssuedColumns are those that every coupon has from its issue on.
const IssuedColumns = `
		creator_mchid, stock_id, id, code, account, belong_mchid, sender_mchid, appid, openid,
		state, channel, start_at, expire_at, received_at, send_request_no, send_content`

// CouponColumns are what Coupon reads, in its order.
const CouponColumns = IssuedColumns + `,
		coalesce(use_request_no, ''), use_content, coalesce(used_at, 0), coalesce(use_appid, ''), coalesce(use_openid, ''),
		coalesce(out_trade_no, ''), coalesce(order_mchid, ''), coalesce(transaction_id, ''),
		coalesce(return_request_no, ''), coalesce(returned_at, 0),
		coalesce(deactivate_request_no, ''), coalesce(deactivated_at, 0), coalesce(deactivate_reason, ''),
		coalesce(associated_out_trade_no, ''), coalesce(subsidized, 0), coalesce(spent, 0)`

// Coupon reads the CouponColumns.
func Coupon(scan Scan) (coupon.Coupon, error) { return CouponAnd(scan) }

// CouponAnd is Coupon with more columns behind them.
func CouponAnd(scan Scan, more ...any) (coupon.Coupon, error) {
	var c coupon.Coupon
	var account, content, useContent Bytes16
	var start, expire, received, used, returned, deactivated int64
	err := scan(append([]any{
		&c.Stock.Creator, &c.Stock.ID, &c.ID, &c.Code, &account, &c.Belong, &c.Sender, &c.AppID, &c.OpenID,
		&c.State, &c.Channel, &start, &expire, &received, &c.SendRequestNo, &content,
		&c.Use.RequestNo, &useContent, &used, &c.Use.AppID, &c.Use.OpenID,
		&c.Use.OutTradeNo, &c.Use.OrderMchID, &c.Use.TransactionID,
		&c.Returned.RequestNo, &returned,
		&c.Deactivated.RequestNo, &deactivated, &c.Deactivated.Reason,
		&c.Associated, &c.Subsidized, &c.Spent,
	}, more...)...)
	c.Holder, c.SendContent, c.Use.Content = user.ID(account), coupon.Digest(content), coupon.Digest(useContent)
	c.Life = coupon.Life{Start: store.TimeOf(start), Expire: store.TimeOf(expire)}
	c.Received, c.Use.At = store.TimeOf(received), store.TimeOf(used)
	c.Returned.At, c.Deactivated.At = store.TimeOf(returned), store.TimeOf(deactivated)
	return c, err
}

// GivenColumns are what Given reads, in its order.
const GivenColumns = `account, stock_id, send_request_no, send_content, code`

// Given reads the GivenColumns of a coupon of a creator.
func Given(scan Scan, creator merchant.ID) (store.HolderKey, store.Given, error) {
	key := store.HolderKey{Stock: coupon.StockKey{Creator: creator}}
	var g store.Given
	var account, content Bytes16
	err := scan(&account, &key.Stock.ID, &g.Number, &content, &g.Code)
	key.Holder, g.Content = user.ID(account), coupon.Digest(content)
	return key, g, err
}
