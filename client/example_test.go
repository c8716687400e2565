package client_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/security"
)

// With the platform's public key, from the merchant portal or from a sandbox. Without a
// BaseURL calls go to the real service.
func ExampleNew() {
	s := sandbox()
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, // apiv3.ParseRSAPrivateKey reads a PEM file
		PlatformKeys: map[string]*rsa.PublicKey{s.PublicKeyID: s.PlatformKeys[s.PublicKeyID]}, // apiv3.ParseRSAPublicKey
	})
	if err != nil {
		log.Fatal(err)
	}
	stock, err := caller.BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: demoStock})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.StockName)
	// Output: 满10元减5元
}

// With platform certificates, which the client downloads and keeps fresh.
func ExampleNew_certificates() {
	s := sandbox()
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey,
		APIv3Key: s.APIv3Key, AutoCertificates: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Get(context.Background(), "/v3/marketing/busifavor/stocks/"+demoStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.SignedBy == s.PlatformSerialNo)
	// Output: true
}

// With platform certificates from files.
func ExampleNew_fixedCertificates() {
	s := sandbox()
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey,
		PlatformKeys: map[string]*rsa.PublicKey{s.PlatformSerialNo: s.PlatformKeys[s.PlatformSerialNo]}, // apiv3.CertificateRSAKey
	})
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Get(context.Background(), "/v3/marketing/busifavor/stocks/"+demoStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.SignedBy == s.PlatformSerialNo)
	// Output: true
}

// On the way from certificates to the public key: answers and notifications may be signed by
// either.
func ExampleNew_migrating() {
	s := sandbox()
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey,
		APIv3Key: s.APIv3Key, AutoCertificates: true,
		PlatformKeys: map[string]*rsa.PublicKey{s.PublicKeyID: s.PlatformKeys[s.PublicKeyID]},
	})
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Get(context.Background(), "/v3/marketing/busifavor/stocks/"+demoStock)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.SignedBy == s.PublicKeyID)
	// Output: true
}

// A merchant that uses SM2 brings a signer and a verifier instead of RSA keys.
func ExampleNew_sM2() {
	private, err := gm.GenerateKey() // gm.ParsePrivateKey reads a PEM file
	if err != nil {
		log.Fatal(err)
	}
	platform, err := gm.GenerateKey() // gm.ParseCertificate and gm.CertificateKey
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.New(client.Config{
		MchID:     "1900000001",
		Signer:    gm.NewSigner("6A6DFFBA4FA0A24BF128F65663CDE08B51BB783A", private),
		Verifiers: []apiv3.Verifier{gm.NewVerifier("11F47ED00D676D88B3C12174052FD5DC722E24AC", platform.Public())},
	})
	fmt.Println(err)
	// Output: <nil>
}

// Platform certificates of SM2 are downloaded like those of RSA.
func ExampleWithAlgorithm() {
	private, err := gm.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.New(client.Config{
		MchID: "1900000001", Signer: gm.NewSigner("6A6DFFBA4FA0A24BF128F65663CDE08B51BB783A", private),
		APIv3Key: apiKey, AutoCertificates: true,
	}, client.WithAlgorithm(sm2()))
	fmt.Println(err)
	// Output: <nil>
}

// configuration is a sandbox's, for examples that are about something else.
func configuration() client.Config {
	s := sandbox()
	return client.Config{BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, PlatformKeys: s.PlatformKeys}
}

// Failures that pass are repeated where that is safe. Here the server fails once.
func ExampleWithRetry() {
	var attempts atomic.Int64
	caller, err := client.New(configuration(),
		client.WithRetry(client.Retry{Attempts: 5, Base: 10 * time.Millisecond, Max: time.Second}),
		client.WithObserver(func(client.Attempt) { attempts.Add(1) }),
	)
	if err != nil {
		log.Fatal(err)
	}
	sandbox().FailNext(busifavor.GetStock, http.StatusInternalServerError, "SYSTEM_ERROR")
	if _, err = caller.BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: demoStock}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(attempts.Load(), "attempts")
	// Output: 2 attempts
}

func ExampleDefaultRetry() {
	r := client.DefaultRetry()
	fmt.Println(r.Attempts, r.Base, r.Max)
	// Output: 3 200ms 5s
}

func ExampleWithObserver() {
	caller, err := client.New(configuration(), client.WithObserver(func(a client.Attempt) {
		fmt.Println(a.Number, a.Method, a.Status, a.Err)
	}))
	if err != nil {
		log.Fatal(err)
	}
	if _, err = caller.Get(context.Background(), "/v3/marketing/busifavor/stocks/"+demoStock); err != nil {
		log.Fatal(err)
	}
	// Output: 1 GET 200 <nil>
}

func ExampleWithTimeout() {
	caller, err := client.New(configuration(), client.WithTimeout(3*time.Second), client.WithUserAgent("shop/1.0"))
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second) // for all attempts together
	response, err := caller.Get(ctx, "/v3/certificates")
	cancel()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}

func ExampleWithUserAgent() {
	caller, err := client.New(configuration(), client.WithUserAgent("shop/1.0"))
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Get(context.Background(), "/v3/certificates")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status)
	// Output: 200
}

func ExampleClient_BusiFavor() {
	stocks := sandbox().Client().BusiFavor()
	stock, err := stocks.GetStock(context.Background(), &busifavor.GetStockRequest{StockID: demoStock})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stock.StockState)
	// Output: RUNNING
}

