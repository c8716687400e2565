package httpapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/security"
)

// subject is what this test knows about a group of operations. Each has a file.
type subject struct {
	// samples make requests that succeed on a new fixture.
	samples map[string]func(f *fixture) request
	// malformed are the messages of the first field that the declaration refuses, in a
	// sample without its body or as spoilt says.
	malformed map[string]string
	spoilt    map[string]func(f *fixture) reply
	// scenarios are the failures of single operations.
	scenarios map[string][]scenario
}

func subjects() []subject {
	return []subject{
		securitySubject(),
		stockSubject(), stockChangeSubject(), codeSubject(),
		couponSubject(), undoSubject(), userSubject(),
		subsidySubject(), cardSubject(),
		mediaSubject(), partnershipSubject(),
		voucherSubject(), flowSubject(), railSubject(),
		callbackSubject(),
	}
}

// sample returns a request of an operation that succeeds on a new fixture.
func (f *fixture) sample(id string) request {
	f.t.Helper()
	for _, s := range subjects() {
		if build, known := s.samples[id]; known {
			return build(f)
		}
	}
	f.t.Fatalf("operation %s has no sample", id)
	return request{}
}

func TestEveryOperationIsServedAndSigned(t *testing.T) {
	t.Parallel()
	for _, op := range httpapi.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			got := f.send(r)
			if got.status != op.Success {
				t.Fatalf("%d %s, want %d", got.status, got.body, op.Success)
			}
			if op.Method == http.MethodGet && op.Response == nil { // a file
				expectUnsigned(t, got)
				return
			}
			f.expectSigned(r.as, got, f.registration(r.as).PlatformSerialNo)
		})
	}
}

// expectSigned checks the signature of an answer with the key that a merchant knows.
func (f *fixture) expectSigned(as merchant.ID, r reply, serial string) {
	f.t.Helper()
	signature, err := apiv3.ResponseSignatureOf(r.header)
	if err != nil {
		f.t.Errorf("%d %s: %v", r.status, r.body, err)
		return
	}
	member := f.registration(as)
	key, err := apiv3.ParseRSAPublicKey(member.PublicKeyPEM)
	if serial == member.PlatformSerialNo {
		certificate, errParse := apiv3.ParseCertificate(member.PlatformCertificatePEM)
		if errParse != nil {
			f.t.Fatal(errParse)
		}
		key, err = apiv3.CertificateRSAKey(certificate)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(serial, key)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := signature.Verify(verifier, []byte(r.body), f.clock.Now()); err != nil {
		f.t.Errorf("%d %s is signed by %s: %v", r.status, r.body, signature.Serial, err)
	}
}

func expectUnsigned(t *testing.T, r reply) {
	t.Helper()
	for _, name := range []string{
		apiv3.HeaderTimestamp, apiv3.HeaderNonce, apiv3.HeaderSignature, apiv3.HeaderSerial, apiv3.HeaderSignatureType,
	} {
		if r.header.Get(name) != "" {
			t.Errorf("%d %s has the header %s", r.status, r.body, name)
		}
	}
}

// scenario leads to one documented failure of an operation.
type scenario struct {
	status  int
	code    string
	message string
	call    func(f *fixture) reply
}

// TestEveryDocumentedFailureIsProduced walks the tables: each failure that an
// operation documents must be the answer of a scenario, and every scenario's answer
// must be documented. So a table cannot promise what nobody produces.
func TestEveryDocumentedFailureIsProduced(t *testing.T) {
	t.Parallel()
	scenarios := map[string][]scenario{}
	for _, s := range subjects() {
		maps.Copy(scenarios, s.scenarios)
	}
	for _, op := range httpapi.Operations() {
		documented := slices.Concat(op.Failures, wire.Common(op.Product))
		mine := slices.Concat(scenarios[op.ID], commonScenarios(op.ID))
		for _, want := range documented {
			if !slices.ContainsFunc(mine, func(s scenario) bool { return want.Is(s.status, s.code, s.message) }) {
				t.Errorf("%s documents %d %s %q, which no scenario produces", op.ID, want.Status, want.Code, want.Message)
			}
		}
		for _, s := range mine {
			t.Run(fmt.Sprintf("%s/%d %s %s", op.ID, s.status, s.code, s.message), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				got := s.call(f)
				if got.status != s.status || got.code() != s.code || got.message() != s.message {
					t.Errorf("got %d %s %q, want %d %s %q", got.status, got.code(), got.message(), s.status, s.code, s.message)
				}
				if !slices.ContainsFunc(documented, func(d wire.Failure) bool { return d.Is(got.status, got.code(), got.message()) }) {
					t.Errorf("%d %s %q is not documented", got.status, got.code(), got.message())
				}
			})
		}
	}
}

// commonScenarios are the failures that every operation shares.
func commonScenarios(id string) []scenario {
	product := productOf(id)
	return []scenario{
		{400, "PARAM_ERROR", malformed(id), func(f *fixture) reply { return f.malformed(id) }},
		{400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", func(f *fixture) reply {
			r := f.sample(id)
			r.spoil = func(r *http.Request) { r.Header.Del("Accept") }
			return f.send(r)
		}},
		{401, "SIGN_ERROR", "错误的签名，验签失败", func(f *fixture) reply {
			r := f.sample(id)
			r.spoil = func(r *http.Request) {
				r.Header.Set("Authorization", f.sign(request{as: alice, method: "GET", target: "/"}).Header.Get("Authorization"))
			}
			return f.send(r)
		}},
		{429, wire.RateCode(product), wire.RateText(product), func(f *fixture) reply {
			full := newFixtureWith(f.t, limit.NewGate(limit.Room{Inside: 1, Waiting: 0, Patience: time.Minute}))
			r := full.sample(id)
			full.fillGate()
			return full.send(r)
		}},
		{500, "SYSTEM_ERROR", wire.FailureText(product), func(f *fixture) reply {
			r := f.sample(id)
			f.breakStore(id)
			return f.send(r)
		}},
	}
}

func productOf(id string) wire.Product {
	all := httpapi.Operations()
	return all[slices.IndexFunc(all, func(op wire.Operation) bool { return op.ID == id })].Product
}

// malformed is the message that refuses what [fixture.malformed] sends.
func malformed(id string) string {
	for _, s := range subjects() {
		if message, known := s.malformed[id]; known {
			return message
		}
	}
	return "no message is known"
}

// malformed sends what the declaration of an operation refuses.
func (f *fixture) malformed(id string) reply {
	f.t.Helper()
	for _, s := range subjects() {
		if spoilt, known := s.spoilt[id]; known {
			return spoilt(f)
		}
	}
	r := f.sample(id)
	r.body = "{}"
	return f.send(r)
}

// breakStore makes everything that needs the store fail from now on.
func (f *fixture) breakStore(id string) {
	f.t.Helper()
	if id == security.ListCertificates || id == security.Echo {
		f.keyring.Forget(alice) // or they would not need it
	}
	if err := f.store.Close(); err != nil {
		f.t.Fatal(err)
	}
}
