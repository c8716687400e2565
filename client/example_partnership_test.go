package client_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log"

	"github.com/favord/favord/wire/partnership"
)

// partner lets the appid of the sandbox give out a new stock.
func partner(number string) partnership.BuildRequest {
	return partnership.BuildRequest{
		IdempotencyKey: number,
		Partner:        partnership.Partner{Type: "APPID", AppID: sandbox().AppID},
		AuthorizedData: partnership.AuthorizedData{BusinessType: "BUSIFAVOR_STOCK", StockID: newStock("stock-"+number, "WECHATPAY_MODE")},
	}
}

// Partnerships (合作关系) say who besides its creator may give out a stock.
func ExampleClient_Partnership() {
	page, err := sandbox().Client().Partnership().List(context.Background(), &partnership.ListRequest{
		AuthorizedData: partnership.DataFilter{BusinessType: "FAVOR_STOCK"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.TotalCount)
	// Output: 0
}

func ExamplePartnership_Build() {
	request := partner("example-partner-1")
	built, err := sandbox().Client().Partnership().Build(context.Background(), &request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(built.Partner.Type, built.State)
	// Output: APPID ESTABLISHED
}

func ExamplePartnership_Terminate() {
	request, ctx := partner("example-partner-2"), context.Background()
	caller := sandbox().Client().Partnership()
	if _, err := caller.Build(ctx, &request); err != nil {
		log.Fatal(err)
	}
	ended, err := caller.Terminate(ctx, &partnership.TerminateRequest{
		IdempotencyKey: "example-partner-3", Partner: request.Partner, AuthorizedData: request.AuthorizedData,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ended.TerminateTime.IsZero())
	// Output: false
}

func ExamplePartnership_List() {
	request, ctx := partner("example-partner-4"), context.Background()
	caller := sandbox().Client().Partnership()
	if _, err := caller.Build(ctx, &request); err != nil {
		log.Fatal(err)
	}
	page, err := caller.List(ctx, &partnership.ListRequest{AuthorizedData: partnership.DataFilter(request.AuthorizedData)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.TotalCount, page.Data[0].Partner.AppID)
	// Output: 1 wx8888888888888888
}

func ExamplePartnership_All() {
	request, ctx := partner("example-partner-5"), context.Background()
	caller := sandbox().Client().Partnership()
	if _, err := caller.Build(ctx, &request); err != nil {
		log.Fatal(err)
	}
	for p, err := range caller.All(ctx, &partnership.ListRequest{AuthorizedData: partnership.DataFilter(request.AuthorizedData)}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Partner.AppID)
	}
	// Output: wx8888888888888888
}

func ExampleMedia_UploadImageFrom() {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 120, 120))); err != nil {
		log.Fatal(err)
	}
	uploaded, err := sandbox().Client().Media().UploadImageFrom(context.Background(), "logo.png", &picture) // or a file
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(uploaded.MediaURL != "")
	// Output: true
}
