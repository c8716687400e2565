package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		"old requests that belong to no stock are dropped": testDropRequests,
		"a callback comes back as it was set":              testCallbacks,
		"events are taken once, in order":                  testFeeds,
		"feeds that do not add up are found":               testFeedInvariants,
		"attempts lead to what they say":                   testAttempts,
		"attempts that end late":                           testLateAttempts,
		"deliveries are given up and removed":              testExpiry,
		"deliveries are filtered as the query says":        testDeliveryQueries,
		"a delivery is found by its event":                 testDeliveryOf,
		"no event is skipped":                              testNoEventIsSkipped,
		"figures follow what happens":                      testFigures,
		"certificates end, the last of each merchant":      testKeyEnds,
	}
}

func callback(owner merchant.ID, product merchant.Product) merchant.Callback {
	return merchant.Callback{
		CallbackKey: merchant.CallbackKey{Owner: owner, Product: product},
		URL:         "https://example.com/" + string(owner), On: true, UpdatedAt: noon(),
	}
}

// note is the n-th event of a merchant.
func note(owner merchant.ID, n int) delivery.Event {
	return delivery.Event{Owner: owner, ID: fmt.Sprintf("%s-%d", owner, n), Kind: delivery.KindCouponSent, At: noon(), Payload: []byte{byte(n)}}
}

func setCallbacks(t *testing.T, s store.Store, list ...merchant.Callback) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
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

// take looks at the events behind a callback and makes deliveries of them until there are no
// more, and returns their ids in order.
func take(tb testing.TB, s store.Store, key merchant.CallbackKey, limit int64, now time.Time) (ids []string) {
	tb.Helper()
	for backlog(tb, s, key) {
		var some []string
		write(tb, s, func(ctx context.Context, tx store.Tx) error {
			some = nil
			feeds, err := tx.LockFeeds(ctx, []merchant.CallbackKey{key})
			if err != nil || len(feeds) == 0 {
				return err
			}
			events, err := tx.OutboxAfter(ctx, []store.Span{{CallbackKey: key, After: feeds[0].Position, Limit: limit}})
			if err != nil {
				return err
			}
			var list []delivery.Delivery
			for _, e := range events[key] {
				feeds[0].Position = e.Place
				feeds[0].Passed++
				feeds[0].Taken++
				list = append(list, taken(e, key.Product, now))
				some = append(some, e.ID)
			}
			return errors.Join(tx.InsertDeliveries(ctx, list), tx.MoveFeeds(ctx, feeds))
		})
		ids = append(ids, some...)
	}
	return ids
}

// backlog reports whether there are events behind a callback.
func backlog(tb testing.TB, s store.Store, key merchant.CallbackKey) (there bool) {
	tb.Helper()
	read(tb, s, func(ctx context.Context, tx store.ReadTx) error {
		list, err := tx.Backlog(ctx, time.UnixMilli(1), merchant.CallbackKey{}, 100)
		there = slices.ContainsFunc(list, func(c merchant.Callback) bool { return c.CallbackKey == key })
		return err
	})
	return there
}

// taken is the delivery of an event whose first attempt has begun.
func taken(e store.Placed, product merchant.Product, now time.Time) delivery.Delivery {
	return delivery.Delivery{
		Key: delivery.Key{Owner: e.Owner, Place: e.Place}, Product: product, EventID: e.ID, Kind: e.Kind,
		State: delivery.Pending, TakenAt: now, Started: now, Due: now.Add(time.Minute), Claim: 1,
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

// testFeeds takes events in small steps: each once, in order, those before the callback not
// at all, and none of another merchant.
func testFeeds(t *testing.T, s store.Store) {
	appendEvents(t, s, note(creator, 1), note(other, 1))
	setCallbacks(t, s, callback(creator, merchant.BusiFavor), callback(creator, merchant.Favor))
	setCallbacks(t, s, callback(creator, merchant.BusiFavor)) // again: the feed stays where it is
	appendEvents(t, s, note(creator, 2), note(other, 2), note(creator, 3), note(creator, 4))
	key := callback(creator, merchant.BusiFavor).CallbackKey
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
	expect(key, callback(creator, merchant.Favor).CallbackKey)
	if diff := cmp.Diff([]string{note(creator, 2).ID, note(creator, 3).ID, note(creator, 4).ID}, take(t, s, key, 2, noon())); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	expect(callback(creator, merchant.Favor).CallbackKey)
	appendEvents(t, s, note(creator, 5))
	if diff := cmp.Diff([]string{note(creator, 5).ID}, take(t, s, key, 10, noon())); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		feeds, err := tx.LockFeeds(ctx, []merchant.CallbackKey{key, {Owner: "none"}, key})
		if len(feeds) != 1 || feeds[0].Passed != 4 || feeds[0].Taken != 4 || feeds[0].Position <= feeds[0].Since {
			t.Errorf("feeds %+v", feeds)
		}
		return err
	})
	expectInvariants(t, s)
}

