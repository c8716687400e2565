package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// noticeCases are about callbacks and deliveries.
func noticeCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"a callback comes back as it was set":          testCallbacks,
		"an event waits where somebody listens":        testListening,
		"events are taken once, in order":              testTaken,
		"an event is told once":                        testToldOnce,
		"a node that dies leaves what it held":         testLeases,
		"setting a callback loses and doubles nothing": testSwitched,
		"attempts lead to what they say":               testAttempts,
		"attempts that end late":                       testLateAttempts,
		"deliveries are given up and removed":          testExpiry,
		"deliveries are filtered as the query says":    testDeliveryQueries,
		"a delivery is found by its event":             testDeliveryOf,
		"no event is skipped":                          testNoEventIsSkipped,
		"figures follow what happens":                  testFigures,
		"certificates end, the last of each merchant":  testKeyEnds,
	}
}

func callback(owner merchant.ID, product merchant.Product) merchant.Callback {
	return merchant.Callback{
		CallbackKey: merchant.CallbackKey{Owner: owner, Product: product},
		URL:         "https://example.com/" + string(owner), On: true, UpdatedAt: noon(),
	}
}

// note is the n-th event of a merchant. It tells of no coupon.
func note(owner merchant.ID, n int) delivery.Event {
	return delivery.Event{
		Owner: owner, Product: merchant.BusiFavor, ID: fmt.Sprintf("%s-%d", owner, n), Kind: delivery.KindCouponSent,
		At: noon(), Payload: []byte{byte(n)},
	}
}

func setCallbacks(tb testing.TB, s store.Store, list ...merchant.Callback) {
	tb.Helper()
	write(tb, s, func(ctx context.Context, tx store.Tx) error {
		for _, c := range list {
			if err := tx.SetCallback(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func appendEvents(t *testing.T, s store.Store, events ...delivery.Event) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.AppendEvents(ctx, events) })
}

// take takes the fresh deliveries of a callback, so many at a time, and returns their events'
// ids in order.
func take(tb testing.TB, s store.Store, key merchant.CallbackKey, limit int64, now time.Time) (ids []string) {
	tb.Helper()
	for {
		var some []string
		write(tb, s, func(ctx context.Context, tx store.Tx) error {
			some = nil
			due, err := tx.DueDeliveries(ctx, time.UnixMilli(1), []store.Span{{CallbackKey: key, Limit: limit}})
			var claims []delivery.Claim
			for _, d := range due {
				claims = append(claims, delivery.Claim{Key: d.Key, Number: 1, Due: now.Add(time.Minute)})
				some = append(some, d.EventID)
			}
			return errors.Join(err, tx.ClaimDeliveries(ctx, now, claims))
		})
		if len(some) == 0 {
			return ids
		}
		ids = append(ids, some...)
	}
}

func testCallbacks(t *testing.T, s store.Store) {
	first, second, third := callback(creator, merchant.BusiFavor), callback(creator, merchant.Favor), callback(other, merchant.BusiFavor)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		if _, err := tx.Callback(ctx, first.CallbackKey); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one that was never set gives %v", err)
		}
		return nil
	})
	setCallbacks(t, s, third, first, second)
	second.URL, second.On, second.UpdatedAt = "https://example.com/new", false, noon().Add(time.Hour)
	setCallbacks(t, s, second)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Callback(ctx, second.CallbackKey)
		if diff := cmp.Diff(second, got); diff != "" {
			t.Errorf("callback (-want +got):\n%s", diff)
		}
		all, errAll := tx.Callbacks(ctx, merchant.CallbackKey{}, 10)
		if diff := cmp.Diff([]merchant.Callback{first, second, third}, all); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		page, errPage := tx.Callbacks(ctx, first.CallbackKey, 1)
		if diff := cmp.Diff([]merchant.Callback{second}, page); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
		return errors.Join(err, errAll, errPage)
	})
}

