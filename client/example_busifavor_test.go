package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// demoStock is a stock that every sandbox has: 5 yuan off 10.
const demoStock = "1282070000000017"

// newStock creates a stock for an example.
func newStock(number, codeMode string) string {
	s := sandbox()
	now := time.Now().Truncate(time.Second)
	created, err := s.Client().BusiFavor().CreateStock(context.Background(), &busifavor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID, GoodsName: "全部商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(now), AvailableEndTime: schema.TimeOf(now.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 100, TransactionMinimum: 1000},
			UseMethod:         "OFF_LINE",
		},
		StockSendRule: busifavor.StockSendRule{MaxCoupons: 100, MaxCouponsPerUser: 5},
		OutRequestNo:  number, CouponCodeMode: codeMode,
	})
	if err != nil {
		log.Fatal(err)
	}
	return created.StockID
}

// newCoupon issues a coupon for an example.
func newCoupon(number string) string {
	s := sandbox()
	sent, err := s.Client().BusiFavor().SendCoupon(context.Background(), &busifavor.SendCouponRequest{
		StockID: demoStock, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: number,
	})
	if err != nil {
		log.Fatal(err)
	}
	return sent.SendCouponResult.CouponCode
}

// useCoupon redeems a coupon for an example.
func useCoupon(code string) {
	s := sandbox()
	if _, err := s.Client().BusiFavor().UseCoupon(context.Background(), &busifavor.UseCouponRequest{
		CouponCode: code, StockID: demoStock, AppID: s.AppID, UseTime: schema.TimeOf(time.Now()), UseRequestNo: "use-" + code,
	}); err != nil {
		log.Fatal(err)
	}
}

// A stock (批次) of coupons that take 1 yuan off 10. Amounts are in fen.
func ExampleBusiFavor_CreateStock() {
	s := sandbox()
	begin := time.Now().Truncate(time.Second)
	created, err := s.Client().BusiFavor().CreateStock(context.Background(), &busifavor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID, GoodsName: "全部商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 100, TransactionMinimum: 1000},
			UseMethod:         "OFF_LINE",
		},
		StockSendRule:  busifavor.StockSendRule{MaxCoupons: 100, MaxCouponsPerUser: 5},
		OutRequestNo:   "100002322019090134234sfdf",
		CouponCodeMode: "WECHATPAY_MODE",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(created.StockID), "digits")
	// Output: 16 digits
}

func ExampleBusiFavor_GetStock() {
	stock, err := sandbox().Client().BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: demoStock})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.StockName, stock.StockState, stock.CouponUseRule.FixedNormalCoupon.DiscountAmount)
	// Output: 满10元减5元 RUNNING 500
}