func expectInvariants(t *testing.T, s store.Store, broken ...string) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if (one.Broken > 0) != slices.Contains(broken, one.Name) {
			t.Errorf("%+v", one)
		}
	}
}

// testFeedInvariants counts an event that nobody looked at and a delivery that nobody took.
func testFeedInvariants(t *testing.T, s store.Store) {
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	key := callback(creator, merchant.BusiFavor).CallbackKey
	appendEvents(t, s, note(creator, 1), note(creator, 2))
	take(t, s, key, 10, noon())
	expectInvariants(t, s)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		feeds, err := tx.LockFeeds(ctx, []merchant.CallbackKey{key})
		if err != nil {
			return err
		}
		feeds[0].Passed, feeds[0].Taken = 1, 1
		return tx.MoveFeeds(ctx, feeds)
	})
	expectInvariants(t, s, store.InvariantFeeds, store.InvariantNotices)
}

// oneDelivery arranges a delivery whose first attempt has begun.
func oneDelivery(t *testing.T, s store.Store) (merchant.CallbackKey, delivery.Delivery) {
	t.Helper()
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	key := callback(creator, merchant.BusiFavor).CallbackKey
	appendEvents(t, s, note(creator, 1))
	take(t, s, key, 10, noon())
	return key, deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})[0]
}

func deliveries(t *testing.T, s store.Store, q store.DeliveryQuery) (list []delivery.Delivery) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
		list, err = tx.Deliveries(ctx, q)
		return err
	})
	return list
}

// due returns the deliveries of a callback that are due.
func due(t *testing.T, s store.Store, key merchant.CallbackKey, now time.Time) (list []delivery.Due) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		list, err = tx.DueDeliveries(ctx, now, []store.Span{{CallbackKey: key, Limit: 10}})
		return err
	})
	return list
}

// settle ends an attempt.
func settle(t *testing.T, s store.Store, outcomes ...delivery.Outcome) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.SettleAttempts(ctx, outcomes) })
}

func failure(d *delivery.Delivery, number int64) delivery.Outcome {
	return delivery.Outcome{
		Key: d.Key,
		Attempt: delivery.Attempt{
			Number: number, URL: "https://example.com/n", Serial: "S", At: noon().Add(time.Duration(number) * time.Millisecond),
			TookMS: 7, Status: 500, Problem: "", Answer: `{"code":"FAIL"}`,
		},
		State: delivery.Pending, Due: noon().Add(time.Hour), Step: int(number), Sealed: []byte("sealed"), KeyVersion: 2,
	}
}

func success(d *delivery.Delivery, number int64) delivery.Outcome {
	o := failure(d, number)
	o.State, o.Due, o.Status, o.Sealed, o.KeyVersion, o.Step = delivery.Delivered, time.Time{}, 200, nil, 0, 0
	return o
}

// testAttempts takes a delivery through failures to success.
func testAttempts(t *testing.T, s store.Store) {
	key, d := oneDelivery(t, s)
	if list := due(t, s, key, noon()); len(list) > 0 {
		t.Errorf("an attempt that runs is due: %+v", list)
	}
	first := failure(&d, 1)
	settle(t, s, first)
	settle(t, s, first) // as after a commit that was not clear
	want := d
	want.Due, want.Step, want.Status, want.Sealed, want.KeyVersion = first.Due, 1, 500, []byte("sealed"), 2
	if diff := cmp.Diff([]delivery.Due{{Delivery: want, Event: note(creator, 1)}}, due(t, s, key, first.Due)); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	if list := due(t, s, key, first.Due.Add(-time.Millisecond)); len(list) > 0 {
		t.Errorf("due a millisecond early: %+v", list)
	}
	until := first.Due.Add(time.Minute)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.ClaimDeliveries(ctx, []delivery.Key{d.Key}, until)
	})
	settle(t, s, first) // the first attempt's news again, late
	second := success(&d, 2)
	settle(t, s, second)
	settle(t, s, failure(&d, 2)) // what was delivered stays so
	want.State, want.Claim, want.Due, want.Step, want.Status, want.Sealed, want.KeyVersion = delivery.Delivered, 2, time.Time{}, 0, 200, nil, 0
	want.Ended = second.At.Add(7 * time.Millisecond)
	if diff := cmp.Diff([]delivery.Delivery{want}, deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})); diff != "" {
		t.Errorf("delivery (-want +got):\n%s", diff)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Attempts(ctx, d.Key)
		if diff := cmp.Diff([]delivery.Attempt{first.Attempt, second.Attempt}, got); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		event, errEvent := tx.EventAt(ctx, d.Key)
		if diff := cmp.Diff(note(creator, 1), event); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		if _, errNone := tx.EventAt(ctx, delivery.Key{Owner: other, Place: d.Place}); !errors.Is(errNone, store.ErrNotFound) {
			t.Errorf("another merchant's event: %v", errNone)
		}
		return errors.Join(err, errEvent)
	})
	settle(t, s, failure(&delivery.Delivery{Key: delivery.Key{Owner: other, Place: 7}}, 1)) // is not there
	expectInvariants(t, s)
}

