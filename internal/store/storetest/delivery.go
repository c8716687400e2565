package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

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
	if diff := cmp.Diff([]delivery.Due{{Delivery: want, Payload: note(creator, 1).Payload}}, due(t, s, key, first.Due)); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	if list := due(t, s, key, first.Due.Add(-time.Millisecond)); len(list) > 0 {
		t.Errorf("due a millisecond early: %+v", list)
	}
	until := first.Due.Add(time.Minute)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.ClaimDeliveries(ctx, first.Due, []delivery.Claim{{Key: d.Key, Number: 2, Due: until}})
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
		return tx.ClaimDeliveries(ctx, noon(), []delivery.Claim{{Key: d.Key, Number: 2, Due: noon().Add(2 * time.Minute)}})
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
	appendEvents(t, s, note(creator, 4)) // nobody takes it: it does not begin, and does not end
	list := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})[1:]
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
		write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
			n, err = tx.RemoveDeliveries(ctx, key, before, limit)
			return err
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
	if rest := deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10}); len(rest) != 2 || rest[0].State != delivery.Pending || rest[1].State != delivery.Pending {
		t.Errorf("left: %+v", rest)
	}
}

// testDeliveryQueries narrows a list in every way.
func testDeliveryQueries(t *testing.T, s store.Store) {
	busi, favor := callback(creator, merchant.BusiFavor), callback(creator, merchant.Favor)
	setCallbacks(t, s, busi, favor, callback(other, merchant.BusiFavor))
	at := func(i int) time.Time { return noon().Add(time.Duration(i) * time.Minute) }
	for i := range 5 {
		e := note(creator, i)
		if i == 3 {
			e.Product = merchant.Favor
		}
		appendEvents(t, s, e)
		take(t, s, busi.CallbackKey, 10, at(i))
		take(t, s, favor.CallbackKey, 10, at(i))
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
