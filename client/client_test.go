package client_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
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

// TestEveryOperationIsInTheClient calls each operation of the tables.
func TestEveryOperationIsInTheClient(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	calls := map[string]func(c *client.Client) (any, error){
		security.ListCertificates: func(c *client.Client) (any, error) {
			return c.Certificates(ctx, &security.ListCertificatesRequest{AlgorithmType: "ALL"})
		},
		security.Echo: func(c *client.Client) (any, error) { return c.Echo(ctx, &security.EchoRequest{EchoMessage: "x"}) },
		busifavor.CreateStock: func(c *client.Client) (any, error) {
			return c.BusiFavor().CreateStock(ctx, &busifavor.CreateStockRequest{StockName: "券"})
		},
		busifavor.GetStock: func(c *client.Client) (any, error) {
			return c.BusiFavor().GetStock(ctx, &busifavor.GetStockRequest{StockID: "1"})
		},
		busifavor.ModifyStock: func(c *client.Client) (any, error) {
			return struct{}{}, c.BusiFavor().ModifyStock(ctx, &busifavor.ModifyStockRequest{StockID: "1", Comment: "x"})
		},
		busifavor.SetBudget: func(c *client.Client) (any, error) {
			return c.BusiFavor().SetBudget(ctx, &busifavor.SetBudgetRequest{StockID: "1", TargetMaxCoupons: 2, CurrentMaxCoupons: new(int64(1))})
		},
		busifavor.UploadCodes: func(c *client.Client) (any, error) {
			return c.BusiFavor().UploadCodes(ctx, &busifavor.UploadCodesRequest{StockID: "1", CouponCodeList: []string{"A/B"}})
		},
		busifavor.ListCodes: func(c *client.Client) (any, error) {
			return c.BusiFavor().ListCodes(ctx, &busifavor.ListCodesRequest{StockID: "1", Status: "AVAILABLE", Offset: 3})
		},
		busifavor.GetCode: func(c *client.Client) (any, error) {
			return c.BusiFavor().GetCode(ctx, &busifavor.GetCodeRequest{StockID: "1", CouponCode: "A/B C|D", AppID: "wx"})
		},
		busifavor.DeleteCode: func(c *client.Client) (any, error) {
			return c.BusiFavor().DeleteCode(ctx, &busifavor.DeleteCodeRequest{StockID: "1", CouponCode: "A/B", DeleteRequestNo: "n"})
		},
		busifavor.SendCoupon: func(c *client.Client) (any, error) {
			return c.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{OpenID: "o"})
		},
		busifavor.UseCoupon: func(c *client.Client) (any, error) {
			return c.BusiFavor().UseCoupon(ctx, &busifavor.UseCouponRequest{CouponCode: "1", UseTime: schema.TimeOf(at())})
		},
		busifavor.ReturnCoupon: func(c *client.Client) (any, error) {
			return c.BusiFavor().ReturnCoupon(ctx, &busifavor.ReturnCouponRequest{CouponCode: "1"})
		},
		busifavor.DeactivateCoupon: func(c *client.Client) (any, error) {
			return c.BusiFavor().DeactivateCoupon(ctx, &busifavor.DeactivateCouponRequest{CouponCode: "1"})
		},
		busifavor.AssociateOrder: func(c *client.Client) (any, error) {
			return c.BusiFavor().AssociateOrder(ctx, &busifavor.AssociateOrderRequest{CouponCode: "1"})
		},
		busifavor.DisassociateOrder: func(c *client.Client) (any, error) {
			return c.BusiFavor().DisassociateOrder(ctx, &busifavor.DisassociateOrderRequest{CouponCode: "1"})
		},
		busifavor.ListUserCoupons: func(c *client.Client) (any, error) {
			return c.BusiFavor().ListUserCoupons(ctx, &busifavor.ListUserCouponsRequest{OpenID: "o", AppID: "wx", Limit: new(int64(5))})
		},
		busifavor.GetUserCoupon: func(c *client.Client) (any, error) {
			return c.BusiFavor().GetUserCoupon(ctx, &busifavor.GetUserCouponRequest{OpenID: "o", CouponCode: "A/B C|D+", AppID: "wx"})
		},
	}
	targets := map[string]string{
		security.ListCertificates: "/v3/certificates?algorithm_type=ALL",
		busifavor.GetStock:        "/v3/marketing/busifavor/stocks/1",
		busifavor.ModifyStock:     "/v3/marketing/busifavor/stocks/1",
		busifavor.SetBudget:       "/v3/marketing/busifavor/stocks/1/budget",
		busifavor.UploadCodes:     "/v3/marketing/busifavor/stocks/1/couponcodes",
		busifavor.ListCodes:       "/v3/marketing/busifavor/stocks/1/couponcodes?offset=3&status=AVAILABLE",
		busifavor.GetCode:         "/v3/marketing/busifavor/stocks/1/couponcodes/A%2FB%20C%7CD?appid=wx",
		busifavor.DeleteCode:      "/v3/marketing/busifavor/stocks/1/couponcodes/A%2FB?delete_request_no=n",
		busifavor.ListUserCoupons: "/v3/marketing/busifavor/users/o/coupons?appid=wx&limit=5",
		busifavor.GetUserCoupon:   "/v3/marketing/busifavor/users/o/coupons/A%2FB%20C%7CD+/appids/wx",
	}
	maps.Copy(calls, favorCalls(ctx))
	maps.Copy(targets, favorTargets())
	for _, op := range slices.Concat(security.Operations(), busifavor.Operations(), favor.Operations()) {
		call, known := calls[op.ID]
		if !known {
			t.Errorf("%s is not in the client", op.ID)
			continue
		}
		p := newPlatform(t)
		answer, err := call(p.client(t))
		if err != nil || answer == nil {
			t.Errorf("%s: %v", op.ID, err)
			continue
		}
		want := targets[op.ID]
		if want == "" {
			want = op.Path
		}
		if p.got.Method != op.Method || p.got.RequestURI != want {
			t.Errorf("%s calls %s %s, want %s %s", op.ID, p.got.Method, p.got.RequestURI, op.Method, want)
		}
		expectBody(t, &op, p)
	}
}

// expectBody looks that a body is JSON where there is one, without path or query
// parameters.
func expectBody(t *testing.T, op *wire.Operation, p *platform) {
	t.Helper()
	if !op.Request.Has(schema.InBody) {
		if len(p.sent) > 0 || p.got.Header.Get("Content-Type") != "" {
			t.Errorf("%s sends a body: %s", op.ID, p.sent)
		}
		return
	}
	var members map[string]any
	if err := json.Unmarshal(p.sent, &members); err != nil || p.got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s sends %s as %s: %v", op.ID, p.sent, p.got.Header.Get("Content-Type"), err)
	}
	for _, f := range op.Request.Fields {
		if _, has := members[f.Name]; has && f.In != schema.InBody {
			t.Errorf("%s repeats %s in the body", op.ID, f.Name)
		}
	}
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
			h[apiv3.HeaderSignature] = []string{"WECHATPAY/SIGNTEST/" + h[apiv3.HeaderSignature][0]}
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

func TestACancelledCallEnds(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.client(t).Do(ctx, http.MethodGet, "/", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("gives %v", err)
	}
}
