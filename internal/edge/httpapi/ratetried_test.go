package httpapi_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/wire"
)

// TestTheDocumentedRatesAreReallyTried makes as many signed calls as each operation's page allows,
// one more, and one when the period is over. The clock stands still meanwhile.
func TestTheDocumentedRatesAreReallyTried(t *testing.T) {
	t.Parallel()
	for _, op := range httpapi.Operations() {
		if op.Rate.Calls == 0 {
			continue
		}
		t.Run(op.ID+" "+strconv.Itoa(op.Rate.Calls)+" in "+op.Rate.Per.String(), func(t *testing.T) {
			t.Parallel()
			gate := limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute})
			f := newFixtureOf(t, options{gate: gate, takeAny: true, sm2: true})
			sample := f.sample(op.ID)
			f.exhaust(&op, sample)
			other := sample
			other.as = provider
			if op.Rate.Scope == wire.PerMerchant {
				f.expectNotLimited(other, "another merchant")
			} else {
				f.expectLimited(&op, other)
			}
			f.advance(op.Rate.Per - time.Second)
			if op.Rate.Per > time.Second {
				f.expectLimited(&op, sample)
			}
			f.advance(time.Second)
			f.expectNotLimited(sample, "a period later")
		})
	}
}

// exhaust makes all calls that are allowed, and one more.
func (f *fixture) exhaust(op *wire.Operation, sample request) {
	f.t.Helper()
	if first := f.send(sample); first.status != op.Success {
		f.t.Fatalf("the first call: %d %s", first.status, first.body)
	}
	for n := 2; n <= op.Rate.Calls; n++ {
		f.expectNotLimited(sample, "call "+strconv.Itoa(n))
	}
	f.expectLimited(op, sample)
}

// expectNotLimited sends a request that is let through. What becomes of it there, when it was made
// before, is another question.
func (f *fixture) expectNotLimited(r request, what string) {
	f.t.Helper()
	if got := f.send(r); got.status == http.StatusTooManyRequests || got.status >= http.StatusInternalServerError {
		f.t.Fatalf("%s: %d %s", what, got.status, got.body)
	}
}

// expectLimited sends a request that is one too many: nothing is done, and the answer is the one of
// the product's page, signed, with the time to wait.
func (f *fixture) expectLimited(op *wire.Operation, r request) {
	f.t.Helper()
	got := f.send(r)
	if got.status != http.StatusTooManyRequests || got.code() != wire.RateCode(op.Product) || got.message() != wire.RateText(op.Product) {
		f.t.Errorf("one call too many: %d %s", got.status, got.body)
	}
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	if err != nil || wait < 1 || time.Duration(wait)*time.Second > op.Rate.Per {
		f.t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	if got.header.Get("Wechatpay-Signature") == "" {
		f.t.Error("the refusal is not signed")
	}
}
