package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// voucherStock is a stock of vouchers worth 1 yuan from 10 yuan on; with goods it is one for
// single items.
func voucherStock(number string, goods ...string) *favor.CreateStockRequest {
	s := sandbox()
	begin := time.Now().Truncate(time.Second)
	return &favor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID,
		AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
		StockUseRule: favor.StockUseRule{MaxCoupons: 100, MaxAmount: 10_000, MaxCouponsPerUser: 5},
		PatternInfo:  &favor.PatternInfo{Description: "全场可用"},
		CouponUseRule: favor.CouponUseRule{
			FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: 100, TransactionMinimum: 1000},
			AvailableItems:     goods,
			AvailableMerchants: []string{s.MchID},
		},
		NoCash: true, StockType: "NORMAL", OutRequestNo: number,
	}
}

// newVouchers creates a stock for an example and starts it.
func newVouchers(number string, goods ...string) favor.CommandRequest {
	s, ctx := sandbox(), context.Background()
	created, err := s.Client().Favor().CreateStock(ctx, voucherStock(number, goods...))
	for range 10 {
		if !errors.Is(err, client.ErrRequestBlocked) {
			break
		}
		// The second in which it was to begin was over when the call arrived.
		created, err = s.Client().Favor().CreateStock(ctx, voucherStock(number, goods...))
	}
	if err != nil {
		log.Fatal(err)
	}
	stock := favor.CommandRequest{StockID: created.StockID, StockCreatorMchID: s.MchID}
	if _, err := s.Client().Favor().StartStock(ctx, &stock); err != nil {
		log.Fatal(err)
	}
	return stock
}

// newVoucher sends a voucher for an example.
func newVoucher(number string) string {
	s := sandbox()
	sent, err := s.Client().Favor().SendCoupon(context.Background(), &favor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: newVouchers("stock-" + number).StockID, StockCreatorMchID: s.MchID, OutRequestNo: number,
	})
	if err != nil {
		log.Fatal(err)
	}
	return sent.CouponID
}

// Cash vouchers (代金券) have a service of their own.
func ExampleClient_Favor() {
	s := sandbox()
	page, err := s.Client().Favor().ListStocks(context.Background(), &favor.ListStocksRequest{
		Offset: new(int64(0)), Limit: 10, StockCreatorMchID: s.MchID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Limit)
	// Output: 10
}

// A stock of vouchers worth 1 yuan, from 10 yuan on.
func ExampleFavor_CreateStock() {
	s := sandbox()
	begin := time.Now().Add(time.Minute).Truncate(time.Second)
	created, err := s.Client().Favor().CreateStock(context.Background(), &favor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID,
		AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
		StockUseRule: favor.StockUseRule{MaxCoupons: 100, MaxAmount: 10_000, MaxCouponsPerUser: 5},
		CouponUseRule: favor.CouponUseRule{
			FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: 100, TransactionMinimum: 1000},
			AvailableMerchants: []string{s.MchID},
		},
		NoCash: true, StockType: "NORMAL", OutRequestNo: "example-voucher-stock",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created.StockID != "")
	// Output: true
}

