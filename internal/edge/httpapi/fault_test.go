package httpapi_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
)

// wrong lets something go wrong with every call until a number of them were hit.
func (f *fixture) wrong(rule sandbox.Fault) {
	f.t.Helper()
	rule.Percent = 100
	if _, err := f.faults.Add(rule); err != nil {
		f.t.Fatal(err)
	}
}

func TestAnInjectedErrorIsSignedAndDoesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	body := f.useBody(stock, f.coupon(stock))
	f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.UseCoupon, Status: 500, Code: "SYSTEM_ERROR", Left: 2})
	f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.UseCoupon, Status: 403, Code: "RULE_LIMIT", Left: 1})
	for _, want := range []struct {
		status        int
		code, message string
	}{
		{500, "SYSTEM_ERROR", "系统异常，请稍后重试"},
		{500, "SYSTEM_ERROR", "系统异常，请稍后重试"},
		{403, "RULE_LIMIT", "券不在有效期内"},
	} {
		got := f.post(alice, pathUse, body)
		got.expect(t, want.status, want.code)
		if got.message() != want.message {
			t.Errorf("the message is %s", got.message())
		}
		f.expectSigned(alice, got, f.registration(alice).PlatformSerialNo)
	}
	f.post(alice, pathUse, body).expect(t, 200, "")
}

func TestFaultsHitOnlyWhomTheyConcern(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Owner: bob, Status: 500, Code: "SYSTEM_ERROR", Left: sandbox.Endless})
	f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: "busifavor.*", Status: 429, Code: "FREQUENCY_LIMITED", Left: sandbox.Endless})
	f.get(alice, "/v3/certificates").expect(t, 200, "")
	f.get(bob, "/v3/certificates").expect(t, 500, "SYSTEM_ERROR")
	f.get(alice, pathStocks+"/1").expect(t, 429, "FREQUENCY_LIMITED")
}

// TestACutConnectionLeavesTheCallDoneOrNot: before the work nothing happened, after it
// everything did, and the repeat with the same number tells.
func TestACutConnectionLeavesTheCallDoneOrNot(t *testing.T) {
	t.Parallel()
	for kind, first := range map[sandbox.FaultKind]string{sandbox.FaultCutBefore: "CODE-2", sandbox.FaultCutAfter: "CODE-1"} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
			body := set(f.sendBody(stock), "CODE-1", "coupon_code")
			f.wrong(sandbox.Fault{Kind: kind, Subject: busifavor.SendCoupon, Left: 1})
			answer, err := f.server.Client().Do(f.sign(request{as: alice, method: http.MethodPost, target: pathSend, body: f.encode(body)}))
			if err == nil {
				_ = answer.Body.Close()
				t.Fatalf("the connection held: %d", answer.StatusCode)
			}
			got := f.post(alice, pathSend, set(body, "CODE-2", "coupon_code"))
			if kind == sandbox.FaultCutAfter { // the number is spent, with the first code
				got.expect(t, 400, "INVALID_REQUEST")
				got = f.post(alice, pathSend, set(body, "CODE-1", "coupon_code"))
			}
			if code := text(got.at("send_coupon_result", "coupon_code")); code != first {
				t.Errorf("got %s %s, want %s", code, got.body, first)
			}
		})
	}
}

func TestASignatureCanGoWrongInEveryWay(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.FaultKind]error{
		sandbox.FaultBadSignature:   apiv3.ErrSignature,
		sandbox.FaultStaleSignature: apiv3.ErrTimestamp,
		sandbox.FaultNoSignature:    apiv3.ErrUnsigned,
		sandbox.FaultProbe:          apiv3.ErrSignature,
		sandbox.FaultOtherSerial:    apiv3.ErrUnknownSerial,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.wrong(sandbox.Fault{Kind: kind, Left: 1})
			got := f.get(alice, "/v3/certificates")
			if got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if err := f.verify(got); !errors.Is(err, want) {
				t.Errorf("the signature: %v, want %v", err, want)
			}
			if err := f.verify(f.get(alice, "/v3/certificates")); err != nil {
				t.Errorf("the next one: %v", err)
			}
		})
	}
}

// verify checks the signature of an answer to alice as a client does.
func (f *fixture) verify(r reply) error {
	f.t.Helper()
	signature, err := apiv3.ResponseSignatureOf(r.header)
	if err != nil {
		return err
	}
	certificate, err := apiv3.ParseCertificate(f.registration(alice).PlatformCertificatePEM)
	if err != nil {
		f.t.Fatal(err)
	}
	key, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		f.t.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(f.registration(alice).PlatformSerialNo, key)
	if err != nil {
		f.t.Fatal(err)
	}
	return signature.Verify(verifier, []byte(r.body), f.clock.Now())
}

func TestARequestCanAskForItsOwnFault(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ask := func(fault string) reply {
		return f.send(request{as: alice, method: http.MethodGet, target: "/v3/certificates", header: http.Header{sandbox.FaultHeader: {fault}}})
	}
	ask("ERROR status=500 code=SYSTEM_ERROR").expect(t, 500, "SYSTEM_ERROR")
	ask("DELAY delay_ms=1").expect(t, 200, "")
	ask("ERROR status=403 code=RULE_LIMIT").expect(t, 400, "PARAM_ERROR")
	for _, nonsense := range []string{"NONE", "ERROR", "DELAY", "DELAY delay_ms=-1", "DELAY delay_ms=60001", "DELAY for=ever", "CALLBACK_FORGED", "ERROR status=x code=Y"} {
		got := ask(nonsense)
		got.expect(t, 400, "PARAM_ERROR")
		if !strings.Contains(got.message(), "Favord-Fault") {
			t.Errorf("%s: %s", nonsense, got.message())
		}
	}
}
