package client_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/notify"
)

// The samples of docs/client.md, word for word.

// files returns the content of a sandbox's files.
func files() (keyPEM, publicPEM []byte) {
	var environment struct {
		PrivateKeyFile string `json:"private_key_file"`
		PublicKeyFile  string `json:"public_key_file"`
	}
	if err := json.Unmarshal(sandbox().Environment, &environment); err != nil {
		log.Fatal(err)
	}
	keyPEM, err := os.ReadFile(environment.PrivateKeyFile)
	if err != nil {
		log.Fatal(err)
	}
	if publicPEM, err = os.ReadFile(environment.PublicKeyFile); err != nil {
		log.Fatal(err)
	}
	return keyPEM, publicPEM
}

func Example_guide() {
	s, ctx := sandbox(), context.Background()
	keyPEM, publicPEM := files()
	url, mchID, serial, publicKeyID, appID, openID := s.URL, s.MchID, s.SerialNo, s.PublicKeyID, s.AppID, s.OpenID

	key, err := apiv3.ParseRSAPrivateKey(keyPEM) // apiclient_key.pem
	if err != nil {
		log.Fatal(err)
	}
	platform, err := apiv3.ParseRSAPublicKey(publicPEM) // pub_key.pem
	if err != nil {
		log.Fatal(err)
	}
	caller, err := client.New(client.Config{
		BaseURL: url, // leave it out for the real service
		MchID:   mchID, SerialNo: serial, PrivateKey: key,
		PlatformKeys: map[string]*rsa.PublicKey{publicKeyID: platform},
	})
	if err != nil {
		log.Fatal(err)
	}

	sent, err := caller.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		StockID: "1282070000000017", AppID: appID, OpenID: openID, OutRequestNo: "1900000001202611220001",
	})
	switch {
	case errors.Is(err, client.ErrRuleLimit):
		log.Print("the user has enough of them")
	case err != nil:
		log.Fatal(err)
	}

	request := &busifavor.ListUserCouponsRequest{OpenID: openID, AppID: appID, CreatorMerchant: mchID}
	for coupon, err := range caller.BusiFavor().UserCoupons(ctx, request) {
		if err != nil {
			log.Fatal(err)
		}
		if coupon.CouponCode == sent.SendCouponResult.CouponCode {
			fmt.Println(coupon.StockName, coupon.CouponState)
		}
	}
	// Output: 满10元减5元 SENDED
}

func Example_guideCertificates() {
	s := sandbox()
	url, mchID, serial, key, apiV3Key := s.URL, s.MchID, s.SerialNo, s.PrivateKey, s.APIv3Key

	caller, err := client.New(client.Config{
		BaseURL: url,
		MchID:   mchID, SerialNo: serial, PrivateKey: key,
		APIv3Key: apiV3Key, AutoCertificates: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = caller.Get(context.Background(), "/v3/certificates")
	fmt.Println(err)
	// Output: <nil>
}

func Example_guideOptions() {
	config := configuration()

	caller, err := client.New(config,
		client.WithUserAgent("shop/1.0"),
		client.WithTimeout(5*time.Second),
		client.WithRetry(client.Retry{Attempts: 4, Base: 100 * time.Millisecond, Max: 2 * time.Second}),
		client.WithObserver(func(a client.Attempt) {
			slog.Debug("call", "method", a.Method, "url", a.URL, "attempt", a.Number, "status", a.Status, "request_id", a.RequestID, "took", a.Duration, "error", a.Err)
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	_, err = caller.Get(context.Background(), "/v3/certificates")
	fmt.Println(err)
	// Output: <nil>
}

func Example_guideErrors() {
	_, err := sandbox().Client().BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: "404"})

	if refused, is := errors.AsType[*client.APIError](err); is {
		fmt.Println(refused.Status, refused.Code, refused.RequestID != "") // the platform refused
		if field, has := refused.Field(); has {
			fmt.Println(field.Location, field.Field, field.Issue)
		}
	}
	if unverified, is := errors.AsType[*client.VerificationError](err); is {
		fmt.Println("the answer cannot be verified:", unverified.Err)
	}
	if lost, is := errors.AsType[*client.TransportError](err); is {
		fmt.Println("no answer; perhaps executed:", lost.Sent)
	}
	// Output: 404 RESOURCE_NOT_EXISTS true
}

func Example_guideNotifications() {
	caller, mux := receiver(examples, apiKey, platformKeys()), http.NewServeMux()

	handler, err := caller.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, _ *client.Notification, e *notify.CouponSend) error {
			fmt.Println("coupon", e.CouponCode, "of stock", e.StockID)
			return nil // an error: the platform delivers it again
		},
		Once: client.RememberIDs(100_000),
		OnError: func(r *http.Request, err error) {
			slog.Warn("notification refused", "from", r.RemoteAddr, "error", err)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("POST /wechatpay/notify", handler)

	header, body := event(examples, notify.CouponSent, "1", sent, at())
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/wechatpay/notify", bytes.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	r.Header = header
	mux.ServeHTTP(discard{}, r)
	// Output: coupon 1 of stock 2
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{}

func (discard) Header() http.Header { return http.Header{} }

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func (discard) WriteHeader(int) {}

func Example_guideRaw() {
	caller, ctx := sandbox().Client(), context.Background()

	response, err := caller.Get(ctx, "/v3/marketing/busifavor/stocks/1282070000000017")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(response.Body), "stock_name"), response.SignedBy != "")
	// Output: true true
}

func Example_guideField() {
	caller, ctx := sandbox().Client(), context.Background()

	key, err := caller.FieldKey(ctx)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := key.Seal("13800000000")
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Post(key.Context(ctx), "/v3/security/echo", map[string]string{
		"echo_message": "hello", "encrypted_echo_message": secret,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}