// testListening appends events where nobody listens, for another product, while a callback is
// off, and where somebody listens.
func testListening(t *testing.T, s store.Store) {
	c := callback(creator, merchant.BusiFavor)
	listens := func() (on bool) {
		write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
			on, err = tx.Listens(ctx, c.CallbackKey)
			return err
		})
		return on
	}
	for n, step := range []struct {
		set  *merchant.Callback
		told bool
	}{
		{nil, false},
		{&merchant.Callback{CallbackKey: merchant.CallbackKey{Owner: creator, Product: merchant.Favor}, URL: c.URL, On: true}, false},
		{&merchant.Callback{CallbackKey: merchant.CallbackKey{Owner: other, Product: merchant.BusiFavor}, URL: c.URL, On: true}, false},
		{&c, true},
		{&merchant.Callback{CallbackKey: c.CallbackKey, URL: c.URL}, false},
		{&c, true},
	} {
		if step.set != nil {
			setCallbacks(t, s, *step.set)
		}
		before := len(deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10}))
		appendEvents(t, s, note(creator, n))
		list := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})
		if told := len(list) > before; told != step.told || listens() != step.told {
			t.Errorf("step %d: told %v, listens %v", n, told, listens())
		}
	}
	want := delivery.Delivery{
		Product: merchant.BusiFavor, EventID: note(creator, 5).ID, Kind: delivery.KindCouponSent, At: noon(), State: delivery.Pending,
	}
	got := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 1})[0]
	want.Key = got.Key
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a fresh delivery (-want +got):\n%s", diff)
	}
	expectInvariants(t, s)
}

// testTaken takes events in small steps: each once, in order, and none of another merchant.
func testTaken(t *testing.T, s store.Store) {
	c := callback(creator, merchant.BusiFavor)
	setCallbacks(t, s, c, callback(other, merchant.BusiFavor))
	appendEvents(t, s, note(creator, 2), note(other, 2), note(creator, 3), note(creator, 4))
	expect := func(keys ...merchant.CallbackKey) {
		t.Helper()
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			var got []merchant.CallbackKey
			list, err := tx.Backlog(ctx, noon(), merchant.CallbackKey{}, 10)
			for _, c := range list {
				got = append(got, c.CallbackKey)
			}
			if diff := cmp.Diff(keys, got); diff != "" {
				t.Errorf("backlog (-want +got):\n%s", diff)
			}
			return err
		})
	}
	expect(c.CallbackKey, callback(other, merchant.BusiFavor).CallbackKey)
	if diff := cmp.Diff([]string{note(creator, 2).ID, note(creator, 3).ID, note(creator, 4).ID}, take(t, s, c.CallbackKey, 2, noon())); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	expect(callback(other, merchant.BusiFavor).CallbackKey)
	appendEvents(t, s, note(creator, 5))
	c.On = false
	setCallbacks(t, s, c)
	expect(callback(other, merchant.BusiFavor).CallbackKey) // what waits, waits on
	c.On = true
	setCallbacks(t, s, c)
	if diff := cmp.Diff([]string{note(creator, 5).ID}, take(t, s, c.CallbackKey, 10, noon())); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
	expectInvariants(t, s)
}

func testToldOnce(t *testing.T, s store.Store) {
	setCallbacks(t, s, callback(creator, merchant.BusiFavor), callback(other, merchant.BusiFavor))
	appendEvents(t, s, note(creator, 1))
	again := note(other, 1)
	again.ID = note(creator, 1).ID
	appendEvents(t, s, again) // another merchant's is another one
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.AppendEvents(t.Context(), []delivery.Event{note(creator, 1)})
	}); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("an event once more gives %v", err)
	}
}

