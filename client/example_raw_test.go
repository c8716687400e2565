package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/notify"
)

// Any operation can be called in raw form, signed and verified all the same.
func ExampleClient_Get() {
	response, err := sandbox().Client().Get(context.Background(), "/v3/marketing/busifavor/stocks/"+demoStock)
	if err != nil {
		log.Fatal(err)
	}
	var stock struct {
		StockName string `json:"stock_name"`
	}
	if err := json.Unmarshal(response.Body, &stock); err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, stock.StockName)
	// Output: 200 满10元减5元
}

func ExampleClient_Post() {
	s := sandbox()
	response, err := s.Client().Post(context.Background(), "/v3/marketing/busifavor/coupons/send", map[string]string{
		"stock_id": demoStock, "openid": s.OpenID, "appid": s.AppID, "out_request_no": "example-post",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}

func ExampleClient_Patch() {
	id := newStock("example-patch-1", "WECHATPAY_MODE")
	response, err := sandbox().Client().Patch(context.Background(), "/v3/marketing/busifavor/stocks/"+id, map[string]string{
		"goods_name": "除酒水外全部商品", "out_request_no": "example-patch-2",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 204
}

func ExampleClient_Delete() {
	id := newStock("example-delete-1", "MERCHANT_UPLOAD")
	_, err := sandbox().Client().Delete(context.Background(), "/v3/marketing/busifavor/stocks/"+id+"/couponcodes/A?delete_request_no=example-delete-2")
	fmt.Println(err != nil) // there is no such code
	// Output: true
}

func ExampleClient_Do() {
	response, err := sandbox().Client().Do(context.Background(), http.MethodGet, "/v3/certificates", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, response.SignedBy != "")
	// Output: 200 true
}

// Send has what the others do not: headers, other bodies, and word that repeating is safe.
func ExampleClient_Send() {
	s := sandbox()
	body := fmt.Sprintf(`{"stock_id":%q,"openid":%q,"appid":%q,"out_request_no":"example-raw"}`, demoStock, s.OpenID, s.AppID)
	response, err := s.Client().Send(context.Background(), client.Call{
		Method: http.MethodPost, Target: "/v3/marketing/busifavor/coupons/send", Body: []byte(body),
		Header:     http.Header{"Accept-Language": {"en"}},
		Repeatable: true, // because of its request number
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}

// A file comes with the hash that a signed answer announced.
func ExampleClient_Download() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, flow) }))
	examples.Cleanup(server.Close)
	c := configuration()
	c.BaseURL = server.URL
	caller, err := client.New(c)
	if err != nil {
		log.Fatal(err)
	}

	var file bytes.Buffer
	size, err := caller.Download(context.Background(), client.File{
		URL: server.URL + "/v3/billdownload/file?token=1", HashType: "SHA1", HashValue: sha1Of(flow),
	}, &file)
	fmt.Println(size == int64(len(flow)), err)
	// Output: true <nil>
}

func ExampleClient_Media() {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 120, 120))); err != nil {
		log.Fatal(err)
	}
	uploaded, err := sandbox().Client().Media().UploadImage(context.Background(), &media.UploadImageRequest{
		Meta: media.ImageMeta{Filename: "logo.png"}, File: picture.Bytes(),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.HasPrefix(uploaded.MediaURL, "http"))
	// Output: true
}

func ExampleMedia_UploadImage() {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 120, 120))); err != nil {
		log.Fatal(err)
	}
	uploaded, err := sandbox().Client().Media().UploadImage(context.Background(), &media.UploadImageRequest{
		Meta: media.ImageMeta{Filename: "logo.png"}, File: picture.Bytes(),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(uploaded.MediaURL) <= 128)
	// Output: true
}

// A handler for the notification URL, which handles every event once. The sandbox delivers
// to it.
func ExampleClient_NotifyHandler() {
	s, ctx := sandbox(), context.Background()
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, PlatformKeys: s.PlatformKeys,
		APIv3Key: s.APIv3Key,
	})
	if err != nil {
		log.Fatal(err)
	}
	events := make(chan *notify.CouponSend, 100)
	handler, err := caller.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, _ *client.Notification, e *notify.CouponSend) error {
			events <- e
			return nil
		},
		Once:    client.RememberIDs(10_000),
		OnError: func(_ *http.Request, err error) { log.Print(err) },
	})
	if err != nil {
		log.Fatal(err)
	}
	receiver := httptest.NewServer(handler)
	examples.Cleanup(receiver.Close)
	if _, err := caller.BusiFavor().SetCallback(ctx, &busifavor.SetCallbackRequest{NotifyURL: receiver.URL + "/notify"}); err != nil {
		log.Fatal(err)
	}

	sent, err := caller.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		StockID: demoStock, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: "example-notify",
	})
	if err != nil {
		log.Fatal(err)
	}
	for e := range events {
		if e.CouponCode == sent.SendCouponResult.CouponCode {
			fmt.Println(e.SendChannel, e.SendReqNo)
			break
		}
	}
	// Output: BUSICOUPON_SEND_CHANNEL_API example-notify
}

// For programs that do not receive notifications with net/http.
func ExampleClient_ParseNotification() {
	caller := receiver(examples, apiKey, platformKeys())
	header, body := event(examples, notify.CouponUsed, "1", `{"coupon_id":"98674556"}`, at())
	n, err := caller.ParseNotification(context.Background(), header, body)
	if err != nil {
		log.Fatal(err)
	}
	var used notify.CouponUse
	if err := json.Unmarshal(n.Plaintext, &used); err != nil {
		log.Fatal(err)
	}
	fmt.Println(n.EventType, used.CouponID)
	// Output: COUPON.USE 98674556
}

func ExampleRememberIDs() {
	once := client.RememberIDs(100)
	for range 2 {
		err := once(context.Background(), "event-1", func(context.Context) error {
			fmt.Println("handled")
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
	}
	// Output: handled
}
