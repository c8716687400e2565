package client_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

const (
	merchantSerial = "7DB82723973976E12793ED584E3D41442B040AA3"
	platformSerial = "11F47ED00D676D88B3C12174052FD5DC722E24AC"
)

// keys are made once: all tests share them.
var keys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var pair [2]*rsa.PrivateKey
	for i := range pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		pair[i] = key
	}
	return pair
})

func merchantKey() *rsa.PrivateKey { return keys()[0] }

func platformKey() *rsa.PrivateKey { return keys()[1] }

func at() time.Time { return time.Unix(1795312800, 0) }

// platform is a server that verifies every request and answers what a test wants.
type platform struct {
	*httptest.Server
	// answer is the next answer.
	status int
	body   string
	// spoil changes the headers of an answer after it was signed.
	spoil func(h http.Header)
	// got is the last request.
	got  *http.Request
	sent []byte
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{status: http.StatusOK, body: `{}`}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.got = r
		var err error
		if p.sent, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		p.verify(t)
		signer, err := apiv3.NewRSASigner(platformSerial, platformKey())
		if err != nil {
			t.Error(err)
			return
		}
		signed, err := apiv3.SignResponse(signer, []byte(p.body), at())
		if err != nil {
			t.Error(err)
		}
		signed.SetHeader(w.Header())
		w.Header()[apiv3.HeaderRequestID] = []string{"08AB-0"}
		if p.spoil != nil {
			p.spoil(w.Header())
		}
		w.WriteHeader(p.status)
		_, _ = io.WriteString(w, p.body)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *platform) verify(t *testing.T) {
	t.Helper()
	a, err := apiv3.ParseAuthorization(p.got.Header.Get("Authorization"))
	if err != nil {
		t.Errorf("authorization: %v", err)
		return
	}
	verifier, err := apiv3.NewRSAVerifier(merchantSerial, &merchantKey().PublicKey)
	if err != nil {
		t.Error(err)
		return
	}
	signed := apiv3.Request{Method: p.got.Method, Target: p.got.RequestURI, Body: p.sent}
	if err := a.Verify(verifier, signed); err != nil || a.Serial != merchantSerial || a.Identity != "1900000001" {
		t.Errorf("%s %s: %v with %+v", p.got.Method, p.got.RequestURI, err, a)
	}
}

// client returns a client that does not repeat calls unless an option says so.
func (p *platform) client(t *testing.T, options ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(client.Config{
		BaseURL: p.URL, MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		PlatformKeys: map[string]*rsa.PublicKey{strings.ToLower(platformSerial): &platformKey().PublicKey},
		Now:          at,
	}, append([]client.Option{client.WithRetry(client.Retry{})}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAForgedAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(h http.Header)
		want  error
	}{
		"unsigned":    {func(h http.Header) { delete(h, apiv3.HeaderSignature) }, apiv3.ErrUnsigned},
		"other nonce": {func(h http.Header) { h[apiv3.HeaderNonce] = []string{"x"} }, apiv3.ErrSignature},
		"unknown key": {func(h http.Header) { h[apiv3.HeaderSerial] = []string{merchantSerial} }, apiv3.ErrUnknownSerial},
		"stale":       {func(h http.Header) { h[apiv3.HeaderTimestamp] = []string{"1795312499"} }, apiv3.ErrTimestamp},
		"probe traffic": {func(h http.Header) {
			h[apiv3.HeaderSignature] = []string{apiv3.Probe(h[apiv3.HeaderSignature][0])}
		}, apiv3.ErrSignature},
	} {
		p := newPlatform(t)
		p.spoil = c.spoil
		if answer, err := p.client(t).Do(t.Context(), http.MethodGet, "/v3/certificates", nil); !errors.Is(err, c.want) || answer != nil {
			t.Errorf("%s gives %v, %v, want %v", name, answer, err, c.want)
		}
	}
}

func TestAnErrorAnswerBecomesAnError(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.status, p.body = http.StatusForbidden, `{"code":"RULE_LIMIT","message":"总预算用完","detail":{"a":1}}`
	_, err := p.client(t).BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: "1"})
	refused, is := errors.AsType[*client.APIError](err)
	if !is || refused.Status != 403 || refused.Code != "RULE_LIMIT" || refused.Message != "总预算用完" || string(refused.Detail) != `{"a":1}` || refused.RequestID != "08AB-0" {
		t.Fatalf("gives %+v", err)
	}
	if text := refused.Error(); !strings.Contains(text, "403 RULE_LIMIT") || !strings.Contains(text, "08AB-0") {
		t.Errorf("says %q", text)
	}
	// Without a signature, as the authentication stage answers, it is one all the same.
	p.spoil = func(h http.Header) { delete(h, apiv3.HeaderSignature) }
	response, err := p.client(t).Do(t.Context(), http.MethodGet, "/", nil)
	if response == nil || response.SignedBy != "" || response.Status != 403 || err == nil {
		t.Errorf("unsigned: %+v, %v", response, err)
	}
	// With a wrong one it is nobody's answer.
	p.spoil = func(h http.Header) { h[apiv3.HeaderNonce] = []string{"x"} }
	if response, err := p.client(t).Do(t.Context(), http.MethodGet, "/", nil); response != nil || !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("forged: %+v, %v", response, err)
	}
	p.spoil, p.body = nil, ""
	if _, err := p.client(t).Do(t.Context(), http.MethodGet, "/", nil); err == nil {
		t.Error("an empty error answer is no error")
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.status, p.spoil = http.StatusFound, func(h http.Header) { h.Set("Location", "/elsewhere") }
	if _, err := p.client(t).Do(t.Context(), http.MethodGet, "/v3/certificates", nil); err == nil || p.got.RequestURI != "/v3/certificates" {
		t.Errorf("%v after %s", err, p.got.RequestURI)
	}
}