// testLateAttempts lets attempts end after others have begun: failures then count no more,
// successes do.
func testLateAttempts(t *testing.T, s store.Store) {
	key, d := oneDelivery(t, s)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.ClaimDeliveries(ctx, []delivery.Key{d.Key}, noon().Add(2*time.Minute))
	})
	settle(t, s, failure(&d, 1))
	if got := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 1})[0]; got.Step != 0 || got.Claim != 2 || got.State != delivery.Pending {
		t.Errorf("a late failure counts: %+v", got)
	}
	settle(t, s, success(&d, 1))
	if got := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 1})[0]; got.State != delivery.Delivered {
		t.Errorf("a late success does not count: %+v", got)
	}
	again := noon().Add(time.Hour)
	for range 2 { // it is pending the second time, and the attempt under way counts no more
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.ResendDeliveries(ctx, []delivery.Key{d.Key, {Owner: other, Place: d.Place}}, again)
		})
	}
	settle(t, s, failure(&d, 2))
	list := due(t, s, key, again)
	if len(list) != 1 || list[0].Claim != 3 || list[0].Step != 0 || !list[0].Started.Equal(again) || !list[0].Ended.IsZero() || !list[0].TakenAt.Equal(d.TakenAt) {
		t.Errorf("sent again: %+v", list)
	}
	expectInvariants(t, s)
}

// testExpiry gives up and removes.
func testExpiry(t *testing.T, s store.Store) {
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	key := callback(creator, merchant.BusiFavor).CallbackKey
	for i := range 4 {
		appendEvents(t, s, note(creator, i))
		take(t, s, key, 10, noon().Add(time.Duration(i)*time.Hour))
	}
	list := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})
	settle(t, s, success(&list[3], 1))
	expire := func(limit int64) (n int64) {
		write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
			n, err = tx.ExpireDeliveries(ctx, store.Expiry{CallbackKey: key, StartedBefore: noon().Add(3 * time.Hour), Now: noon().Add(9 * time.Hour), Limit: limit})
			return err
		})
		return n
	}
	if first, second, third := expire(1), expire(5), expire(5); first != 1 || second != 1 || third != 0 {
		t.Errorf("gave up %d, %d, %d", first, second, third)
	}
	dead := deliveries(t, s, store.DeliveryQuery{Owner: creator, State: delivery.Dead, Limit: 10})
	if len(dead) != 2 || dead[0].Problem != store.ProblemExpired || !dead[0].Ended.Equal(noon().Add(9*time.Hour)) {
		t.Errorf("dead: %+v", dead)
	}
	remove := func(before time.Time, limit int64) (n int64) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			feeds, err := tx.LockFeeds(ctx, []merchant.CallbackKey{key})
			if err != nil {
				return err
			}
			n, err = tx.RemoveDeliveries(ctx, key, before, limit)
			feeds[0].Removed += n
			return errors.Join(err, tx.MoveFeeds(ctx, feeds))
		})
		return n
	}
	if first, second := remove(noon().Add(time.Hour), 10), remove(noon().Add(24*time.Hour), 1); first != 1 || second != 1 {
		t.Errorf("removed %d, %d", first, second)
	}
	expectInvariants(t, s)
	if n := remove(noon().Add(24*time.Hour), 10); n != 1 {
		t.Errorf("removed %d: what is pending stays", n)
	}
	expectInvariants(t, s)
	if rest := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10}); len(rest) != 1 || rest[0].State != delivery.Pending {
		t.Errorf("left: %+v", rest)
	}
}

