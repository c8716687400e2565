package client_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// demoShop is a merchant of the demo merchant's brand.
const demoShop = "1900000002"

// paySubsidy redeems a coupon and has the demo shop refunded, for an example.
func paySubsidy(number string) *busifavor.SubsidyReceipt {
	s, code := sandbox(), newCoupon(number)
	useCoupon(code)
	receipt, err := s.Client().BusiFavor().PaySubsidy(context.Background(), &busifavor.PaySubsidyRequest{
		StockID: demoStock, CouponCode: code, TransactionID: "4200000913202101152566792388", PayerMerchant: s.MchID, PayeeMerchant: demoShop,
		Amount: 100, Description: "补差", OutSubsidyNo: number + "-pay",
	})
	if err != nil {
		log.Fatal(err)
	}
	return receipt
}

// returnSubsidy takes a part of a subsidy back, for an example.
func returnSubsidy(paid *busifavor.SubsidyReceipt) *busifavor.SubsidyReturnReceipt {
	receipt, err := sandbox().Client().BusiFavor().ReturnSubsidy(context.Background(), &busifavor.ReturnSubsidyRequest{
		StockID: paid.StockID, CouponCode: paid.CouponCode, TransactionID: paid.TransactionID, RefundID: "5030000001202101152566792388",
		PayerMerchant: paid.PayerMerchant, PayeeMerchant: paid.PayeeMerchant,
		Amount: 40, Description: "退款", OutSubsidyReturnNo: paid.OutSubsidyNo + "-return",
	})
	if err != nil {
		log.Fatal(err)
	}
	return receipt
}

// One merchant refunds another one the discount of a redeemed coupon. Look at the status:
// a transfer that was refused is an answer, too.
func ExampleBusiFavor_PaySubsidy() {
	receipt := paySubsidy("example-subsidy-1")
	fmt.Println(receipt.Status, receipt.Amount, len(receipt.SubsidyReceiptID))
	// Output: PAY_RECEIPT_SUCCESS 100 28
}

func ExampleBusiFavor_ListSubsidies() {
	paid := paySubsidy("example-subsidy-2")
	list, err := sandbox().Client().BusiFavor().ListSubsidies(context.Background(), &busifavor.ListSubsidiesRequest{
		StockID: paid.StockID, CouponCode: paid.CouponCode,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.PayReceiptList), list.PayReceiptList[0].SubsidyReceiptID == paid.SubsidyReceiptID)
	// Output: 1 true
}

func ExampleBusiFavor_GetSubsidy() {
	paid := paySubsidy("example-subsidy-3")
	returnSubsidy(paid)
	shown, err := sandbox().Client().BusiFavor().GetSubsidy(context.Background(), &busifavor.GetSubsidyRequest{SubsidyReceiptID: paid.SubsidyReceiptID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(shown.Status)
	// Output: PAY_RECEIPT_PARTIAL_RETURN
}

func ExampleBusiFavor_ReturnSubsidy() {
	receipt := returnSubsidy(paySubsidy("example-subsidy-4"))
	fmt.Println(receipt.Status, receipt.Amount)
	// Output: RETURN_RECEIPT_SUCCESS 40
}

func ExampleBusiFavor_GetSubsidyReturn() {
	receipt := returnSubsidy(paySubsidy("example-subsidy-5"))
	shown, err := sandbox().Client().BusiFavor().GetSubsidyReturn(context.Background(), &busifavor.GetSubsidyReturnRequest{
		SubsidyReturnReceiptID: receipt.SubsidyReturnReceiptID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(shown.Status, shown.RefundID)
	// Output: RETURN_RECEIPT_SUCCESS 5030000001202101152566792388
}

func ExampleBusiFavor_SendCard() {
	s := sandbox()
	request := &busifavor.SendCardRequest{
		CardID: "pIJMr5MMiIkO_93VtPyIiEk2DZ4w", AppID: s.AppID, OpenID: s.OpenID, OutRequestNo: "example-card", SendTime: schema.TimeOf(time.Now()),
	}
	var codes [2]string
	for i := range codes { // the repeat gets the same code
		sent, err := s.Client().BusiFavor().SendCard(context.Background(), request)
		if err != nil {
			log.Fatal(err)
		}
		codes[i] = sent.CardCode
	}
	fmt.Println(len(codes[0]), codes[0] == codes[1])
	// Output: 12 true
}
