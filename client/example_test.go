package client_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/security"
)

// A client for a sandbox, from the files that `favord dev` makes.
func ExampleNew() {
	text, err := os.ReadFile("data/apiclient_key.pem")
	if err != nil {
		log.Fatal(err)
	}
	private, err := apiv3.ParseRSAPrivateKey(text)
	if err != nil {
		log.Fatal(err)
	}
	if text, err = os.ReadFile("data/platform_public_key.pem"); err != nil {
		log.Fatal(err)
	}
	platform, err := apiv3.ParseRSAPublicKey(text)
	if err != nil {
		log.Fatal(err)
	}
	caller, err := client.New(client.Config{
		BaseURL: "http://127.0.0.1:18080", MchID: "1900000001", SerialNo: "6A6DFFBA4FA0A24BF128F65663CDE08B51BB783A", PrivateKey: private,
		PlatformKeys:    map[string]*rsa.PublicKey{"PUB_KEY_ID_0119000000012026112324458154273853": platform},
		WechatpaySerial: "PUB_KEY_ID_0119000000012026112324458154273853",
	})
	if err != nil {
		log.Fatal(err)
	}
	stock, err := caller.BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: "1282070000000017"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.StockName)
}

// Programs decide by the code of a refusal, never by its text.
func ExampleAPIError() {
	err := error(&client.APIError{Status: 403, Code: "RULE_LIMIT", Message: "总预算用完", RequestID: "08AB-268435461"})
	if refused, is := errors.AsType[*client.APIError](err); is && refused.Code == "RULE_LIMIT" {
		fmt.Println("not issued:", refused.Message)
	}
	// Output:
	// not issued: 总预算用完
}

// A merchant that uses SM2 brings a signer and a verifier instead of RSA keys.
func ExampleNew_sM2() {
	text, err := os.ReadFile("data/apiclient_key.pem")
	if err != nil {
		log.Fatal(err)
	}
	private, err := gm.ParsePrivateKey(text)
	if err != nil {
		log.Fatal(err)
	}
	if text, err = os.ReadFile("data/platform_cert.pem"); err != nil {
		log.Fatal(err)
	}
	certificate, err := gm.ParseCertificate(text)
	if err != nil {
		log.Fatal(err)
	}
	platform, err := gm.CertificateKey(certificate)
	if err != nil {
		log.Fatal(err)
	}
	caller, err := client.New(client.Config{
		BaseURL: "http://127.0.0.1:18080", MchID: "1900000001",
		Signer:    gm.NewSigner("6A6DFFBA4FA0A24BF128F65663CDE08B51BB783A", private),
		Verifiers: []apiv3.Verifier{gm.NewVerifier(apiv3.SerialOf(certificate), platform)},
	})
	if err != nil {
		log.Fatal(err)
	}
	list, err := caller.Certificates(context.Background(), &security.ListCertificatesRequest{AlgorithmType: "SM2"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.Data))
}