// Certificates opens what Config.AutoCertificates would by itself.
func ExampleClient_Certificates() {
	s := sandbox()
	list, err := s.Client().Certificates(context.Background(), &security.ListCertificatesRequest{})
	if err != nil {
		log.Fatal(err)
	}
	box, err := apiv3.NewBox([]byte(s.APIv3Key))
	if err != nil {
		log.Fatal(err)
	}
	text, err := box.Open(list.Data[0].EncryptCertificate.Sealed())
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := apiv3.ParseCertificate(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(apiv3.SerialOf(certificate) == s.PlatformSerialNo)
	// Output: true
}

// The echo shows whether sensitive fields are encrypted rightly in both directions.
func ExampleClient_Echo() {
	caller, ctx := sandbox().Client(), context.Background()
	key, err := caller.FieldKey(ctx)
	if err != nil {
		log.Fatal(err)
	}
	secret, err := key.Seal("13800000000")
	if err != nil {
		log.Fatal(err)
	}
	echo, err := caller.Echo(key.Context(ctx), &security.EchoRequest{EchoMessage: "hello", EncryptedEchoMessage: secret})
	if err != nil {
		log.Fatal(err)
	}
	text, err := caller.OpenField(echo.EncryptedEchoMessage)
	fmt.Println(echo.EchoMessage, text, err)
	// Output: hello 13800000000 <nil>
}

func ExampleClient_FieldKey() {
	key, err := sandbox().Client().FieldKey(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Serial == sandbox().PublicKeyID)
	// Output: true
}

func ExampleFieldKey_Seal() {
	key, err := sandbox().Client().FieldKey(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	secret, err := key.Seal("13800000000")
	fmt.Println(len(secret), err)
	// Output: 344 <nil>
}

// A call with the context names the key in its header Wechatpay-Serial.
func ExampleFieldKey_Context() {
	caller, ctx := sandbox().Client(), context.Background()
	key, err := caller.FieldKey(ctx)
	if err != nil {
		log.Fatal(err)
	}
	response, err := caller.Get(key.Context(ctx), "/v3/certificates")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.SignedBy == key.Serial)
	// Output: true
}

func ExampleClient_OpenField() {
	s := sandbox()
	// … as the platform encrypts a field for the merchant …
	secret, err := apiv3.SealField(&s.PrivateKey.PublicKey, "13800000000")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Client().OpenField(secret))
	// Output: 13800000000 <nil>
}

// Programs decide by the code of a refusal, never by its text.
func ExampleAPIError() {
	_, err := sandbox().Client().BusiFavor().GetStock(context.Background(), &busifavor.GetStockRequest{StockID: "404"})
	switch {
	case errors.Is(err, client.ErrResourceNotExists):
		fmt.Println("there is no such stock")
	case errors.Is(err, client.ErrSystemError):
		fmt.Println("later, perhaps")
	}
	if refused, is := errors.AsType[*client.APIError](err); is {
		fmt.Println(refused.Status, refused.Code, refused.Message)
	}
	// Output:
	// there is no such stock
	// 404 RESOURCE_NOT_EXISTS 查询的资源不存在
}

// Any code can be asked for, also one that is not in the list.
func ExampleCodeError() {
	err := error(&client.APIError{Status: 400, Code: "STATEMENT_CREATING", Message: "批次创建处理中,请稍晚进行上传code操作"})
	fmt.Println(errors.Is(err, client.CodeError("STATEMENT_CREATING")))
	// Output: true
}

func ExampleAPIError_Is() {
	err := error(&client.APIError{Status: 403, Code: "RULE_LIMIT", Message: "券不在有效期内"})
	fmt.Println(errors.Is(err, client.ErrRuleLimit), errors.Is(err, client.ErrNoAuth))
	// Output: true false
}

// A parameter error says which field is wrong.
func ExampleAPIError_Field() {
	_, err := sandbox().Client().Post(context.Background(), "/v3/marketing/busifavor/coupons/send", map[string]any{"openid": 1})
	refused, is := errors.AsType[*client.APIError](err)
	if !is {
		log.Fatal(err)
	}
	detail, _ := refused.Field()
	fmt.Println(refused.Code, detail.Field, detail.Value)
	// Output: PARAM_ERROR /openid 1
}

// When a signature is refused, the answer shows what the server expected to be signed.
func ExampleAPIError_Signed() {
	c := configuration()
	c.PrivateKey = platformKey() // not the merchant's
	caller, err := client.New(c)
	if err != nil {
		log.Fatal(err)
	}
	_, err = caller.Get(context.Background(), "/v3/certificates")
	if refused, is := errors.AsType[*client.APIError](err); is {
		expected, _ := refused.Signed()
		fmt.Println(refused.Code, expected.Method, expected.URL)
	}
	// Output: SIGN_ERROR GET /v3/certificates
}

// A success that nobody signed is no success.
func ExampleVerificationError() {
	c := configuration()
	c.PlatformKeys = nil // so that no answer can be verified
	caller, err := client.New(c)
	if err != nil {
		log.Fatal(err)
	}
	_, err = caller.Get(context.Background(), "/v3/certificates")
	_, unverified := errors.AsType[*client.VerificationError](err)
	fmt.Println(unverified, errors.Is(err, apiv3.ErrUnknownSerial))
	// Output: true true
}

// Whether a call without an answer was executed is known only if it was never sent.
func ExampleTransportError() {
	c := configuration()
	c.BaseURL = "http://127.0.0.1:1" // where nobody listens
	caller, err := client.New(c, client.WithRetry(client.Retry{}))
	if err != nil {
		log.Fatal(err)
	}
	_, err = caller.Post(context.Background(), "/v3/marketing/busifavor/coupons/send", nil)
	if lost, is := errors.AsType[*client.TransportError](err); is {
		fmt.Println("sent:", lost.Sent)
	}
	// Output: sent: false
}
