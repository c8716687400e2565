package client_test

import (
	"context"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// favorCalls calls each operation of cash vouchers.
func favorCalls(ctx context.Context) map[string]func(c *client.Client) (any, error) {
	command := &favor.CommandRequest{StockID: "1", StockCreatorMchID: "2"}
	first := new(int64(0))
	return map[string]func(c *client.Client) (any, error){
		favor.CreateStock: func(c *client.Client) (any, error) {
			return c.Favor().CreateStock(ctx, &favor.CreateStockRequest{StockName: "券", AvailableBeginTime: schema.TimeOf(at()), AvailableEndTime: schema.TimeOf(at())})
		},
		favor.StartStock:   func(c *client.Client) (any, error) { return c.Favor().StartStock(ctx, command) },
		favor.PauseStock:   func(c *client.Client) (any, error) { return c.Favor().PauseStock(ctx, command) },
		favor.RestartStock: func(c *client.Client) (any, error) { return c.Favor().RestartStock(ctx, command) },
		favor.StopStock:    func(c *client.Client) (any, error) { return c.Favor().StopStock(ctx, command) },
		favor.ModifyGoods: func(c *client.Client) (any, error) {
			return c.Favor().ModifyGoods(ctx, &favor.ModifyGoodsRequest{StockID: "1", StockCreatorMchID: "2", AddGoodsIDList: []string{"a"}})
		},
		favor.ListStocks: func(c *client.Client) (any, error) {
			return c.Favor().ListStocks(ctx, &favor.ListStocksRequest{Offset: first, Limit: 10, StockCreatorMchID: "2", CreateStartTime: schema.TimeOf(at())})
		},
		favor.GetStock: func(c *client.Client) (any, error) {
			return c.Favor().GetStock(ctx, &favor.GetStockRequest{StockID: "1", StockCreatorMchID: "2"})
		},
		favor.ListMerchants: func(c *client.Client) (any, error) {
			return c.Favor().ListMerchants(ctx, &favor.ListMerchantsRequest{StockID: "1", Offset: first, Limit: 10, StockCreatorMchID: "2"})
		},
		favor.ListItems: func(c *client.Client) (any, error) {
			return c.Favor().ListItems(ctx, &favor.ListItemsRequest{StockID: "1", Offset: first, Limit: 10, StockCreatorMchID: "2"})
		},
		favor.SendCoupon: func(c *client.Client) (any, error) {
			return c.Favor().SendCoupon(ctx, &favor.SendCouponRequest{OpenID: "o", StockID: "1"})
		},
		favor.ListCoupons: func(c *client.Client) (any, error) {
			return c.Favor().ListCoupons(ctx, &favor.ListCouponsRequest{OpenID: "o", AppID: "wx", CreatorMchID: "2"})
		},
		favor.GetCoupon: func(c *client.Client) (any, error) {
			return c.Favor().GetCoupon(ctx, &favor.GetCouponRequest{OpenID: "o", CouponID: "8", AppID: "wx"})
		},
	}
}

// favorTargets are the targets that are not the path of the operation.
func favorTargets() map[string]string {
	const stock, user = "/v3/marketing/favor/stocks/1", "/v3/marketing/favor/users/o/coupons"
	return map[string]string{
		favor.StartStock:    stock + "/start",
		favor.PauseStock:    stock + "/pause",
		favor.RestartStock:  stock + "/restart",
		favor.StopStock:     stock + "/stop",
		favor.ModifyGoods:   stock + "/modify-goods-id",
		favor.ListStocks:    "/v3/marketing/favor/stocks?create_start_time=2026-11-22T10%3A00%3A00%2B08%3A00&limit=10&offset=0&stock_creator_mchid=2",
		favor.GetStock:      stock + "?stock_creator_mchid=2",
		favor.ListMerchants: stock + "/merchants?limit=10&offset=0&stock_creator_mchid=2",
		favor.ListItems:     stock + "/items?limit=10&offset=0&stock_creator_mchid=2",
		favor.SendCoupon:    user,
		favor.ListCoupons:   user + "?appid=wx&creator_mchid=2",
		favor.GetCoupon:     user + "/8?appid=wx",
	}
}