func TestAHugeAnswerIsNotSwallowed(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.body = strings.Repeat(" ", 8<<20+1)
	if _, err := p.client(t).Do(t.Context(), http.MethodGet, "/", nil); err == nil {
		t.Error("it is")
	}
}

func TestAWrongConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]client.Config{
		"no key":             {},
		"relative URL":       {BaseURL: "localhost", PrivateKey: merchantKey()},
		"small key":          {PrivateKey: small},
		"small platform key": {PrivateKey: merchantKey(), PlatformKeys: map[string]*rsa.PublicKey{"1": &small.PublicKey}},
	} {
		if _, err := client.New(c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := client.New(client.Config{PrivateKey: merchantKey()}); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

func TestTheNamedKeyAndLanguageTravel(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	c, err := client.New(client.Config{
		BaseURL: p.URL + "/", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(), Now: at,
		PlatformKeys:    map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey},
		WechatpaySerial: "PUB_KEY_ID_1", Language: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), http.MethodPost, "/v3/x?a=%7c", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if p.got.Header.Get("Wechatpay-Serial") != "PUB_KEY_ID_1" || p.got.Header.Get("Accept-Language") != "en" || p.got.RequestURI != "/v3/x?a=%7c" {
		t.Errorf("%s with %v", p.got.RequestURI, p.got.Header)
	}
	if !bytes.Equal(p.sent, []byte("{}")) {
		t.Errorf("sent %s", p.sent)
	}
}

// TestTheOnlyKeyIsNamedWhenItIsAPublicKey: any other signature could not be verified.
func TestTheOnlyKeyIsNamedWhenItIsAPublicKey(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	verifier := func(serial string) apiv3.Verifier {
		v, err := apiv3.NewRSAVerifier(serial, &platformKey().PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		verifiers []apiv3.Verifier
		named     string
	}{
		{[]apiv3.Verifier{verifier("PUB_KEY_ID_1")}, "PUB_KEY_ID_1"},
		{[]apiv3.Verifier{verifier(platformSerial)}, ""},
		{[]apiv3.Verifier{verifier("PUB_KEY_ID_1"), verifier(platformSerial)}, ""},
	} {
		caller, err := client.New(client.Config{
			BaseURL: p.URL, MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(), Now: at, Verifiers: c.verifiers,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = caller.Do(t.Context(), http.MethodGet, "/v3/x", nil) // whoever signs the answer
		if got := p.got.Header.Get("Wechatpay-Serial"); got != c.named {
			t.Errorf("%d verifiers: the request names %q, not %q", len(c.verifiers), got, c.named)
		}
	}
}

func TestACancelledCallEnds(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.client(t).Do(ctx, http.MethodGet, "/", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("gives %v", err)
	}
}
