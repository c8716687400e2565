package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// OldNotices are rows of a database in which events lay in an outbox: of two that were
// delivered one is kept, one waits, two were not looked at yet, and of those of another product
// and of a merchant whose callback is off nobody is told. The words are those of an engine: the
// type of bytes, and what lets a statement give a number itself.
func OldNotices(bytes, numbered string) string {
	return fmt.Sprintf(`
		insert into callback (creator_mchid, product, url, is_on, updated_at, since, position, passed, taken, removed)
		values ('1900000001', 'busifavor', 'https://example.com', true, 7, 0, 3, 3, 3, 1),
		       ('1900000002', 'busifavor', 'https://example.com', false, 7, 0, 0, 0, 0, 0);
		insert into outbox (creator_mchid, id, event_id, kind, at, payload) %[2]s
		values ('1900000001', 1, 'gone', 'COUPON.SEND', 11, cast('{"n":1}' as %[1]s)),
		       ('1900000001', 2, 'delivered', 'COUPON.SEND', 12, cast('{"n":2}' as %[1]s)),
		       ('1900000001', 3, 'waits', 'COUPON.SEND', 13, cast('{"n":3}' as %[1]s)),
		       ('1900000001', 4, 'fresh', 'COUPON.SEND', 14, cast('{"n":4}' as %[1]s)),
		       ('1900000001', 5, 'of vouchers', 'COUPON.USE', 15, cast('{"n":5}' as %[1]s)),
		       ('1900000001', 6, 'fresh, too', 'COUPON.SEND', 16, cast('{"n":6}' as %[1]s)),
		       ('1900000002', 7, 'unheard', 'COUPON.SEND', 17, cast('{"n":7}' as %[1]s));
		insert into delivery (creator_mchid, place, product, event_id, kind, state, taken_ms, started_ms, due_ms, ended_ms, claim, step)
		values ('1900000001', 2, 'busifavor', 'delivered', 'COUPON.SEND', 'DELIVERED', 100, 100, 0, 900, 1, 0),
		       ('1900000001', 3, 'busifavor', 'waits', 'COUPON.SEND', 'PENDING', 200, 200, 999, 0, 2, 1);
		insert into attempt (creator_mchid, place, number, url, serial, at_ms, took_ms, status, problem, answer)
		values ('1900000001', 2, 1, 'https://example.com', 'S', 100, 1, 200, '', '')`, bytes, numbered)
}

// ExpectMoved holds a database to what becomes of OldNotices.
func ExpectMoved(t *testing.T, s store.Store) {
	t.Helper()
	key := callback(creator, merchant.BusiFavor).CallbackKey
	row := func(place int64, id string) delivery.Delivery {
		return delivery.Delivery{
			Key: delivery.Key{Owner: creator, Place: place}, Product: key.Product, EventID: id, Kind: delivery.KindCouponSent,
			At: time.Unix(10+place, 0), State: delivery.Pending,
		}
	}
	delivered, waits := row(2, "delivered"), row(3, "waits")
	delivered.State, delivered.TakenAt, delivered.Started, delivered.Ended = delivery.Delivered, time.UnixMilli(100), time.UnixMilli(100), time.UnixMilli(900)
	delivered.Claim = 1
	waits.TakenAt, waits.Started, waits.Due, waits.Claim, waits.Step = time.UnixMilli(200), time.UnixMilli(200), time.UnixMilli(999), 2, 1
	want := []delivery.Delivery{row(6, "fresh, too"), row(4, "fresh"), waits, delivered}
	if diff := cmp.Diff(want, deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: 10})); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	if unheard := deliveries(t, s, store.DeliveryQuery{Owner: other, Limit: 10}); len(unheard) > 0 {
		t.Errorf("a merchant that does not listen is told: %+v", unheard)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for _, d := range want {
			e, err := tx.EventAt(ctx, d.Key)
			if said := fmt.Sprintf(`{"n":%d}`, d.Place); err != nil || string(e.Payload) != said {
				t.Errorf("%s says %s, want %s, %v", d.EventID, e.Payload, said, err)
			}
		}
		return nil
	})
	appendEvents(t, s, note(creator, 7))
	if diff := cmp.Diff([]string{"fresh", "fresh, too", note(creator, 7).ID}, take(t, s, key, 10, noon())); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	expectInvariants(t, s)
}

