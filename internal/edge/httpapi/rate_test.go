package httpapi

import (
	"maps"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
)

// TestTheDocumentedRatesAreKept counts calls without signing them.
func TestTheDocumentedRatesAreKept(t *testing.T) {
	t.Parallel()
	at := time.Unix(1795312800, 0)
	for _, op := range Operations() {
		s := &Server{rates: limit.NewTable(maxRateKeys)}
		allow := func(mchid string, now time.Time) bool {
			return s.withinRate(&call{endpoint: &endpoint{Operation: &op}, now: now, authorization: apiv3.Authorization{Identity: mchid}})
		}
		if op.Rate.Calls == 0 {
			continue
		}
		for i := range op.Rate.Calls {
			if !allow("1", at) {
				t.Fatalf("%s: call %d is refused", op.ID, i+1)
			}
		}
		if allow("1", at) {
			t.Errorf("%s: call %d is allowed", op.ID, op.Rate.Calls+1)
		}
		if others := allow("2", at); others != (op.Rate.Scope == wire.PerMerchant) {
			t.Errorf("%s: another merchant is allowed: %v", op.ID, others)
		}
		if !allow("1", at.Add(op.Rate.Per)) {
			t.Errorf("%s: a period later it is refused", op.ID)
		}
	}
}

// TestTheRatesAreThoseOfTheContract is the table of busifavor 1.4, media 1 and protocol 4.1.
func TestTheRatesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	want := map[string]wire.Rate{
		"certificates.list":   {Calls: 1000, Per: time.Second, Scope: wire.PerMerchant},
		busifavor.CreateStock: {Calls: 1000, Per: time.Minute, Scope: wire.WholeInterface},
		busifavor.UseCoupon:   {Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
		"media.image.upload":  {Calls: 100, Per: time.Minute, Scope: wire.PerMerchant},

		busifavor.AssociateOrder:    {Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
		busifavor.DisassociateOrder: {Calls: 500, Per: time.Second, Scope: wire.PerMerchant},
	}
	maps.Copy(want, voucherRates())
	want["favor.callbacks.set"] = wire.Rate{Calls: 1000, Per: time.Minute, Scope: wire.PerMerchant}
	want["favor.flows.use"], want["favor.flows.refund"] = want["favor.callbacks.set"], want["favor.callbacks.set"]
	want["favor.callbacks.get"] = wire.Rate{Calls: 2000, Per: time.Second, Scope: wire.PerMerchant}
	for _, op := range Operations() {
		if op.Rate != want[op.ID] {
			t.Errorf("%s: %+v, want %+v", op.ID, op.Rate, want[op.ID])
		}
	}
}
