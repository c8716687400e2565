package pgstore_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
)

// TestASlowTransactionsEventIsWaitedFor lets an event become visible after one with a later
// place. A reader that took the later one first would never look at the earlier one.
func TestASlowTransactionsEventIsWaitedFor(t *testing.T) {
	t.Parallel()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: engines.Database(t), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	event := func(id string) []store.Event {
		return []store.Event{{Owner: "1900000001", ID: id, Kind: store.EventCouponSent, At: time.Unix(1, 0)}}
	}
	given, release, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- s.Write(context.Background(), func(tx store.Tx) error {
			err := tx.AppendEvents(t.Context(), event("slow"))
			_, errSent := tx.IsSubMerchant(t.Context(), "", "") // has it sent
			close(given)
			<-release
			return errors.Join(err, errSent)
		})
	}()
	<-given
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.AppendEvents(t.Context(), event("quick")) }); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if ids := outbox(t, s); len(ids) > 0 {
			t.Errorf("%q are shown while an earlier event may come", ids)
		}
	}
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var ids []string
	for len(ids) == 0 {
		ids = outbox(t, s)
	}
	if !slices.Equal(ids, []string{"slow", "quick"}) {
		t.Errorf("then %q", ids)
	}
}

// outbox returns the ids of the events that are settled.
func outbox(t *testing.T, s store.Store) (ids []string) {
	t.Helper()
	key := merchant.CallbackKey{Owner: "1900000001", Product: merchant.BusiFavor}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		events, err := tx.OutboxAfter(t.Context(), []store.Span{{CallbackKey: key, Limit: 10}})
		for _, e := range events[key] {
			ids = append(ids, e.ID)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}
