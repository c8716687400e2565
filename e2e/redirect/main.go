// Command redirect is a merchant's program as it is written for the real service: it knows
// no other host. It owns nothing; a test runs it under `favord run`, which redirects it to a
// sandbox.
package main

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"os"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

func main() {
	if err := run(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prints a stock whose answer's signature was verified.
func run(out io.Writer, stock string) error {
	private, err := os.ReadFile(os.Getenv("FAVORD_PRIVATE_KEY_FILE")) //nolint:gosec // whoever runs it names the file
	if err != nil {
		return err
	}
	key, err := apiv3.ParseRSAPrivateKey(private)
	if err != nil {
		return err
	}
	public, err := os.ReadFile(os.Getenv("FAVORD_PUBLIC_KEY_FILE")) //nolint:gosec // likewise
	if err != nil {
		return err
	}
	platform, err := apiv3.ParseRSAPublicKey(public)
	if err != nil {
		return err
	}
	wechat, err := client.New(client.Config{
		MchID: os.Getenv("FAVORD_MCHID"), SerialNo: os.Getenv("FAVORD_SERIAL_NO"), PrivateKey: key,
		PlatformKeys:    map[string]*rsa.PublicKey{os.Getenv("FAVORD_PUBLIC_KEY_ID"): platform},
		WechatpaySerial: os.Getenv("FAVORD_PUBLIC_KEY_ID"),
	})
	if err != nil {
		return err
	}
	shown, err := wechat.BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: stock})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, shown.StockName)
	return err
}
