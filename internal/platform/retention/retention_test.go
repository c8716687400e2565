package retention_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
)

const alice = merchant.ID("1900000001")

// fixture is a store with rows of every kind that ended at one time, and some that did not end.
type fixture struct {
	*testing.T
	store store.Store
	*retention.Service
	journal atomic.Int64
}

// prepared adds n drafts that were saved at a time.
func prepared(ctx context.Context, tx store.Tx, n int, at time.Time) error {
	for i := range n {
		d := draft.Draft{ID: fmt.Sprint("draft", i), Owner: alice, Body: "{}", Version: 1, Created: at, Updated: at}
		if err := tx.InsertDraft(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// filled returns a store in which n rows of every kind ended at a time.
func filled(t *testing.T, s store.Store, c clock.Clock, n int, ended time.Time) *fixture {
	t.Helper()
	f := &fixture{T: t, store: s}
	f.journal.Store(int64(n))
	f.Service = retention.New(retention.Config{
		Store: s, Clock: c, Spans: keep.Usual(), Log: slog.New(slog.DiscardHandler),
		Journal: retention.Memory{
			Old: func(before time.Time) (int64, time.Time) {
				kept := f.journal.Load()
				if kept == 0 || !ended.Before(before) {
					return 0, time.Time{}
				}
				return kept, ended
			},
			Forget: func(before time.Time) (count int64) {
				if ended.Before(before) {
					count = f.journal.Swap(0)
				}
				return count
			},
		},
	})
	f.write(func(tx store.Tx) error {
		m := merchant.Merchant{ID: alice, Name: "m", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
		return tx.InsertMerchant(t.Context(), m, ended)
	})
	f.deliver(n, ended)
	f.write(func(tx store.Tx) error {
		requests := []store.Request{request(store.OpCreateStock, 0, ended)}
		var shown []operator.Credential
		for i := range n {
			requests = append(requests, request(store.OpSignedCall, i, ended))
			shown = append(shown, operator.Credential{
				Digest: operator.DigestOf(fmt.Sprint(i)), Kind: operator.Token, Name: "t", Created: ended, Expires: ended,
			})
		}
		return store.InOrder(
			func() error { return tx.InsertRequests(t.Context(), requests) },
			func() error { return tx.InsertCredentials(t.Context(), shown) },
			func() error { return prepared(t.Context(), tx, n, ended) },
			func() error {
				return tx.PutFailures(t.Context(), operator.Failures{Subject: "name/a", Count: 3, Last: ended})
			},
		)
	})
	return f
}

func request(op store.Operation, n int, at time.Time) store.Request {
	return store.Request{RequestKey: store.RequestKey{Owner: alice, Operation: op, Number: fmt.Sprint(n)}, At: at, Answer: []byte("{}")}
}

// deliver makes deliveries that ended at a time, and one that waits.
func (f *fixture) deliver(n int, ended time.Time) {
	key := merchant.CallbackKey{Owner: alice, Product: merchant.BusiFavor}
	f.write(func(tx store.Tx) error {
		return tx.SetCallback(f.Context(), merchant.Callback{CallbackKey: key, URL: "https://example.com/n", On: true, UpdatedAt: ended})
	})
	var events []delivery.Event
	for i := range n + 1 {
		events = append(events, delivery.Event{
			Owner: alice, Product: merchant.BusiFavor, ID: fmt.Sprint("e", i), Kind: "LATER", At: ended, Payload: []byte("{}"),
		})
	}
	f.write(func(tx store.Tx) error { return tx.AppendEvents(f.Context(), events) })
	f.write(func(tx store.Tx) error {
		due, err := tx.DueDeliveries(f.Context(), ended, []store.Span{{CallbackKey: key, Limit: int64(n)}})
		if err != nil {
			return err
		}
		var claims []delivery.Claim
		var outcomes []delivery.Outcome
		for i := range due {
			claims = append(claims, delivery.Claim{Key: due[i].Key, Number: 1, Due: ended.Add(time.Minute)})
			outcomes = append(outcomes, delivery.Outcome{
				Key: due[i].Key, State: delivery.Delivered,
				Attempt: delivery.Attempt{Number: 1, URL: "https://example.com/n", At: ended, Status: 200},
			})
		}
		return store.InOrder(
			func() error { return tx.ClaimDeliveries(f.Context(), ended, claims) },
			func() error { return tx.SettleAttempts(f.Context(), outcomes) },
		)
	})
}

func (f *fixture) write(fn func(tx store.Tx) error) {
	f.Helper()
	if err := f.store.Write(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

// old is how many rows of each kind have been kept long enough.
func (f *fixture) old() map[keep.Kind]int64 {
	f.Helper()
	list, err := f.Overview(f.Context(), nil)
	if err != nil {
		f.Fatal(err)
	}
	counts := map[keep.Kind]int64{}
	for _, state := range list {
		counts[state.Kind] = state.Rows
	}
	return counts
}

// kept proves that nothing went that must last.
func (f *fixture) kept() {
	f.Helper()
	key := request(store.OpCreateStock, 0, time.Time{}).RequestKey
	if err := f.store.Read(f.Context(), func(tx store.ReadTx) error {
		found, err := tx.Requests(f.Context(), []store.RequestKey{key})
		if len(found) != 1 {
			f.Error("the number of a change is gone")
		}
		waiting, errWaiting := tx.Deliveries(f.Context(), store.DeliveryQuery{Owner: alice, State: delivery.Pending, Limit: 10})
		if len(waiting) != 1 {
			f.Errorf("%d deliveries wait", len(waiting))
		}
		if err == nil {
			err = errWaiting
		}
		return err
	}); err != nil {
		f.Fatal(err)
	}
	list, err := f.store.Check(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for i := range list {
		if list[i].Broken > 0 {
			f.Errorf("%+v", list[i])
		}
	}
}

// eachKind has a count of every kind: none where some has none.
func eachKind(some map[keep.Kind]int64) map[keep.Kind]int64 {
	all := map[keep.Kind]int64{}
	for _, kind := range keep.Kinds() {
		all[kind] = some[kind]
	}
	return all
}

// TestWhatIsPrunedHasBeenKeptLongEnough removes each kind once its time has come, and not before.
func TestWhatIsPrunedHasBeenKeptLongEnough(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		const n = 5
		hand := clock.NewManual(time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC))
		f := filled(t, s, hand, n, hand.Now())
		for _, step := range []struct {
			after time.Duration
			old   map[keep.Kind]int64
		}{
			{20 * time.Minute, nil},
			{24 * time.Hour, map[keep.Kind]int64{keep.Nonces: n}},
			{7 * 24 * time.Hour, map[keep.Kind]int64{keep.Sessions: n}},
			{7*24*time.Hour + time.Second, map[keep.Kind]int64{keep.Journal: n, keep.Deliveries: n}},
			{90*24*time.Hour + time.Second, map[keep.Kind]int64{keep.Drafts: n}},
		} {
			hand.Set(time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC).Add(step.after))
			want := eachKind(step.old)
			if diff := cmp.Diff(want, f.old()); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", step.after, diff)
			}
			for kind, want := range want {
				got, err := f.Prune(t.Context(), retention.Order{Actor: "operator:carol", Kind: kind})
				if err != nil || got.Rows != want || got.More {
					t.Errorf("after %s, %s: %+v, %v", step.after, kind, got, err)
				}
			}
		}
		f.kept()
		f.audited(5)
	})
}

// audited proves that the server's audit says what was pruned.
func (f *fixture) audited(want int) {
	f.Helper()
	if err := f.store.Read(f.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(f.Context(), store.Platform, 0, 100)
		if len(entries) != want {
			f.Errorf("the audit has %+v", entries)
		}
		return err
	}); err != nil {
		f.Fatal(err)
	}
}

// TestAShorterSpanCountsForOneTime: whoever prunes may say for how long something is kept.
func TestAShorterSpanCountsForOneTime(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		hand := clock.NewManual(time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC))
		f := filled(t, s, hand, 3, hand.Now())
		hand.Set(hand.Now().Add(time.Hour))
		span := time.Minute
		list, err := f.Overview(t.Context(), keep.Spans{keep.Sessions: span})
		if err != nil || list[3].Kind != keep.Sessions || list[3].Rows != 3 || !list[3].First.Equal(hand.Now().Add(-time.Hour)) {
			t.Errorf("%+v, %v", list, err)
		}
		got, err := f.Prune(t.Context(), retention.Order{Kind: keep.Sessions, Span: &span})
		if err != nil || got != (retention.Pruned{Kind: keep.Sessions, Span: span, Rows: 3}) {
			t.Errorf("%+v, %v", got, err)
		}
		f.kept()
	})
}

// TestAServerRemovesByItself: rows go without anybody's asking, however many there are.
func TestAServerRemovesByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		f := filled(t, s, clock.System{}, 2500, clock.System{}.Now().Add(-91*24*time.Hour))
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			if err := f.Service.Run(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		<-time.After(time.Minute)
		if diff := cmp.Diff(eachKind(nil), f.old()); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
		f.kept()
	})
}
