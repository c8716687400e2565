// Command quickstart issues a coupon and redeems it. It owns nothing: it is the sample of
// docs/quickstart.md, and a test runs it. It calls the real service, or the base URL that is
// its argument.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

const stock = "1282070000000017" // every sandbox has it: 5 yuan off 10

func main() {
	base := client.DefaultBaseURL
	if len(os.Args) > 1 {
		base = os.Args[1]
	}
	if err := run(os.Stdout, base); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run issues a coupon and redeems it.
func run(out io.Writer, base string) error {
	ctx := context.Background()
	wechat, err := connect(base)
	if err != nil {
		return err
	}
	sent, err := wechat.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
		StockID: stock, AppID: os.Getenv("FAVORD_APPID"), OpenID: os.Getenv("FAVORD_OPENID"),
		OutRequestNo: rand.Text(), // a repeat with the same number issues nothing twice
	})
	if err != nil {
		return err
	}
	code := sent.SendCouponResult.CouponCode
	_, _ = fmt.Fprintln(out, "issued", code)

	_, err = wechat.BusiFavor().UseCoupon(ctx, &busifavor.UseCouponRequest{
		CouponCode: code, StockID: stock, AppID: os.Getenv("FAVORD_APPID"),
		UseTime: schema.TimeOf(time.Now()), UseRequestNo: rand.Text(),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "redeemed", code)
	return err
}

// connect returns a client that signs with the merchant's key and verifies with the
// platform's.
func connect(base string) (*client.Client, error) {
	private, err := os.ReadFile(os.Getenv("FAVORD_PRIVATE_KEY_FILE"))
	if err != nil {
		return nil, err
	}
	key, err := apiv3.ParseRSAPrivateKey(private)
	if err != nil {
		return nil, err
	}
	public, err := os.ReadFile(os.Getenv("FAVORD_PUBLIC_KEY_FILE"))
	if err != nil {
		return nil, err
	}
	platform, err := apiv3.ParseRSAPublicKey(public)
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		BaseURL: base, MchID: os.Getenv("FAVORD_MCHID"), SerialNo: os.Getenv("FAVORD_SERIAL_NO"), PrivateKey: key,
		PlatformKeys:    map[string]*rsa.PublicKey{os.Getenv("FAVORD_PUBLIC_KEY_ID"): platform},
		WechatpaySerial: os.Getenv("FAVORD_PUBLIC_KEY_ID"),
	})
}
