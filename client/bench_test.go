package client_test

import (
	"bytes"
	"crypto/rsa"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/notify"
)

// stamp signs everything the same way and verifies anything: what is left is the client.
type stamp struct{}

func (stamp) Scheme() apiv3.Scheme { return apiv3.SchemeRSA }

func (stamp) Serial() string { return platformSerial }

func (stamp) Sign([]byte) (string, error) { return "c2lnbmF0dXJl", nil }

func (stamp) Verify([]byte, string) error { return nil }

// echo is a transport without a network, which always answers the same.
func echo(answer []byte) roundTrip {
	h := http.Header{
		apiv3.HeaderTimestamp: {strconv.FormatInt(time.Now().Unix(), 10)}, apiv3.HeaderNonce: {"n"},
		apiv3.HeaderSignature: {"c2lnbmF0dXJl"}, apiv3.HeaderSerial: {platformSerial},
	}
	return func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return nil, err
			}
		}
		return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
	}
}

func stamped(tb testing.TB) *client.Client {
	tb.Helper()
	answer := []byte(`{"send_coupon_result":{"stock_id":"1282070000000017","out_request_no":"n","coupon_code":"1"}}`)
	c, err := client.New(client.Config{
		BaseURL: "https://api.test", MchID: "1900000001", Signer: stamp{}, Verifiers: []apiv3.Verifier{stamp{}},
		HTTPClient: &http.Client{Transport: echo(answer)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func sendRequest() *busifavor.SendCouponRequest {
	return &busifavor.SendCouponRequest{OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", AppID: "wx8888888888888888", StockID: "1282070000000017", OutRequestNo: "n"}
}

// BenchmarkCall is what the client itself costs: no cryptography, no network.
func BenchmarkCall(b *testing.B) {
	c, request := stamped(b), sendRequest()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.BusiFavor().SendCoupon(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCallWithRSA signs the request and verifies the answer, too.
func BenchmarkCallWithRSA(b *testing.B) {
	c, err := client.New(client.Config{
		BaseURL: "https://api.test", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		PlatformKeys: platformKeys(), HTTPClient: &http.Client{Transport: signedEcho(b)},
	})
	if err != nil {
		b.Fatal(err)
	}
	request := sendRequest()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.BusiFavor().SendCoupon(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

// signedEcho answers with one signature, made beforehand.
func signedEcho(tb testing.TB) roundTrip {
	tb.Helper()
	signer, err := apiv3.NewRSASigner(platformSerial, platformKey())
	if err != nil {
		tb.Fatal(err)
	}
	signed, err := apiv3.SignResponse(signer, []byte("{}"), time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	h := http.Header{}
	signed.SetHeader(h)
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader([]byte("{}"))), Request: r}, nil
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		stamped(b)
	}
}

func BenchmarkParseNotification(b *testing.B) {
	c := receiver(b, apiKey, map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey})
	header, body := event(b, notify.CouponSent, "1", sent, at())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.ParseNotification(b.Context(), header, body); err != nil {
			b.Fatal(err)
		}
	}
}

// TestACallKeepsWithinItsAllocations: what a call allocates besides cryptography and network
// does not grow unnoticed.
func TestACallKeepsWithinItsAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of all goroutines.
	const most = 60
	c, request := stamped(t), sendRequest()
	if got := testing.AllocsPerRun(100, func() {
		if _, err := c.BusiFavor().SendCoupon(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}); got > most {
		t.Errorf("%v allocations, at most %d", got, most)
	}
}