func ExampleBusiFavor_ModifyStock() {
	id := newStock("example-modify-1", "WECHATPAY_MODE")
	err := sandbox().Client().BusiFavor().ModifyStock(context.Background(), &busifavor.ModifyStockRequest{
		StockID: id, OutRequestNo: "example-modify-2", GoodsName: "除酒水外全部商品",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("modified")
	// Output: modified
}

func ExampleBusiFavor_SetBudget() {
	id := newStock("example-budget-1", "WECHATPAY_MODE")
	budget, err := sandbox().Client().BusiFavor().SetBudget(context.Background(), &busifavor.SetBudgetRequest{
		StockID: id, TargetMaxCoupons: 200, CurrentMaxCoupons: new(int64(100)), ModifyBudgetRequestNo: "example-budget-2",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(budget.MaxCoupons)
	// Output: 200
}

func ExampleBusiFavor_UploadCodes() {
	id := newStock("example-codes-1", "MERCHANT_UPLOAD")
	uploaded, err := sandbox().Client().BusiFavor().UploadCodes(context.Background(), &busifavor.UploadCodesRequest{
		StockID: id, CouponCodeList: []string{"A-1", "A-2", "A-2", "#"}, UploadRequestNo: "example-codes-2",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(uploaded.SuccessCodes, uploaded.DuplicateCodes)
	for _, failed := range uploaded.FailCodes {
		fmt.Println(failed.CouponCode, failed.Code)
	}
	// Output:
	// [A-1 A-2] [A-2]
	// # PARAM_ERROR
}

func ExampleBusiFavor_ListCodes() {
	caller := sandbox().Client().BusiFavor()
	id := newStock("example-codes-3", "MERCHANT_UPLOAD")
	if _, err := caller.UploadCodes(context.Background(), &busifavor.UploadCodesRequest{
		StockID: id, CouponCodeList: []string{"B-1", "B-2"}, UploadRequestNo: "example-codes-4",
	}); err != nil {
		log.Fatal(err)
	}
	page, err := caller.ListCodes(context.Background(), &busifavor.ListCodesRequest{StockID: id, Status: "AVAILABLE"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.TotalCount)
	// Output: 2
}

func ExampleBusiFavor_Codes() {
	ctx, caller := context.Background(), sandbox().Client().BusiFavor()
	id := newStock("example-codes-5", "MERCHANT_UPLOAD")
	if _, err := caller.UploadCodes(ctx, &busifavor.UploadCodesRequest{
		StockID: id, CouponCodeList: []string{"C-1", "C-2", "C-3"}, UploadRequestNo: "example-codes-6",
	}); err != nil {
		log.Fatal(err)
	}
	for code, err := range caller.Codes(ctx, &busifavor.ListCodesRequest{StockID: id}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(code.Code, code.CodeStatus)
	}
	// Output:
	// C-1 AVAILABLE
	// C-2 AVAILABLE
	// C-3 AVAILABLE
}

func ExampleBusiFavor_GetCode() {
	s, ctx := sandbox(), context.Background()
	caller := s.Client().BusiFavor()
	id := newStock("example-codes-7", "MERCHANT_UPLOAD")
	if _, err := caller.UploadCodes(ctx, &busifavor.UploadCodesRequest{
		StockID: id, CouponCodeList: []string{"D/1"}, UploadRequestNo: "example-codes-8",
	}); err != nil {
		log.Fatal(err)
	}
	got, err := caller.GetCode(ctx, &busifavor.GetCodeRequest{StockID: id, CouponCode: "D/1", AppID: s.AppID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.CodeInformation.CodeStatus)
	// Output: AVAILABLE
}

func ExampleBusiFavor_DeleteCode() {
	ctx, caller := context.Background(), sandbox().Client().BusiFavor()
	id := newStock("example-codes-9", "MERCHANT_UPLOAD")
	if _, err := caller.UploadCodes(ctx, &busifavor.UploadCodesRequest{
		StockID: id, CouponCodeList: []string{"E-1"}, UploadRequestNo: "example-codes-10",
	}); err != nil {
		log.Fatal(err)
	}
	if _, err := caller.DeleteCode(ctx, &busifavor.DeleteCodeRequest{StockID: id, CouponCode: "E-1", DeleteRequestNo: "example-codes-11"}); err != nil {
		log.Fatal(err)
	}
	_, err := caller.GetCode(ctx, &busifavor.GetCodeRequest{StockID: id, CouponCode: "E-1", AppID: sandbox().AppID})
	fmt.Println(errors.Is(err, client.ErrResourceNotExists))
	// Output: true
}

// Sending the same number again does not issue a second coupon.
func ExampleBusiFavor_SendCoupon() {
	s := sandbox()
	request := &busifavor.SendCouponRequest{StockID: demoStock, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: "example-send"}
	var codes [2]string
	for i := range codes {
		sent, err := s.Client().BusiFavor().SendCoupon(context.Background(), request)
		if err != nil {
			log.Fatal(err)
		}
		codes[i] = sent.SendCouponResult.CouponCode
	}
	fmt.Println(len(codes[0]), codes[0] == codes[1])
	// Output: 22 true
}

func ExampleBusiFavor_UseCoupon() {
	s := sandbox()
	used, err := s.Client().BusiFavor().UseCoupon(context.Background(), &busifavor.UseCouponRequest{
		CouponCode: newCoupon("example-use-1"), StockID: demoStock, AppID: s.AppID,
		UseTime: schema.TimeOf(time.Now()), UseRequestNo: "example-use-2", OutTradeNo: "order-1",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(used.StockID, used.OpenID == s.OpenID)
	// Output: 1282070000000017 true
}

func ExampleBusiFavor_ReturnCoupon() {
	s, code := sandbox(), newCoupon("example-return-1")
	useCoupon(code)
	returned, err := s.Client().BusiFavor().ReturnCoupon(context.Background(), &busifavor.ReturnCouponRequest{
		CouponCode: code, StockID: demoStock, ReturnRequestNo: "example-return-2",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(returned.WechatpayReturnTime.IsZero())
	// Output: false
}

func ExampleBusiFavor_DeactivateCoupon() {
	s, code := sandbox(), newCoupon("example-deactivate-1")
	if _, err := s.Client().BusiFavor().DeactivateCoupon(context.Background(), &busifavor.DeactivateCouponRequest{
		CouponCode: code, StockID: demoStock, DeactivateRequestNo: "example-deactivate-2", DeactivateReason: "测试",
	}); err != nil {
		log.Fatal(err)
	}
	coupon, err := s.Client().BusiFavor().GetUserCoupon(context.Background(), &busifavor.GetUserCouponRequest{
		OpenID: s.OpenID, CouponCode: code, AppID: s.AppID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(coupon.CouponState)
	// Output: DEACTIVATED
}

func ExampleBusiFavor_AssociateOrder() {
	s, code := sandbox(), newCoupon("example-associate-1")
	associated, err := s.Client().BusiFavor().AssociateOrder(context.Background(), &busifavor.AssociateOrderRequest{
		StockID: demoStock, CouponCode: code, OutTradeNo: "order-2", OutRequestNo: "example-associate-2",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(associated.WechatpayAssociateTime.IsZero())
	// Output: false
}

func ExampleBusiFavor_DisassociateOrder() {
	s, code := sandbox(), newCoupon("example-disassociate-1")
	if _, err := s.Client().BusiFavor().AssociateOrder(context.Background(), &busifavor.AssociateOrderRequest{
		StockID: demoStock, CouponCode: code, OutTradeNo: "order-3", OutRequestNo: "example-disassociate-2",
	}); err != nil {
		log.Fatal(err)
	}
	disassociated, err := s.Client().BusiFavor().DisassociateOrder(context.Background(), &busifavor.DisassociateOrderRequest{
		StockID: demoStock, CouponCode: code, OutTradeNo: "order-3", OutRequestNo: "example-disassociate-3",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(disassociated.WechatpayDisassociateTime.IsZero())
	// Output: false
}

func ExampleBusiFavor_ListUserCoupons() {
	s := sandbox()
	newCoupon("example-list-1")
	page, err := s.Client().BusiFavor().ListUserCoupons(context.Background(), &busifavor.ListUserCouponsRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: demoStock, CreatorMerchant: s.MchID, Limit: new(int64(1)),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Data), page.Data[0].StockName)
	// Output: 1 满10元减5元
}

// All coupons of a user, whatever the size of a page.
func ExampleBusiFavor_UserCoupons() {
	s := sandbox()
	want := newCoupon("example-list-2")
	for coupon, err := range s.Client().BusiFavor().UserCoupons(context.Background(), &busifavor.ListUserCouponsRequest{
		OpenID: s.OpenID, AppID: s.AppID, CreatorMerchant: s.MchID, CouponState: "SENDED",
	}) {
		if err != nil {
			log.Fatal(err)
		}
		if coupon.CouponCode == want {
			fmt.Println("found", coupon.StockName)
			break
		}
	}
	// Output: found 满10元减5元
}

func ExampleBusiFavor_GetUserCoupon() {
	s := sandbox()
	coupon, err := s.Client().BusiFavor().GetUserCoupon(context.Background(), &busifavor.GetUserCouponRequest{
		OpenID: s.OpenID, CouponCode: newCoupon("example-get"), AppID: s.AppID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(coupon.StockName, coupon.CouponState)
	// Output: 满10元减5元 SENDED
}