// testLeases has a node take what waits and never be heard of again.
func testLeases(t *testing.T, s store.Store) {
	key, d := oneDelivery(t, s)
	if list := due(t, s, key, d.Due.Add(-time.Millisecond)); len(list) > 0 {
		t.Errorf("what a node holds is due: %+v", list)
	}
	want := []delivery.Due{{Delivery: d, Payload: note(creator, 1).Payload}}
	if diff := cmp.Diff(want, due(t, s, key, d.Due)); diff != "" {
		t.Errorf("when its lease is over (-want +got):\n%s", diff)
	}
	held := note(creator, 2)
	appendEvents(t, s, held)
	later := noon().Add(time.Hour)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		fresh, err := tx.DueDeliveries(ctx, time.UnixMilli(1), []store.Span{{CallbackKey: key, Limit: 10}})
		if len(fresh) != 1 || !fresh[0].Fresh() {
			t.Errorf("fresh: %+v", fresh)
		}
		return errors.Join(err, tx.ClaimDeliveries(ctx, noon(), []delivery.Claim{{Key: fresh[0].Key, Due: later}}))
	})
	list := due(t, s, key, later)
	if len(list) != 2 || list[1].EventID != held.ID || list[1].Claim != 0 || list[1].Fresh() {
		t.Errorf("held back: %+v", list)
	}
	expectInvariants(t, s)
}

func expectInvariants(t *testing.T, s store.Store) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 && one.Name != store.InvariantSubjects && !ofTallies(one.Name) { // notes tell of nothing
			t.Errorf("%+v", one)
		}
	}
}

// testNoEventIsSkipped has many writers append events in transactions of all lengths, each of
// a stock of its own, as one stock's lock would order their commits. Two readers take what
// they see meanwhile.
func testNoEventIsSkipped(t *testing.T, s store.Store) {
	const writers, each = 8, 25
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	var keys []coupon.StockKey
	for w := range writers {
		keys = append(keys, insertStock(t, s, plain(coupon.StockID(fmt.Sprint(w)), coupon.Limits{})).StockKey)
	}
	var writing, reading sync.WaitGroup
	finished := make(chan struct{})
	for w, key := range keys {
		writing.Go(func() {
			for i := range each {
				if err := s.Write(t.Context(), func(tx store.Tx) error {
					return appendSlowly(t.Context(), tx, key, note(creator, w*each+i), (w+i)%writers)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var took taker
	for range 2 {
		reading.Go(func() { took.until(t, s, finished) })
	}
	writing.Wait()
	close(finished)
	reading.Wait()
	for id, n := range took.ids {
		if n != 1 {
			t.Errorf("%s was taken %d times", id, n)
		}
	}
	if len(took.ids) != writers*each {
		t.Errorf("%d of %d events were taken", len(took.ids), writers*each)
	}
	expectInvariants(t, s)
}

// appendSlowly gives an event its place and then commits slowly: only after so many more
// steps, each a round trip to a server.
func appendSlowly(ctx context.Context, tx store.Tx, key coupon.StockKey, event delivery.Event, steps int) error {
	if _, _, err := tx.LockStock(ctx, key, today()); err != nil {
		return err
	}
	if err := tx.AppendEvents(ctx, []delivery.Event{event}); err != nil {
		return err
	}
	for range steps * steps {
		if _, err := tx.IsSubMerchant(ctx, creator, other); err != nil {
			return err
		}
	}
	return nil
}

// taker counts how often each event is taken.
type taker struct {
	mu  sync.Mutex
	ids map[string]int
}

// until takes events until there are no more after the writers have finished.
func (k *taker) until(t *testing.T, s store.Store, finished chan struct{}) {
	for ended := false; ; {
		for _, id := range take(t, s, callback(creator, merchant.BusiFavor).CallbackKey, 7, noon()) {
			k.mu.Lock()
			if k.ids == nil {
				k.ids = map[string]int{}
			}
			k.ids[id]++
			k.mu.Unlock()
		}
		if ended {
			return
		}
		select {
		case <-finished:
			ended = true
		default:
		}
	}
}
