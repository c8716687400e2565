package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

const owner = "1900000001"

func entry(object string) []store.AuditEntry {
	return []store.AuditEntry{{Owner: owner, Actor: owner, Action: "a", Object: object}}
}

func request(number string) store.Request {
	return store.Request{
		RequestKey: store.RequestKey{Owner: owner, Stock: "1", Operation: store.OpSendCoupon, Number: number},
		Content:    store.ContentOf(number), Answer: []byte("answer"),
	}
}

func expectEntries(t *testing.T, s store.Store, want int) {
	t.Helper()
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), owner, 0, 10_000)
		if len(entries) != want {
			t.Errorf("%d entries, want %d", len(entries), want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// TestALostConfirmationIsUnclearAndARepeatSettlesIt cuts the connection when the server
// confirms a commit, as a failing network does.
func TestALostConfirmationIsUnclearAndARepeatSettlesIt(t *testing.T) {
	t.Parallel()
	w, dsn := through(t, engines.Database(t))
	s := mustOpen(t, dsn)
	first := []store.Request{request("n")}
	runs := 0
	insert := func(tx store.Tx) error {
		runs++
		return tx.InsertRequests(t.Context(), first)
	}
	w.cutCommits.Store(1)
	if err := s.Write(t.Context(), insert); !errors.Is(err, store.ErrUnclear) {
		t.Fatalf("a lost confirmation gives %v", err)
	}
	if runs != 1 {
		t.Errorf("a transaction whose commit was sent ran %d times", runs)
	}
	if err := s.Write(t.Context(), insert); !errors.Is(err, store.ErrDuplicate) || errors.Is(err, store.ErrUnclear) {
		t.Errorf("a repeat gives %v", err)
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		found, err := tx.Requests(t.Context(), []store.RequestKey{first[0].RequestKey})
		if string(found[first[0].RequestKey].Answer) != "answer" {
			t.Errorf("found %v", found)
		}
		return errors.Join(err, tx.TouchRequests(t.Context(), []store.RequestKey{first[0].RequestKey}))
	}); err != nil {
		t.Errorf("looking it up gives %v", err)
	}
}

// TestACommitThatDidNotWaitForItsStandbyIsUnclear cancels the wait for a standby that does
// not exist: PostgreSQL then commits with a warning.
func TestACommitThatDidNotWaitForItsStandbyIsUnclear(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.DSN("postgres")
	s := mustOpen(t, dsn)
	if err := c.Set(t.Context(), map[string]string{"synchronous_standby_names": "nobody"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Await(t.Context(), "postgres", "select current_setting('synchronous_standby_names') = 'nobody'"); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ { // sessions learn of the setting between two statements
		done := make(chan error, 1)
		go func() {
			done <- s.Write(context.Background(), func(tx store.Tx) error { return tx.AppendAudit(context.Background(), entry(fmt.Sprint(i))) })
		}()
		cancelled := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			cancelled <- c.Await(ctx, "postgres", "select coalesce(bool_or(pg_cancel_backend(pid)), false) from pg_stat_activity where wait_event = 'SyncRep'")
		}()
		err := <-done
		if err == nil { // nobody waited, so that there is nothing to cancel
			stop()
			<-cancelled //nolint:errcheck // it was told to stop
			const most = 50
			if i == most {
				t.Fatal("nobody waits for the standby, or who did not wait long enough is told of success")
			}
			continue
		}
		if err := <-cancelled; err != nil {
			t.Error(err)
		}
		stop()
		if !errors.Is(err, store.ErrUnclear) {
			t.Errorf("a cancelled wait gives %v", err)
		}
		expectEntries(t, s, i+1)
		break
	}
	if err := c.Set(t.Context(), map[string]string{"synchronous_standby_names": ""}); err != nil && !strings.Contains(err.Error(), "standby") {
		t.Error(err)
	}
}

// TestADeadlockIsRunAgain has two transactions lock two stocks in opposite orders, once.
func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	keys := []coupon.StockKey{{Creator: owner, ID: "1"}, {Creator: owner, ID: "2"}}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return errors.Join(
			tx.InsertStock(t.Context(), coupon.Stock{StockKey: keys[0]}),
			tx.InsertStock(t.Context(), coupon.Stock{StockKey: keys[1]}))
	}); err != nil {
		t.Fatal(err)
	}
	var runs atomic.Int64
	arrived := make(chan struct{}, 2)
	meet := make(chan struct{})
	go func() { // both have their first lock before either asks for the second
		<-arrived
		<-arrived
		close(meet)
	}()
	_, errs := storetest.Race(2, func(i int) (struct{}, error) {
		first := true
		return struct{}{}, s.Write(t.Context(), func(tx store.Tx) error {
			runs.Add(1)
			if _, _, err := tx.LockStock(t.Context(), keys[i], 1); err != nil {
				return err
			}
			if first {
				first = false
				arrived <- struct{}{}
			}
			<-meet
			_, _, err := tx.LockStock(t.Context(), keys[1-i], 1)
			return errors.Join(err, tx.AppendAudit(t.Context(), entry(fmt.Sprint(i))))
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if n := runs.Load(); n < 3 || n > 4 {
		t.Errorf("the two transactions ran %d times", n)
	}
	expectEntries(t, s, 2)
}

// TestConflictsEndSomeTime has the server give every transaction up.
func TestConflictsEndSomeTime(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	failing(t, dsn, "40001")
	s := mustOpen(t, dsn)
	runs := 0
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		runs++
		return tx.AppendAudit(t.Context(), entry("1"))
	}); err == nil || errors.Is(err, store.ErrUnclear) || runs != 5 {
		t.Errorf("after %d runs: %v", runs, err)
	}
}

// failing has every insert into the audit trail fail with a code.
func failing(t *testing.T, dsn, code string) {
	t.Helper()
	exec(t, dsn, `
		create function fail() returns trigger language plpgsql as
		$$ begin raise exception 'on purpose' using errcode = '`+code+`'; end $$;
		create trigger failing before insert on audit for each row execute function fail()`)
}

func TestAFullDiskRefusesAndHealsByItself(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	failing(t, dsn, "53100")
	s := mustOpen(t, dsn)
	add := func(tx store.Tx) error { return tx.AppendAudit(t.Context(), entry("1")) }
	if err := s.Write(t.Context(), add); !errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnclear) {
		t.Errorf("a full disk gives %v", err)
	}
	exec(t, dsn, "drop trigger failing on audit")
	if err := s.Write(t.Context(), add); err != nil {
		t.Errorf("with space again: %v", err)
	}
	expectEntries(t, s, 1)
	t.Log("proof P15: a full disk of PostgreSQL refuses 1 change, which is done with space again")
}