// testDeliveryQueries narrows a list in every way.
func testDeliveryQueries(t *testing.T, s store.Store) {
	busi, favor := callback(creator, merchant.BusiFavor), callback(creator, merchant.Favor)
	setCallbacks(t, s, busi, favor, callback(other, merchant.BusiFavor))
	at := func(i int) time.Time { return noon().Add(time.Duration(i) * time.Minute) }
	for i := range 5 {
		appendEvents(t, s, note(creator, i))
		if i != 3 {
			take(t, s, busi.CallbackKey, 10, at(i))
			continue
		}
		skip(t, s, favor.CallbackKey, 3)
		take(t, s, favor.CallbackKey, 10, at(i))
		skip(t, s, busi.CallbackKey, 1)
	}
	all := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})
	settle(t, s, success(&all[4], 1))
	dead := failure(&all[2], 1)
	dead.State = delivery.Dead
	settle(t, s, dead)
	for name, c := range map[string]struct {
		q    store.DeliveryQuery
		want []int
	}{
		"all, the newest first": {store.DeliveryQuery{}, []int{4, 3, 2, 1, 0}},
		"a page":                {store.DeliveryQuery{Limit: 2}, []int{4, 3}},
		"the next page":         {store.DeliveryQuery{Limit: 2, Before: all[1].Place}, []int{2, 1}},
		"a product":             {store.DeliveryQuery{Product: merchant.Favor}, []int{3}},
		"pending":               {store.DeliveryQuery{State: delivery.Pending}, []int{4, 3, 1}},
		"delivered":             {store.DeliveryQuery{State: delivery.Delivered}, []int{0}},
		"dead":                  {store.DeliveryQuery{State: delivery.Dead}, []int{2}},
		"dead before":           {store.DeliveryQuery{State: delivery.Dead, Before: all[2].Place}, nil},
		"from":                  {store.DeliveryQuery{From: at(3)}, []int{4, 3}},
		"until":                 {store.DeliveryQuery{Until: at(3)}, []int{2, 1, 0}},
		"between":               {store.DeliveryQuery{From: at(1), Until: at(2), State: delivery.Pending}, []int{1}},
		"another merchant":      {store.DeliveryQuery{Owner: other}, nil},
	} {
		if c.q.Owner == "" {
			c.q.Owner = creator
		}
		if c.q.Limit == 0 {
			c.q.Limit = 10
		}
		var got, want []string
		for _, d := range deliveries(t, s, c.q) {
			got = append(got, d.EventID)
		}
		for _, n := range c.want {
			want = append(want, note(creator, n).ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func testDeliveryOf(t *testing.T, s store.Store) {
	_, d := oneDelivery(t, s)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.DeliveryOf(ctx, creator, note(creator, 1).ID)
		if diff := cmp.Diff(d, got); diff != "" {
			t.Errorf("delivery (-want +got):\n%s", diff)
		}
		for _, none := range []merchant.ID{other, ""} {
			if _, err := tx.DeliveryOf(ctx, none, d.EventID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("for %s: %v", none, err)
			}
		}
		return err
	})
}

// skip moves a feed past n events that are not for it.
func skip(t *testing.T, s store.Store, key merchant.CallbackKey, n int) {
	t.Helper()
	for left := n; left > 0; {
		moved := 0
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			moved = 0
			feeds, err := tx.LockFeeds(ctx, []merchant.CallbackKey{key})
			if err != nil {
				return err
			}
			events, err := tx.OutboxAfter(ctx, []store.Span{{CallbackKey: key, After: feeds[0].Position, Limit: int64(left)}})
			for _, e := range events[key] {
				feeds[0].Position = e.Place
				feeds[0].Passed++
				moved++
			}
			return errors.Join(err, tx.MoveFeeds(ctx, feeds))
		})
		left -= moved
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

func testDropRequests(t *testing.T, s store.Store) {
	request := func(owner merchant.ID, op store.Operation, n int) store.Request {
		return store.Request{RequestKey: store.RequestKey{Owner: owner, Operation: op, Number: fmt.Sprint(n)}, At: noon().Add(time.Duration(n) * time.Second), Answer: []byte{}}
	}
	kept := []store.Request{
		request(creator, store.OpSignedCall, 5), request(creator, store.OpCreateStock, 1), request(other, store.OpSignedCall, 1),
	}
	gone := []store.Request{request(creator, store.OpSignedCall, 1), request(creator, store.OpSignedCall, 2), request(creator, store.OpSignedCall, 3)}
	count := func() int {
		var found map[store.RequestKey]store.Request
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			var keys []store.RequestKey
			for _, r := range slices.Concat(kept, gone) {
				keys = append(keys, r.RequestKey)
			}
			found, err = tx.Requests(ctx, keys)
			return err
		})
		for _, r := range kept {
			if _, there := found[r.RequestKey]; !there {
				t.Errorf("%+v is gone", r.RequestKey)
			}
		}
		return len(found)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertRequests(ctx, slices.Concat(kept, gone))
	})
	for _, left := range []int{4, 3, 3} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.DropRequests(ctx, store.Drop{Owner: creator, Operation: store.OpSignedCall, Before: noon().Add(5 * time.Second), Limit: 2})
		})
		if n := count(); n != left {
			t.Errorf("%d requests are left, want %d", n, left)
		}
	}
}
