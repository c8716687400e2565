package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
)

// listener is where the tests' events go.
func listener() merchant.CallbackKey {
	return merchant.CallbackKey{Owner: owner, Product: merchant.BusiFavor}
}

func notice(id string) []delivery.Event {
	return []delivery.Event{{Owner: owner, Product: merchant.BusiFavor, ID: id, Kind: delivery.KindCouponSent, Payload: []byte("{}")}}
}

func setListener(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.SetCallback(t.Context(), merchant.Callback{CallbackKey: listener(), URL: "https://example.com", On: true})
	}); err != nil {
		t.Fatal(err)
	}
}

// slow is a transaction that appended an event and stays open.
type slow struct {
	release chan struct{}
	ended   chan error
}

// appendSlowly returns when the event is decided upon.
func appendSlowly(t *testing.T, s store.Store, id string) *slow {
	t.Helper()
	w := &slow{release: make(chan struct{}), ended: make(chan error, 1)}
	given := make(chan struct{})
	go func() {
		w.ended <- s.Write(context.Background(), func(tx store.Tx) error {
			err := tx.AppendEvents(context.Background(), notice(id))
			_, errSent := tx.IsSubMerchant(context.Background(), "", "") // has it sent
			close(given)
			<-w.release
			return errors.Join(err, errSent)
		})
	}()
	<-given
	return w
}

func (w *slow) commit(t *testing.T) {
	t.Helper()
	close(w.release)
	if err := <-w.ended; err != nil {
		t.Fatal(err)
	}
}

// deliveriesOf counts the deliveries of each event, and those that arrived.
func deliveriesOf(t *testing.T, s store.Store) (waits map[string]int, delivered int) {
	t.Helper()
	waits = map[string]int{}
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		list, err := tx.Deliveries(t.Context(), store.DeliveryQuery{Owner: owner, Limit: 100_000})
		for _, d := range list {
			waits[d.EventID]++
			if d.State == delivery.Delivered {
				delivered++
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return waits, delivered
}

// TestNoticesOfSlowTransactionsAreNotSkipped commits in another order than the events got their
// places in, while two nodes deliver what they see. One of them dies holding what it took.
func TestNoticesOfSlowTransactionsAreNotSkipped(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 20
	dsn := engines.Database(t)
	s := mustOpen(t, dsn)
	setListener(t, s)
	var writing sync.WaitGroup
	for w := range writers {
		key := coupon.StockKey{Creator: owner, ID: coupon.StockID(fmt.Sprint(w))}
		if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertStock(t.Context(), coupon.Stock{StockKey: key}) }); err != nil {
			t.Fatal(err)
		}
		writing.Go(func() {
			for i := range each {
				if err := s.Write(t.Context(), func(tx store.Tx) error {
					return writeSlowly(t.Context(), tx, key, fmt.Sprint(w, "-", i), (w*i)%writers)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var finished atomic.Bool
	var delivering sync.WaitGroup
	arrived := newArrivals()
	for _, dies := range []bool{false, true} {
		n := &deliverer{store: mustOpen(t, dsn), arrived: arrived, dies: dies}
		delivering.Go(func() {
			for now := int64(1); !n.dead; now++ {
				over := finished.Load()
				if n.step(t, now) == 0 && over {
					return
				}
			}
		})
	}
	writing.Wait()
	finished.Store(true)
	delivering.Wait()
	last := &deliverer{store: s, arrived: arrived}
	for last.step(t, 10*lease) > 0 { // what the dead one held is due again
	}
	waits, delivered := deliveriesOf(t, s)
	if len(waits) != writers*each || delivered != writers*each || len(arrived.ids) != writers*each {
		t.Errorf("%d events wait, %d are delivered, %d arrived, of %d", len(waits), delivered, len(arrived.ids), writers*each)
	}
	for id, n := range waits {
		if n != 1 {
			t.Errorf("%s waits %d times", id, n)
		}
	}
}

func writeSlowly(ctx context.Context, tx store.Tx, key coupon.StockKey, id string, steps int) error {
	if _, _, err := tx.LockStock(ctx, key, 1); err != nil {
		return err
	}
	if err := tx.AppendEvents(ctx, notice(id)); err != nil {
		return err
	}
	for range steps {
		if _, err := tx.IsSubMerchant(ctx, "", ""); err != nil {
			return err
		}
	}
	return nil
}

// arrivals are the events that arrived.
type arrivals struct {
	mu  sync.Mutex
	ids map[string]int
}

func newArrivals() *arrivals { return &arrivals{ids: map[string]int{}} }

// lease is how long a deliverer holds what it took, in milliseconds.
const lease = 1_000_000

// deliverer delivers as a node does. One that dies takes and is never heard of again.
type deliverer struct {
	store   *pgstore.Store
	arrived *arrivals
	dies    bool
	dead    bool
}

// step takes what is due, delivers it and says so. It returns how much that was.
func (n *deliverer) step(t *testing.T, now int64) int {
	t.Helper()
	var due []delivery.Due
	if err := n.store.Write(t.Context(), func(tx store.Tx) (err error) {
		due, err = tx.DueDeliveries(t.Context(), time.UnixMilli(now), []store.Span{{CallbackKey: listener(), Limit: 7}})
		claims := make([]delivery.Claim, len(due))
		for i := range due {
			due[i].Claim++
			claims[i] = delivery.Claim{Key: due[i].Key, Number: due[i].Claim, Due: time.UnixMilli(now + lease)}
		}
		return errors.Join(err, tx.ClaimDeliveries(t.Context(), time.UnixMilli(now), claims))
	}); err != nil {
		t.Error(err)
	}
	if n.dies && len(due) > 0 {
		n.dead = true
		return 0
	}
	outcomes := make([]delivery.Outcome, len(due))
	for i, d := range due {
		n.arrived.mu.Lock()
		n.arrived.ids[d.EventID]++
		n.arrived.mu.Unlock()
		outcomes[i] = delivery.Outcome{Key: d.Key, Attempt: delivery.Attempt{Number: d.Claim, At: time.UnixMilli(now)}, State: delivery.Delivered}
	}
	if err := n.store.Write(t.Context(), func(tx store.Tx) error { return tx.SettleAttempts(t.Context(), outcomes) }); err != nil {
		t.Error(err)
	}
	return len(due)
}

// TestNoticesBeginWhenTheCallbackIsSet has transactions under way while a callback is set: it
// waits for those that found none, and those that come while it waits have found it.
func TestNoticesBeginWhenTheCallbackIsSet(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	s := mustOpen(t, dsn)
	before := appendSlowly(t, s, "before")
	set := make(chan struct{})
	go func() {
		setListener(t, s)
		close(set)
	}()
	awaitLock(t, s, 1)
	after := make(chan *slow)
	go func() { after <- appendSlowly(t, s, "after") }()
	awaitLock(t, s, 2)
	select {
	case <-set:
		t.Error("the callback is set while a transaction is under way that has seen none")
	default:
	}
	before.commit(t)
	<-set
	(<-after).commit(t)
	if waits, _ := deliveriesOf(t, s); len(waits) != 1 || waits["after"] != 1 {
		t.Errorf("%v wait", waits)
	}
}

// awaitLock waits until so many transactions wait for an advisory lock.
func awaitLock(t *testing.T, s *pgstore.Store, n int) {
	t.Helper()
	for waiting := 0; waiting < n; {
		if err := s.Pool().QueryRow(t.Context(), `
			select count(*)
			from pg_locks
			where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`).
			Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
}