func TestAnErrorThatWasSwallowedStillUndoesEverything(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := coupon.StockKey{Creator: owner, ID: "1"}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_ = tx.AppendAudit(t.Context(), entry("1"))
		_ = tx.UpdateStock(t.Context(), coupon.Stock{StockKey: key}) // there is none
		_, _ = tx.Users(t.Context(), nil)
		_, _ = tx.Counters(t.Context(), key, 1)
		return nil
	}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("write gives %v", err)
	}
	expectEntries(t, s, 0)
	err := s.Write(t.Context(), func(tx store.Tx) error {
		_, err := tx.Counters(t.Context(), key, 1)
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no stock gives %v", err)
		}
		return tx.AppendAudit(t.Context(), entry("1")) // nothing was lost
	})
	if err != nil {
		t.Error(err)
	}
	expectEntries(t, s, 1)
}

func TestATextThatCannotBeStoredIsTheCallersMistake(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, number := range []string{"a\x00b", "a\xffb"} {
		err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertRequests(t.Context(), []store.Request{request(number)}) })
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q gives %v", number, err)
		}
	}
}

// TestATouchIsAWrite looks at the version of the row.
func TestATouchIsAWrite(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	s := mustOpen(t, dsn)
	one := request("n")
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertRequests(t.Context(), []store.Request{one}) }); err != nil {
		t.Fatal(err)
	}
	const version = "select xmin::text from request"
	before := ask[string](t, dsn, version)
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.TouchRequests(t.Context(), []store.RequestKey{one.RequestKey})
	}); err != nil {
		t.Fatal(err)
	}
	if after := ask[string](t, dsn, version); after == before {
		t.Errorf("the row is as transaction %s left it", after)
	}
}

// TestABatchTakesAFixedNumberOfRoundTrips counts them on the wire.
func TestABatchTakesAFixedNumberOfRoundTrips(t *testing.T) {
	t.Parallel()
	w, dsn := through(t, engines.Database(t))
	opened, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	key := coupon.StockKey{Creator: owner, ID: "1282070000000017"}
	if err := opened.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertStock(t.Context(), coupon.Stock{StockKey: key, Limits: coupon.Limits{MaxCoupons: 1e6, MaxPerUser: 1e6}})
	}); err != nil {
		t.Fatal(err)
	}
	sold, want := 0, int64(2) // locks and what depends on them; all changes with the commit
	for _, size := range []int{1, 1, 16, 256} {
		before := w.trips.Load()
		if err := sell(t.Context(), opened, key, "wire", sold, size); err != nil {
			t.Fatal(err)
		}
		sold += size
		if trips := w.trips.Load() - before; sold > 1 && trips != want {
			t.Errorf("a batch of %d takes %d round trips, want %d", size, trips, want)
		}
	}
}

// TestCountersStayOnTheirPage looks whether updates of the hottest rows were heap-only:
// no index had to learn of them.
func TestCountersStayOnTheirPage(t *testing.T) {
	t.Parallel()
	const batches = 300
	dsn := engines.Database(t)
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	key := insertStock(t, s, 1e6)
	for i := range batches {
		if err := sell(t.Context(), s, key, "n", 2*i, 2); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // sessions report what they did when they end
		t.Fatal(err)
	}
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"stock"} {
		if err := pgtest.Shared(t).Await(t.Context(), strings.TrimPrefix(address.Path, "/"),
			"select n_tup_upd >= 299 from pg_stat_user_tables where relname = '"+table+"'"); err != nil {
			t.Fatal(err)
		}
		if share := ask[float64](t, dsn, "select n_tup_hot_upd::float8 / n_tup_upd from pg_stat_user_tables where relname = '"+table+"'"); share < 0.95 {
			t.Errorf("%.0f %% of the updates of %s are heap-only", 100*share, table)
		}
	}
}

// TestStocksThatAreKeptDecodedAreNotShared changes what one reader got.
func TestStocksThatAreKeptDecodedAreNotShared(t *testing.T) {
	t.Parallel()
	s := open(t)
	want := coupon.Stock{
		StockKey: coupon.StockKey{Creator: owner, ID: "1"}, Name: "n", State: coupon.StockRunning,
		Validity: coupon.Validity{Begin: time.Unix(1, 0), End: time.Unix(2, 0), WeekDays: []int{1, 2}},
		Entrance: coupon.Entrance{MiniProgram: &coupon.MiniProgram{Path: "p"}},
		Display:  coupon.Display{Finder: &coupon.Finder{ID: "f"}},
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertStock(t.Context(), want) }); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Read(t.Context(), func(tx store.ReadTx) error {
			got, err := tx.Stock(t.Context(), "1")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("stock (-want +got):\n%s", diff)
			}
			got.Validity.WeekDays[0], got.Entrance.MiniProgram.Path, got.Display.Finder.ID = 9, "x", "x"
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
