package client_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/notify"
)

// A merchant says where events go, and is told of each coupon from then on.
func ExampleBusiFavor_SetCallback() {
	s, told := sandbox(), make(chan *notify.CouponSend, 1)
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, PlatformKeys: s.PlatformKeys, APIv3Key: s.APIv3Key,
	})
	if err != nil {
		log.Fatal(err)
	}
	handler, err := caller.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, _ *client.Notification, event *notify.CouponSend) error {
			select {
			case told <- event:
			default: // once is enough here
			}
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	receiver := httptest.NewServer(handler)
	set, err := caller.BusiFavor().SetCallback(context.Background(), &busifavor.SetCallbackRequest{NotifyURL: receiver.URL + "/notify"})
	if err != nil {
		log.Fatal(err)
	}
	newCoupon("example-callback-1")
	event := <-told
	receiver.Close()
	fmt.Println(set.MchID == s.MchID, event.StockID, event.SendChannel)
	// Output: true 1282070000000017 BUSICOUPON_SEND_CHANNEL_API
}

func ExampleBusiFavor_GetCallback() {
	s, ctx := sandbox(), context.Background()
	if _, err := s.Client().BusiFavor().SetCallback(ctx, &busifavor.SetCallbackRequest{NotifyURL: "http://127.0.0.1:1/notify"}); err != nil {
		log.Fatal(err)
	}
	got, err := s.Client().BusiFavor().GetCallback(ctx, &busifavor.GetCallbackRequest{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.NotifyURL)
	// Output: http://127.0.0.1:1/notify
}

func ExampleFavor_SetCallback() {
	s := sandbox()
	set, err := s.Client().Favor().SetCallback(context.Background(), &favor.SetCallbackRequest{
		MchID: s.MchID, NotifyURL: "https://www.example.com/notify", Switch: new(false),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.NotifyURL)
	// Output: https://www.example.com/notify
}

func ExampleFavor_GetCallback() {
	s, ctx := sandbox(), context.Background()
	if _, err := s.Client().Favor().SetCallback(ctx, &favor.SetCallbackRequest{MchID: s.MchID, NotifyURL: "https://www.example.com/used"}); err != nil {
		log.Fatal(err)
	}
	got, err := s.Client().Favor().GetCallback(ctx, &favor.GetCallbackRequest{MchID: s.MchID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.NotifyURL)
	// Output: https://www.example.com/used
}
