package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// testFigures changes things and looks whether the figures follow.
func testFigures(t *testing.T, s store.Store) {
	c := callback(creator, merchant.BusiFavor)
	setCallbacks(t, s, c)
	before := figures(t, s)
	if before.Deliveries != (store.DeliveryFigures{}) {
		t.Errorf("without events there are deliveries %+v", before.Deliveries)
	}
	appendEvents(t, s, note(creator, 1), note(creator, 2), note(creator, 3))
	take(t, s, c.CallbackKey, 10, noon())
	places := map[string]delivery.Key{}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		list, err := tx.Deliveries(ctx, store.DeliveryQuery{Owner: creator, Limit: 10})
		for _, d := range list {
			places[d.EventID] = d.Key
		}
		return err
	})
	later := noon().Add(time.Hour)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.SettleAttempts(ctx, []delivery.Outcome{
			{Key: places[note(creator, 1).ID], Attempt: delivery.Attempt{Number: 1, At: noon()}, State: delivery.Delivered},
			{Key: places[note(creator, 2).ID], Attempt: delivery.Attempt{Number: 1, At: noon()}, State: delivery.Dead},
			{Key: places[note(creator, 3).ID], Attempt: delivery.Attempt{Number: 1, At: noon()}, State: delivery.Pending, Due: later},
		})
	})
	after := figures(t, s)
	want := store.DeliveryFigures{Kept: 3, Pending: 1, Dead: 1, OldestDue: later}
	if !after.Deliveries.OldestDue.Equal(later) {
		t.Errorf("the oldest is due at %v, want %v", after.Deliveries.OldestDue, later)
	}
	if want.OldestDue = after.Deliveries.OldestDue; after.Deliveries != want {
		t.Errorf("deliveries %+v, want %+v", after.Deliveries, want)
	}
	if after.Commits <= before.Commits || after.Changes-before.Changes < after.Commits-before.Commits {
		t.Errorf("from %+v to %+v the commits do not count", before, after)
	}
	if c := after.Connections; c.Busy > c.Open || c.Open > c.Most {
		t.Errorf("connections %+v", c)
	}
}

func figures(t *testing.T, s store.Store) store.Figures {
	t.Helper()
	f, err := s.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// testKeyEnds has two merchants with several keys each: the last of each counts, and of those
// the first one to end.
func testKeyEnds(t *testing.T, s store.Store) {
	at := func(days int) time.Time { return noon().AddDate(0, 0, days) }
	ends := func() (got store.KeyEnds) {
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			got, err = tx.KeyEnds(ctx, noon())
			return err
		})
		return got
	}
	if got := ends(); got != (store.KeyEnds{}) {
		t.Errorf("without keys: %+v", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for _, m := range []struct {
			id       merchant.ID
			platform []int
			own      []int
		}{{creator, []int{10, 400}, []int{-5, 30}}, {other, []int{200}, []int{-1}}} {
			errs = append(errs, tx.InsertMerchant(ctx, merchant.Merchant{ID: m.id, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon()))
			for i, days := range m.platform {
				errs = append(errs, tx.InsertPlatformKey(ctx, merchant.PlatformKey{Owner: m.id, Serial: fmt.Sprint("P", i), PEM: "p", Effective: at(-900), Expire: at(days), SignsFrom: at(-900)}))
			}
			errs = append(errs, tx.InsertPlatformKey(ctx, merchant.PlatformKey{Owner: m.id, Serial: "PUB", Public: true, PEM: "p"}))
			for i, days := range m.own {
				errs = append(errs, tx.InsertCertificate(ctx, merchant.Certificate{Owner: m.id, Serial: fmt.Sprint("C", i), PEM: "p", NotBefore: at(-900), NotAfter: at(days), Status: merchant.CertificateActive}))
			}
			errs = append(errs, tx.InsertCertificate(ctx, merchant.Certificate{Owner: m.id, Serial: "R", PEM: "p", NotBefore: at(-900), NotAfter: at(7), Status: merchant.CertificateRevoked}))
		}
		return errors.Join(errs...)
	})
	if got := ends(); !got.Platform.Equal(at(200)) || !got.Merchant.Equal(at(30)) {
		t.Errorf("keys end %v and %v, want %v and %v", got.Platform, got.Merchant, at(200), at(30))
	}
}
