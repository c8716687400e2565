package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// sale issues coupons of one stock as a capability does: lock, decide by the rules,
// write in bulk.
type sale struct {
	store store.Store
	key   coupon.StockKey
}

// claimant is one user with one request.
type claimant struct {
	who    user.ID
	number string
	code   coupon.Code
}

// batch issues to the claimants in one transaction and reports who got a coupon.
func (s *sale) batch(ctx context.Context, claimants []claimant) ([]bool, error) {
	got := make([]bool, len(claimants))
	err := s.store.Write(ctx, func(tx store.Tx) error {
		clear(got)
		st, was, err := tx.LockStock(ctx, s.key, today())
		if err != nil {
			return err
		}
		held, err := heldIn(ctx, tx, s.key, holdersOf(claimants)...)
		if err != nil {
			return err
		}
		var rows rows
		is := was
		for i, c := range claimants {
			if st.Admit(is, &user.User{ID: c.who}, held[c.who], noon()) != coupon.Admitted {
				continue
			}
			got[i] = true
			is = is.Issue(st.CodeMode)
			held[c.who]++
			rows.add(s.key, c, held[c.who])
		}
		return rows.write(ctx, tx, s.key, was, is)
	})
	return got, err
}

func holdersOf(claimants []claimant) []user.ID {
	ids := make([]user.ID, len(claimants))
	for i, c := range claimants {
		ids[i] = c.who
	}
	return ids
}

// rows collects what a batch writes.
type rows struct {
	coupons  []coupon.Coupon
	requests []store.Request
	events   []delivery.Event
	held     []store.Held
}

func (r *rows) add(key coupon.StockKey, c claimant, held int64) {
	r.coupons = append(r.coupons, issued(key, c.code, c.who))
	r.requests = append(r.requests, store.Request{
		RequestKey: store.RequestKey{Owner: key.Creator, Stock: key.ID, Operation: store.OpSendCoupon, Subject: string(c.who[:]), Number: c.number},
		Content:    store.ContentOf(c.number), Answer: []byte(c.code), At: noon(),
	})
	r.events = append(r.events, delivery.Event{
		Owner: key.Creator, Product: merchant.BusiFavor, ID: c.number, Kind: delivery.KindCouponSent, At: noon(),
		Payload: fmt.Appendf(nil, `{"stock_id":%q,"coupon_code":%q}`, key.ID, c.code),
	})
	r.held = append(r.held, heldBy(key, c.who, held))
}

func (r *rows) write(ctx context.Context, tx store.Tx, key coupon.StockKey, was, is coupon.Counters) error {
	return store.InOrder(
		func() error { return tx.InsertCoupons(ctx, r.coupons) },
		func() error { return tx.InsertRequests(ctx, r.requests) },
		func() error { return tx.AppendEvents(ctx, r.events) },
		func() error { return tx.SetHeld(ctx, r.held) },
		func() error { return tx.SetCounters(ctx, store.CounterChange{Stock: key, Was: was, Is: is}) },
		func() error { return tx.AddTallies(ctx, tally.OfIssued(r.coupons)) },
	)
}

// testFlashSale lets 100 goroutines of 20 users claim from a stock of 40.
func testFlashSale(t *testing.T, s store.Store) {
	const claims, most = 100, 40
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: most, MaxPerUser: 5}))
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	sold := sale{store: s, key: st.StockKey}
	results := make([]bool, claims)
	var wg sync.WaitGroup
	for i := range claims {
		wg.Go(func() {
			c := claimant{who: holder(byte(i % 20)), number: fmt.Sprint("n", i), code: coupon.Code(fmt.Sprint("C", i))}
			got, err := sold.batch(t.Context(), []claimant{c})
			if err != nil {
				t.Errorf("claim %d: %v", i, err)
			}
			results[i] = got[0]
		})
	}
	wg.Wait()
	answered := 0
	for _, got := range results {
		if got {
			answered++
		}
	}
	if answered != most {
		t.Errorf("%d claims were answered with a coupon, want %d", answered, most)
	}
	expectSold(t, s, st.StockKey, most, 5)
}

// expectSold checks that counters equal rows and that nobody has too many.
func expectSold(t *testing.T, s store.Store, key coupon.StockKey, want, perUser int64) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		counters, err := tx.Counters(ctx, key, today())
		if err != nil {
			return err
		}
		var total int64
		for i := range byte(20) {
			_, n, err := tx.UserCoupons(ctx, store.CouponQuery{Holder: holder(i), Limit: 1})
			if err != nil {
				return err
			}
			if n > perUser {
				t.Errorf("user %d holds %d", i, n)
			}
			total += n
		}
		events, err := tx.Deliveries(ctx, store.DeliveryQuery{Owner: key.Creator, Limit: 1000})
		if counters.Issued != want || total != want || counters.IssuedToday != want || int64(len(events)) != want {
			t.Errorf("counters %+v, %d coupons, %d events, want %d", counters, total, len(events), want)
		}
		return err
	})
}

// Benchmark measures what an issue costs at several batch sizes; the figure to read
// is issues/s.
func Benchmark(b *testing.B, open Open) {
	for _, size := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("issue/batch=%d", size), func(b *testing.B) { benchmarkIssue(b, open, size) })
	}
}

func benchmarkIssue(b *testing.B, open Open, size int) {
	s := open(b)
	b.Cleanup(func() { _ = s.Close() })
	st := insertStock(b, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100}))
	sold := sale{store: s, key: st.StockKey}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		claimants := make([]claimant, size)
		for i := range claimants {
			n++
			claimants[i] = claimant{
				who:    user.ID{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)},
				number: fmt.Sprint("n", n), code: coupon.Code(fmt.Sprintf("12%020d", uint64(n)*0x9e3779b97f4a7c15)),
			}
		}
		if _, err := sold.batch(b.Context(), claimants); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "issues/s")
}
