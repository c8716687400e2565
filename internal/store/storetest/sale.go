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
		ask := store.Ask{Stocks: []coupon.StockKey{s.key}, Day: today()}
		for _, c := range claimants {
			ask.Holders = append(ask.Holders, store.HolderKey{Stock: s.key, Holder: c.who})
		}
		locked, err := tx.LockToIssue(ctx, ask)
		if err != nil {
			return err
		}
		one, held := locked.Stocks[s.key], counted(locked.Given)
		was, is := one.Counters, one.Counters
		rows := rows{last: max(one.LastID, 1<<40)} // higher than those that had no batches
		for i, c := range claimants {
			if one.Stock.Admit(is, &user.User{ID: c.who}, held[c.who], noon()) != coupon.Admitted {
				continue
			}
			got[i] = true
			is = is.Issue(one.Stock.CodeMode)
			held[c.who]++
			rows.add(s.key, c)
		}
		return rows.write(ctx, tx, s.key, was, is)
	})
	return got, err
}

// rows collects what a batch writes.
type rows struct {
	last    int64
	coupons []coupon.Coupon
	events  []delivery.Event
}

func (r *rows) add(key coupon.StockKey, c claimant) {
	one := issued(key, c.code, c.who)
	r.last++
	one.ID, one.SendRequestNo = r.last, c.number
	r.coupons = append(r.coupons, one)
	r.events = append(r.events, delivery.Event{
		Owner: key.Creator, Product: merchant.BusiFavor, ID: c.number, Kind: delivery.KindCouponSent, At: noon(),
		Payload: fmt.Appendf(nil, `{"stock_id":%q,"coupon_code":%q}`, key.ID, c.code),
	})
}

func (r *rows) write(ctx context.Context, tx store.Tx, key coupon.StockKey, was, is coupon.Counters) error {
	if len(r.coupons) == 0 {
		return nil
	}
	batch := store.AuditEntry{
		Owner: key.Creator, At: noon(), Action: "sell", Object: "stock/" + string(key.ID), Batch: store.BatchOf(r.coupons),
	}
	return store.InOrder(
		func() error {
			return tx.SetCounters(ctx, store.CounterChange{Stock: key, Was: was, Is: is, LastID: r.last})
		},
		func() error { return tx.InsertCoupons(ctx, r.coupons) },
		func() error { return tx.AppendEvents(ctx, r.events) },
		func() error { return tx.AppendAudit(ctx, []store.AuditEntry{batch}) },
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
