package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func ExampleManagement_Errors() {
	list, err := otherSandbox().Management().Errors(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range list.Errors {
		if e.Code == "SIGN_ERROR" {
			fmt.Println(e.ReasonEN)
		}
	}
	// Output: The signature of the request does not verify.
}

func ExampleManagement_Callbacks() {
	s := otherSandbox()
	list, err := s.Management().Callbacks(context.Background(), &manage.MerchantRequest{MchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.Callbacks))
	// Output: 0
}

func ExampleManagement_MakeCall() {
	s := otherSandbox()
	made, err := s.Management().MakeCall(context.Background(), &manage.MakeCallRequest{
		MchID: s.MchID, Method: "GET", Target: "/v3/marketing/busifavor/stocks/1",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Status, made.RefusedZH)
	// Output: 404 查询的资源不存在
}

func ExampleManagement_MakeClaimLink() {
	s := otherSandbox()
	link, err := s.Management().MakeClaimLink(context.Background(), &manage.MakeClaimLinkRequest{
		MchID: s.MchID, StockID: "1282070000000017", OpenID: s.OpenID,
	})
	if err != nil {
		log.Fatal(err)
	}
	page, err := url.Parse(link.URL)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Path, page.Query().Get("stock_id"))
	// Output: /busifavor/getcouponinfo 1282070000000017
}

func ExampleManagement_MakeSample() {
	s := otherSandbox()
	written, err := s.Management().MakeSample(context.Background(), &manage.MakeSampleRequest{
		MchID: s.MchID, Method: "GET", Target: "/v3/certificates", Language: "CLI",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(written.Text)
	// Output: favord get '/v3/certificates'
}

func ExampleManagement_CheckDraft() {
	s := otherSandbox()
	checked, err := s.Management().CheckDraft(context.Background(), &manage.CheckDraftRequest{
		MchID: s.MchID, Product: "busifavor", Body: `{"stock_name":"一二三四五六七八九十一二三四五六七八九十一二"}`,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(checked.Problems[0].Field, checked.Problems[0].TextZH)
	// Output: stock_name 字符数 22，大于最大值 21
}

func ExampleManagement_PutDraft() {
	s := otherSandbox()
	draft := &manage.PutDraftRequest{
		DraftID: "example1", MchID: s.MchID, Operation: busifavor.CreateStock, Title: "12月满减", Body: `{"stock_name":"满30减5"}`,
	}
	saved, err := s.Management().PutDraft(context.Background(), draft)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(saved.Version, saved.Editor)
	draft.Title = "12月"
	_, err = s.Management().PutDraft(context.Background(), draft) // over a version that it has not seen
	refusal, _ := errors.AsType[*client.APIError](err)
	fmt.Println(refusal.Status)
	// Output:
	// 1 operator
	// 409
}

func ExampleManagement_BeginCodeImport() {
	s, ctx := otherSandbox(), context.Background()
	port := s.Management()
	file := &manage.BeginCodeImportRequest{StockID: "1282070000000017", Name: "codes.txt", Print: "0123456789abcdef", Size: 8}
	_, err := port.BeginCodeImport(ctx, file)
	refusal, _ := errors.AsType[*client.APIError](err)
	fmt.Println(refusal.Status, refusal.Message)
	// Output: 409 The stock does not use uploaded codes: its coupon_code_mode is not MERCHANT_UPLOAD.
}

func ExampleManagement_JudgeClaims() {
	s := otherSandbox()
	judged, err := s.Management().JudgeClaims(context.Background(), &manage.JudgeClaimsRequest{
		Product: "busifavor", StockID: "1282070000000017", OpenIDs: []string{s.OpenID}, At: schema.TimeOf(time.Now().AddDate(2, 0, 0)),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, rule := range judged.Users[0].Rules {
		fmt.Println(rule.Rule, rule.Passed)
	}
	// Output:
	// RIGHT true
	// PERIOD false
	// STATE true
	// ABUSE true
	// QUOTA true
	// DAY true
	// TOTAL true
}

func ExampleManagement_WhatIf() {
	s := otherSandbox()
	answer, err := s.Management().WhatIf(context.Background(), &manage.AskRequest{
		Deed: "CLAIM", StockID: "1282070000000017", OpenID: s.OpenID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Works, answer.Rule)
	// Output: true
}

func ExampleManagement_VoucherIf() {
	s := otherSandbox()
	_, err := s.Management().VoucherIf(context.Background(), &manage.AskVoucherRequest{VoucherID: "1"})
	fmt.Println(errors.Is(err, client.ErrResourceNotExists))
	// Output: true
}

func ExampleManagement_Payments() {
	newPayment("4200000007")
	s := sandbox()
	list, err := s.Management().Payments(context.Background(), &manage.ListPaymentsRequest{MchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range list.Payments {
		if p.TransactionID == "4200000007" {
			fmt.Println(p.State, p.Total, p.Discount, p.PayerTotal)
		}
	}
	// Output: PAID 2000 100 1900
}

func ExampleManagement_Replay() {
	s := otherSandbox()
	ctx := context.Background()
	made, err := s.Management().MakeCall(ctx, &manage.MakeCallRequest{
		MchID: s.MchID, Method: "GET", Target: "/v3/marketing/busifavor/stocks/1282070000000017",
	})
	if err != nil {
		log.Fatal(err)
	}
	again, err := s.Management().Replay(ctx, &manage.ReplayRequest{RequestID: made.RequestID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Status, again.RequestID != made.RequestID)
	// Output: 200 true
}

func ExampleManagement_FindCoupons() {
	found, err := otherSandbox().Management().FindCoupons(context.Background(), &manage.FindCouponsRequest{Code: "NO-SUCH-CODE"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(found.Coupons))
	// Output: 0
}

func ExampleManagement_Summary() {
	s := otherSandbox()
	summary, err := s.Management().Summary(context.Background(), &manage.SummaryRequest{MchID: s.MchID, Product: "favor"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(summary.Yesterday.Issued)
	// Output: 0
}

func ExampleManagement_Series() {
	now := time.Now()
	series, err := otherSandbox().Management().Series(context.Background(), &manage.SeriesRequest{
		Step: "DAY", From: schema.TimeOf(now.AddDate(0, 0, -7)), Until: schema.TimeOf(now.AddDate(0, 0, -6)),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(series.Points))
	// Output: 0
}