func ExampleFavor_StartStock() {
	s, ctx := sandbox(), context.Background()
	planned := voucherStock("example-start")
	planned.AvailableBeginTime = schema.TimeOf(time.Now().Add(time.Minute))
	created, err := s.Client().Favor().CreateStock(ctx, planned)
	if err != nil {
		log.Fatal(err)
	}
	started, err := s.Client().Favor().StartStock(ctx, &favor.CommandRequest{StockID: created.StockID, StockCreatorMchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(started.StockID == created.StockID)
	// Output: true
}

func ExampleFavor_PauseStock() {
	stock := newVouchers("example-pause")
	paused, err := sandbox().Client().Favor().PauseStock(context.Background(), &stock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(paused.StockID == stock.StockID)
	// Output: true
}

func ExampleFavor_RestartStock() {
	ctx, caller := context.Background(), sandbox().Client().Favor()
	stock := newVouchers("example-restart")
	if _, err := caller.PauseStock(ctx, &stock); err != nil {
		log.Fatal(err)
	}
	restarted, err := caller.RestartStock(ctx, &stock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(restarted.StockID == stock.StockID)
	// Output: true
}

// Only a stock that was never started can be stopped.
func ExampleFavor_StopStock() {
	s, ctx := sandbox(), context.Background()
	planned := voucherStock("example-stop")
	planned.AvailableBeginTime = schema.TimeOf(time.Now().Add(time.Minute))
	created, err := s.Client().Favor().CreateStock(ctx, planned)
	if err != nil {
		log.Fatal(err)
	}
	stopped, err := s.Client().Favor().StopStock(ctx, &favor.CommandRequest{StockID: created.StockID, StockCreatorMchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stopped.StockID == created.StockID)
	// Output: true
}

func ExampleFavor_ListStocks() {
	s := sandbox()
	newVouchers("example-stocks-1")
	page, err := s.Client().Favor().ListStocks(context.Background(), &favor.ListStocksRequest{
		Offset: new(int64(0)), Limit: 1, StockCreatorMchID: s.MchID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), page.Data[0].StockName)
	// Output: 1 满10元减1元
}

func ExampleFavor_Stocks() {
	s, want := sandbox(), newVouchers("example-stocks-2")
	for stock, err := range s.Client().Favor().Stocks(context.Background(), &favor.ListStocksRequest{StockCreatorMchID: s.MchID, Status: "running"}) {
		if err != nil {
			log.Fatal(err)
		}
		if stock.StockID == want.StockID {
			fmt.Println("found", stock.StockName)
			break
		}
	}
	// Output: found 满10元减1元
}

func ExampleFavor_GetStock() {
	s, created := sandbox(), newVouchers("example-stock")
	stock, err := s.Client().Favor().GetStock(context.Background(), &favor.GetStockRequest{StockID: created.StockID, StockCreatorMchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.StockName, stock.Status, stock.DistributedCoupons)
	// Output: 满10元减1元 running 0
}

func ExampleFavor_ListMerchants() {
	s, stock := sandbox(), newVouchers("example-merchants-1")
	page, err := s.Client().Favor().ListMerchants(context.Background(), &favor.ListMerchantsRequest{
		StockID: stock.StockID, Offset: new(int64(0)), Limit: 50, StockCreatorMchID: s.MchID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.TotalCount, page.Data)
	// Output: 1 [1900000001]
}

func ExampleFavor_Merchants() {
	s, stock := sandbox(), newVouchers("example-merchants-2")
	for mchID, err := range s.Client().Favor().Merchants(context.Background(), &favor.ListMerchantsRequest{
		StockID: stock.StockID, StockCreatorMchID: s.MchID,
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(mchID)
	}
	// Output: 1900000001
}

func ExampleFavor_ListItems() {
	s, stock := sandbox(), newVouchers("example-items-1", "apple", "pear")
	page, err := s.Client().Favor().ListItems(context.Background(), &favor.ListItemsRequest{
		StockID: stock.StockID, Offset: new(int64(0)), Limit: 100, StockCreatorMchID: s.MchID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Data)
	// Output: [apple pear]
}

func ExampleFavor_Items() {
	s, stock := sandbox(), newVouchers("example-items-2", "apple", "pear", "plum")
	for goods, err := range s.Client().Favor().Items(context.Background(), &favor.ListItemsRequest{
		StockID: stock.StockID, Limit: 2, StockCreatorMchID: s.MchID,
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(goods)
	}
	// Output:
	// apple
	// pear
	// plum
}

func ExampleFavor_ModifyGoods() {
	s, stock := sandbox(), newVouchers("example-goods", "apple")
	modified, err := s.Client().Favor().ModifyGoods(context.Background(), &favor.ModifyGoodsRequest{
		StockID: stock.StockID, StockCreatorMchID: s.MchID, AddGoodsIDList: []string{"pear"}, DeleteGoodsIDList: []string{"apple"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(modified.StockID == stock.StockID)
	// Output: true
}

// Sending the same number again does not send a second voucher.
func ExampleFavor_SendCoupon() {
	s, stock := sandbox(), newVouchers("example-voucher-1")
	request := &favor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: stock.StockID, StockCreatorMchID: s.MchID, OutRequestNo: "example-voucher-2",
	}
	var ids [2]string
	for i := range ids {
		sent, err := s.Client().Favor().SendCoupon(context.Background(), request)
		if err != nil {
			log.Fatal(err)
		}
		ids[i] = sent.CouponID
	}
	fmt.Println(ids[0] != "", ids[0] == ids[1])
	// Output: true true
}

func ExampleFavor_ListCoupons() {
	s := sandbox()
	newVoucher("example-vouchers-1")
	page, err := s.Client().Favor().ListCoupons(context.Background(), &favor.ListCouponsRequest{
		OpenID: s.OpenID, AppID: s.AppID, Limit: new(int64(1)),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), page.Data[0].CouponName)
	// Output: 1 满10元减1元
}

func ExampleFavor_Coupons() {
	s, want := sandbox(), newVoucher("example-vouchers-2")
	for coupon, err := range s.Client().Favor().Coupons(context.Background(), &favor.ListCouponsRequest{OpenID: s.OpenID, AppID: s.AppID}) {
		if err != nil {
			log.Fatal(err)
		}
		if coupon.CouponID == want {
			fmt.Println("found", coupon.CouponName)
			break
		}
	}
	// Output: found 满10元减1元
}

func ExampleFavor_GetCoupon() {
	s := sandbox()
	coupon, err := s.Client().Favor().GetCoupon(context.Background(), &favor.GetCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, CouponID: newVoucher("example-voucher-3"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(coupon.CouponName, coupon.Status)
	// Output: 满10元减1元 SENDED
}