// ExpectTold gives out coupons in a database of production while a callback is on, one of them
// without its event. It is now by the database's clock.
func ExpectTold(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	c := callback(creator, merchant.BusiFavor)
	c.UpdatedAt = now.Add(-2 * store.ToldAfter)
	setCallbacks(t, s, c)
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{}))
	give := func(n int, at time.Time, events ...delivery.Event) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			one := issued(st.StockKey, coupon.Code(fmt.Sprint("C", n)), holder(1))
			one.Received = at
			return errors.Join(tx.InsertCoupons(ctx, []coupon.Coupon{one}), tx.AppendEvents(ctx, events))
		})
	}
	told := func(n int) delivery.Event {
		e := note(creator, n)
		e.At = now
		return e
	}
	give(1, now, told(1))
	give(2, now, told(2))
	give(3, now.Add(-store.ToldAfter)) // too close to when the callback was set
	give(4, now.Add(-2*store.ToldWithin))
	if n := brokenTold(t, s); n != 0 {
		t.Errorf("%d events are missing where none is", n)
	}
	give(5, now)
	if n := brokenTold(t, s); n != 1 {
		t.Errorf("%d events are missing, want 1", n)
	}
}

func brokenTold(t *testing.T, s store.Store) int64 {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list[slices.IndexFunc(list, func(one store.Invariant) bool { return one.Name == store.InvariantTold })].Broken
}

// CountedBefore gives out, uses, deactivates and deletes coupons, sends, uses and refunds vouchers,
// and returns what was counted: what a migration must count of the rows alone.
func CountedBefore(t *testing.T, s store.Store) []string {
	t.Helper()
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}))
	sold := sale{store: s, key: st.StockKey}
	for i := range byte(4) {
		if _, err := sold.batch(t.Context(), []claimant{{who: holder(i), number: fmt.Sprint(i), code: coupon.Code(fmt.Sprint("C", i))}}); err != nil {
			t.Fatal(err)
		}
	}
	later := noon().Add(2 * time.Hour)
	changed := func(code coupon.Code, kind tally.Kind, change func(c *coupon.Coupon)) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			c, err := tx.LockCoupon(ctx, coupon.Key{Stock: st.StockKey, Code: code})
			change(&c)
			var sheet tally.Sheet
			sheet.Coupon(kind, &c, later)
			return errors.Join(err, tx.UpdateCoupons(ctx, c), tx.AddTallies(ctx, &sheet))
		})
	}
	changed("C0", tally.Used, func(c *coupon.Coupon) {
		c.State, c.Use = coupon.StateUsed, coupon.Use{RequestNo: "u", At: later}
	})
	changed("C1", tally.Deactivated, func(c *coupon.Coupon) {
		c.State, c.Deactivated = coupon.StateDeactivated, coupon.Deactivation{RequestNo: "d", At: later}
	})
	vs := PlainVoucherStock("1000000001", voucher.Limits{MaxCoupons: 5, MaxAmount: 500, MaxPerUser: 5})
	insertVoucherStock(t, s, vs)
	sendPlainly(t, s, vs, "8001", holder(1))
	v := SentVoucher(vs.StockKey, "8001", holder(1))
	count(t, s, tally.OfSent([]voucher.Voucher{v}))
	v.State, v.Use = voucher.StateUsed, voucher.Consumption{TransactionID: "4200000001", At: later, Merchant: other, Discount: 100}
	back := aFlow(vs.StockKey, payment.FlowRefund, "8001", later.Add(time.Hour))
	back.Discount, back.RefundID = 40, "R"
	used := aFlow(vs.StockKey, payment.FlowUse, "8001", later)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		sheet := tally.OfConsumed([]voucher.Voucher{v})
		sheet.Refunded(vs.StockKey, 40, later.Add(time.Hour))
		return errors.Join(tx.InsertFlows(ctx, []payment.Flow{used, back}), tx.AddTallies(ctx, sheet))
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateVouchers(ctx, []voucher.Voucher{v}) })
	return CountedNow(t, s)
}

// CountedNow is everything that is counted, by stock, hour and channel, and by the days on which it
// expires.
func CountedNow(t *testing.T, s store.Store) []string {
	t.Helper()
	list := talliesOf(t, s, store.TallyQuery{From: tally.HourOf(noon()), Until: tally.HourOf(noon()) + 1000, ByStock: true})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		days, err := tx.Expiries(ctx, store.ExpiryQuery{Until: 1 << 20})
		for _, e := range days {
			list = append(list, fmt.Sprintf("%d expire on %d", e.N, e.Day))
		}
		return err
	})
	return list
}
