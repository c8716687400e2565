package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

var errSoldOut = errors.New("sold out")

// sell issues n coupons of a stock in one transaction, as a capability does.
func sell(ctx context.Context, s store.Store, key coupon.StockKey, node string, from, n int) error {
	at := time.Unix(1_800_000_000, 0)
	return s.Write(ctx, func(tx store.Tx) error {
		ask := store.Ask{Stocks: []coupon.StockKey{key}, Day: 1}
		for i := range n {
			ask.Holders = append(ask.Holders, store.HolderKey{Stock: key, Holder: user.ID{byte(i % 7)}})
		}
		locked, err := tx.LockToIssue(ctx, ask)
		if err != nil {
			return err
		}
		one := locked.Stocks[key]
		if one.Counters.Issued+int64(n) > one.Stock.Limits.MaxCoupons {
			return errSoldOut
		}
		is, last := one.Counters, max(one.LastID, 1<<40)
		var coupons []coupon.Coupon
		var events []delivery.Event
		for i, holder := range ask.Holders {
			is = is.Issue(coupon.CodesByPlatform)
			number := fmt.Sprint(node, from+i)
			last++
			coupons = append(coupons, coupon.Coupon{
				Key: coupon.Key{Stock: key, Code: coupon.Code(number)}, ID: last, Holder: holder.Holder,
				SendRequestNo: number, State: coupon.StateSent, Received: at, Life: coupon.Life{Expire: at},
			})
			events = append(events, delivery.Event{
				Owner: key.Creator, Product: merchant.BusiFavor, ID: number, Kind: delivery.KindCouponSent, At: at,
				Payload: fmt.Appendf(nil, `{"stock_id":%q,"coupon_code":%q}`, key.ID, number),
			})
		}
		batch := store.AuditEntry{Owner: key.Creator, At: at, Object: "stock/" + string(key.ID), Batch: store.BatchOf(coupons)}
		return errors.Join(
			tx.SetCounters(ctx, store.CounterChange{Stock: key, Was: one.Counters, Is: is, LastID: last}),
			tx.InsertCoupons(ctx, coupons), tx.AppendEvents(ctx, events), tx.AppendAudit(ctx, []store.AuditEntry{batch}),
			tx.AddTallies(ctx, tally.OfIssued(coupons)))
	})
}

func insertStock(t *testing.T, s store.Store, most int64) coupon.StockKey {
	t.Helper()
	key := coupon.StockKey{Creator: owner, ID: "1282070000000017"}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return errors.Join(
			tx.SetCallback(t.Context(), merchant.Callback{CallbackKey: listener(), URL: "https://example.com", On: true}),
			tx.InsertStock(t.Context(), coupon.Stock{StockKey: key, Limits: coupon.Limits{MaxCoupons: most, MaxPerUser: most}}))
	}); err != nil {
		t.Fatal(err)
	}
	return key
}

func expectWhole(t *testing.T, s store.Store) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil || len(list) < 10 {
		t.Errorf("check: %v, %v", list, err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			t.Errorf("%s: broken in %d of %d", one.Name, one.Broken, one.Rows)
		}
	}
}

func TestTwoNodesNeverSellMoreThanThereIs(t *testing.T) {
	t.Parallel()
	const most, clients, each = 100, 16, 10
	dsn := engines.Database(t)
	nodes := []*pgstore.Store{mustOpen(t, dsn), mustOpen(t, dsn)}
	key := insertStock(t, nodes[0], most)
	_, errs := storetest.Race(clients, func(i int) (struct{}, error) {
		var failed error
		for n := range each {
			if err := sell(t.Context(), nodes[i%2], key, fmt.Sprint(i, "-"), n, 1); !errors.Is(err, errSoldOut) {
				failed = errors.Join(failed, err)
			}
		}
		return struct{}{}, failed
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	expectWhole(t, nodes[0])
	if err := nodes[1].Read(t.Context(), func(tx store.ReadTx) error {
		counters, err := tx.Counters(t.Context(), key, 1)
		if counters.Issued != most || counters.IssuedToday != most {
			t.Errorf("counters %+v, want %d", counters, most)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestNodesThatStartTogetherMakeTheSchemaOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Shared(t).Empty(t)
	_, errs := storetest.Race(4, func(int) (struct{}, error) {
		s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
		if err == nil {
			err = s.Close()
		}
		return struct{}{}, err
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// news collects what a store tells.
type news struct {
	mu   sync.Mutex
	told map[merchant.ID]int
	more chan struct{}
}

func listen(s store.Store) *news {
	n := &news{told: map[merchant.ID]int{}, more: make(chan struct{}, 1)}
	s.OnChange(func(owner merchant.ID) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.told[owner]++
		select {
		case n.more <- struct{}{}:
		default:
		}
	})
	return n
}

// await waits until an owner was told of more often than before.
func (n *news) await(t *testing.T, owner merchant.ID, before int) int {
	t.Helper()
	for {
		n.mu.Lock()
		count := n.told[owner]
		n.mu.Unlock()
		if count > before {
			return count
		}
		select {
		case <-n.more:
		case <-t.Context().Done():
			t.Fatalf("nothing was told of %q", owner)
		}
	}
}

func TestANodeLearnsWhatAnotherOneChanged(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	here, there := mustOpen(t, dsn), mustOpen(t, dsn)
	heard := listen(there)
	start := heard.await(t, "", 0) // what happened before it listened is unknown
	if err := here.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertMerchant(t.Context(), merchant.Merchant{ID: owner, Kind: merchant.Ordinary}, time.Unix(1, 0))
	}); err != nil {
		t.Fatal(err)
	}
	heard.await(t, owner, 0)
	err := here.Write(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.UpdateMerchant(t.Context(), merchant.Merchant{ID: "none"}), errOnPurpose)
	})
	if err == nil {
		t.Error("the error was lost")
	}
	// A connection that breaks is made again, and then anything may have changed.
	exec(t, dsn, "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen favord'")
	heard.await(t, "", start)
	heard.mu.Lock()
	defer heard.mu.Unlock()
	if n := heard.told["none"]; n > 0 {
		t.Errorf("a change that did not happen was told %d times", n)
	}
}

// TestAKilledServerIsFoundAgain kills PostgreSQL while a store uses it. The store must say
// that it is not ready, and work again when the server is back, by itself.
func TestAKilledServerIsFoundAgain(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	s := mustOpen(t, c.DSN("postgres"))
	heard := listen(s)
	start := heard.await(t, "", 0)
	key := insertStock(t, s, 1000)
	acknowledged := 0
	for range 3 {
		if _, errs := storetest.Race(8, func(i int) (struct{}, error) {
			return struct{}{}, sell(t.Context(), s, key, "a", acknowledged+i, 1)
		}); errors.Join(errs...) != nil {
			t.Fatal(errs)
		}
		acknowledged += 8
		if err := c.Kill(); err != nil {
			t.Fatal(err)
		}
		err := sell(t.Context(), s, key, "lost", acknowledged, 1)
		if err == nil || errors.Is(err, store.ErrUnclear) {
			t.Errorf("without a server: %v", err)
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("a store without a server is ready")
		}
		if err := c.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); err != nil {
			t.Errorf("with the server back: %v", err)
		}
		start = heard.await(t, "", start)
	}
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		counters, err := tx.Counters(t.Context(), key, 1)
		if counters.Issued != int64(acknowledged) {
			t.Errorf("%d issued, %d acknowledged", counters.Issued, acknowledged)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	expectWhole(t, s)
}
