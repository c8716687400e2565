package client_test

import (
	"context"
	"fmt"
	"log"

	"github.com/favord/favord/wire/rail"
)

// payment is an order of 20 yuan that a voucher pays a part of.
func payment(transaction string, coupons ...string) *rail.PayRequest {
	s := sandbox()
	return &rail.PayRequest{
		TransactionID: transaction, AppID: s.AppID, OpenID: s.OpenID, CouponIDs: coupons,
		Order: rail.Order{MchID: s.MchID, Total: 2000},
	}
}

// newPayment pays with a new voucher for an example.
func newPayment(transaction string) {
	if _, err := sandbox().Client().Rail().Pay(context.Background(), payment(transaction, newVoucher("voucher-"+transaction))); err != nil {
		log.Fatal(err)
	}
}

// The payment system of a wallet asks what vouchers do for an order, and pays with them.
func ExampleClient_Rail() {
	s := sandbox()
	quote, err := s.Client().Rail().Quote(context.Background(), &rail.QuoteRequest{
		AppID: s.AppID, OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWe000", Order: rail.Order{MchID: s.MchID, Total: 2000},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(quote.Vouchers), quote.BestDiscount)
	// Output: 0 0
}

func ExampleRail_Quote() {
	s, coupon := sandbox(), newVoucher("example-quote")
	quote, err := s.Client().Rail().Quote(context.Background(), &rail.QuoteRequest{
		AppID: s.AppID, OpenID: s.OpenID, Order: rail.Order{MchID: s.MchID, Total: 2000},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range quote.Vouchers {
		if v.CouponID == coupon {
			fmt.Println(v.Applies, v.Discount)
		}
	}
	// Output: true 100
}

func ExampleRail_Pay() {
	paid, err := sandbox().Client().Rail().Pay(context.Background(), payment("4200000001", newVoucher("example-pay")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(paid.Total, paid.Discount, paid.PayerTotal)
	// Output: 2000 100 1900
}

func ExampleRail_GetPayment() {
	newPayment("4200000002")
	found, err := sandbox().Client().Rail().GetPayment(context.Background(), &rail.GetPaymentRequest{TransactionID: "4200000002"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.PayerTotal, found.Refunded)
	// Output: 1900 0
}

func ExampleRail_Refund() {
	newPayment("4200000003")
	refunded, err := sandbox().Client().Rail().Refund(context.Background(), &rail.RefundRequest{
		TransactionID: "4200000003", RefundID: "5000000001", Amount: 2000,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(refunded.PayerRefund, refunded.DiscountRefund, refunded.CouponsReturned)
	// Output: 1900 100 true
}
