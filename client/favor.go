package client

import (
	"context"

	"github.com/favord/favord/wire/favor"
)

// Favor calls the operations of cash vouchers (代金券).
type Favor struct{ client *Client }

// Favor returns the operations of cash vouchers.
func (c *Client) Favor() Favor { return Favor{client: c} }

// CreateStock creates a stock, which must be started before vouchers can be sent. A repeat
// with the same OutRequestNo and content returns the first answer.
func (f Favor) CreateStock(ctx context.Context, req *favor.CreateStockRequest) (*favor.CreateStockResponse, error) {
	return invoke[favor.CreateStockResponse](ctx, f.client, favor.CreateStock, req)
}

// StartStock puts a stock into operation. A repeat returns the first time.
func (f Favor) StartStock(ctx context.Context, req *favor.CommandRequest) (*favor.StartStockResponse, error) {
	return invoke[favor.StartStockResponse](ctx, f.client, favor.StartStock, req)
}

// PauseStock ends the sending for a while; what was sent can still be spent.
func (f Favor) PauseStock(ctx context.Context, req *favor.CommandRequest) (*favor.PauseStockResponse, error) {
	return invoke[favor.PauseStockResponse](ctx, f.client, favor.PauseStock, req)
}

// RestartStock ends a pause.
func (f Favor) RestartStock(ctx context.Context, req *favor.CommandRequest) (*favor.RestartStockResponse, error) {
	return invoke[favor.RestartStockResponse](ctx, f.client, favor.RestartStock, req)
}

// StopStock ends a stock that was never started, for good.
func (f Favor) StopStock(ctx context.Context, req *favor.CommandRequest) (*favor.StopStockResponse, error) {
	return invoke[favor.StopStockResponse](ctx, f.client, favor.StopStock, req)
}

// ListStocks returns a page of the caller's stocks, the newest first. Offset is the number
// of the page.
func (f Favor) ListStocks(ctx context.Context, req *favor.ListStocksRequest) (*favor.ListStocksResponse, error) {
	return invoke[favor.ListStocksResponse](ctx, f.client, favor.ListStocks, req)
}

// GetStock returns a stock with its rules and how much of it was sent.
func (f Favor) GetStock(ctx context.Context, req *favor.GetStockRequest) (*favor.Stock, error) {
	return invoke[favor.Stock](ctx, f.client, favor.GetStock, req)
}

// ListMerchants returns a page of the merchants at which vouchers of a stock can be spent.
// A page past the end is refused with MCH_NOT_EXISTS.
func (f Favor) ListMerchants(ctx context.Context, req *favor.ListMerchantsRequest) (*favor.ListNamesResponse, error) {
	return invoke[favor.ListNamesResponse](ctx, f.client, favor.ListMerchants, req)
}

// ListItems returns a page of the goods of a stock for single items. A page past the end is
// refused with MCH_NOT_EXISTS.
func (f Favor) ListItems(ctx context.Context, req *favor.ListItemsRequest) (*favor.ListNamesResponse, error) {
	return invoke[favor.ListNamesResponse](ctx, f.client, favor.ListItems, req)
}

// ModifyGoods removes goods from a stock for single items, then adds others.
func (f Favor) ModifyGoods(ctx context.Context, req *favor.ModifyGoodsRequest) (*favor.ModifyGoodsResponse, error) {
	return invoke[favor.ModifyGoodsResponse](ctx, f.client, favor.ModifyGoods, req)
}

// SendCoupon sends a voucher to a user. A repeat with the same OutRequestNo returns the
// voucher that it got.
func (f Favor) SendCoupon(ctx context.Context, req *favor.SendCouponRequest) (*favor.SendCouponResponse, error) {
	return invoke[favor.SendCouponResponse](ctx, f.client, favor.SendCoupon, req)
}

// ListCoupons returns a page of a user's vouchers, the newest first; expired ones are not
// among them. Offset is the number of the page.
func (f Favor) ListCoupons(ctx context.Context, req *favor.ListCouponsRequest) (*favor.ListCouponsResponse, error) {
	return invoke[favor.ListCouponsResponse](ctx, f.client, favor.ListCoupons, req)
}

// GetCoupon returns one voucher of a user.
func (f Favor) GetCoupon(ctx context.Context, req *favor.GetCouponRequest) (*favor.Coupon, error) {
	return invoke[favor.Coupon](ctx, f.client, favor.GetCoupon, req)
}

// SetCallback says where events about the caller's vouchers go from now on, or switches them
// off and on. The last one wins.
func (f Favor) SetCallback(ctx context.Context, req *favor.SetCallbackRequest) (*favor.SetCallbackResponse, error) {
	return invoke[favor.SetCallbackResponse](ctx, f.client, favor.SetCallback, req)
}

// GetCallback returns where events about the caller's vouchers go.
func (f Favor) GetCallback(ctx context.Context, req *favor.GetCallbackRequest) (*favor.GetCallbackResponse, error) {
	return invoke[favor.GetCallbackResponse](ctx, f.client, favor.GetCallback, req)
}
