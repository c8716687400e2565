package pgstore_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
)

// slow is a transaction that appended an event and stays open.
type slow struct {
	release chan struct{}
	ended   chan error
}

// appendSlowly returns when the event has its place in the outbox.
func appendSlowly(t *testing.T, s store.Store, id string) *slow {
	t.Helper()
	w := &slow{release: make(chan struct{}), ended: make(chan error, 1)}
	given := make(chan struct{})
	go func() {
		w.ended <- s.Write(context.Background(), func(tx store.Tx) error {
			err := tx.AppendEvents(context.Background(), event(id))
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

// feed is where the tests' events go.
var feed = merchant.CallbackKey{Owner: owner, Product: merchant.BusiFavor}

// follower takes the events of the outbox as a node does: each from where the last one was.
type follower struct {
	store *pgstore.Store
	// locking is called when a transaction has its number and has not looked yet.
	locking func()
	place   int64
	ids     []string
}

// look takes what one transaction is shown.
func (f *follower) look(t *testing.T) {
	t.Helper()
	if err := f.store.Write(t.Context(), func(tx store.Tx) error {
		if _, err := tx.LockFeeds(t.Context(), []merchant.CallbackKey{feed}); err != nil {
			return err
		}
		if f.locking != nil {
			f.locking()
		}
		events, err := tx.OutboxAfter(t.Context(), []store.Span{{CallbackKey: feed, After: f.place, Limit: 10}})
		for _, e := range events[feed] {
			f.place, f.ids = e.Place, append(f.ids, e.ID)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// expect looks until it has seen the last event, and compares all.
func (f *follower) expect(t *testing.T, want ...string) {
	t.Helper()
	for !slices.Contains(f.ids, want[len(want)-1]) {
		f.look(t)
	}
	if !slices.Equal(f.ids, want) {
		t.Errorf("%q were taken, want %q", f.ids, want)
	}
}

// TestNoEventIsSkippedAtTheHorizon has a cluster for itself, as every transaction of a cluster
// moves the horizon or holds it up.
//
//nolint:paralleltest,tparallel // one after the other, for the same reason
func TestNoEventIsSkippedAtTheHorizon(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	for name, test := range map[string]func(*testing.T, store.Store, *follower){
		"an event that becomes visible after a later one":    testSlowTransaction,
		"a reader that is older than the writers":            testOldReader,
		"an event that is undone leaves its place for good":  testUndoneEvent,
		"what an old server said counts for no other server": testOtherServer,
	} {
		t.Run(name, func(t *testing.T) {
			writer, reader := follow(t, c.Fresh(t, "sandbox", emptySandbox))
			test(t, writer, reader)
		})
	}
}

// emptySandbox makes the tables of a database.
func emptySandbox(dsn string) error {
	s, err := pgstore.Open(context.Background(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err != nil {
		return err
	}
	return s.Close()
}

// follow opens two nodes on one database: one that writes and one that looks.
func follow(t *testing.T, dsn string) (writer store.Store, reader *follower) {
	t.Helper()
	writer = mustOpen(t, dsn)
	if err := writer.Write(t.Context(), func(tx store.Tx) error {
		return tx.SetCallback(t.Context(), merchant.Callback{CallbackKey: feed, URL: "https://example.com", On: true})
	}); err != nil {
		t.Fatal(err)
	}
	return writer, &follower{store: mustOpen(t, dsn)}
}

// testSlowTransaction has a reader look at every moment.
func testSlowTransaction(t *testing.T, s store.Store, reader *follower) {
	reader.look(t)
	first, second := appendSlowly(t, s, "first"), appendSlowly(t, s, "second")
	reader.look(t) // both run; no transaction has ended since
	second.commit(t)
	for range 4 {
		reader.look(t)
	}
	third := appendSlowly(t, s, "third")
	reader.look(t)
	if len(reader.ids) > 0 {
		t.Errorf("%q are shown while an earlier event may come", reader.ids)
	}
	first.commit(t)
	third.commit(t)
	reader.expect(t, "first", "second", "third")
}

// testOldReader has the reader's transaction get its number first: that number says nothing
// about the transactions that get places before the reader looks.
func testOldReader(t *testing.T, s store.Store, reader *follower) {
	for range 3 {
		reader.look(t)
	}
	var first *slow
	reader.locking = func() {
		reader.locking = nil
		first = appendSlowly(t, s, "first")
		appendSlowly(t, s, "second").commit(t)
	}
	for range 5 {
		reader.look(t)
	}
	if len(reader.ids) > 0 {
		t.Errorf("%q are shown while an earlier event may come", reader.ids)
	}
	first.commit(t)
	reader.expect(t, "first", "second")
}

func testUndoneEvent(t *testing.T, s store.Store, reader *follower) {
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		err := tx.AppendEvents(t.Context(), event("undone"))
		_, errSent := tx.IsSubMerchant(t.Context(), "", "")
		return errors.Join(err, errSent, errOnPurpose)
	}); !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	appendSlowly(t, s, "kept").commit(t)
	reader.expect(t, "kept")
}

// testOtherServer replaces the server while a transaction has not looked yet: what it sees is
// the old one's.
func testOtherServer(t *testing.T, s store.Store, reader *follower) {
	appendSlowly(t, s, "kept").commit(t)
	reader.locking = func() { reader.store.Replace() }
	for range 5 {
		reader.look(t)
	}
	if len(reader.ids) > 0 {
		t.Errorf("%q are shown by a server that was replaced", reader.ids)
	}
	reader.locking = nil
	reader.expect(t, "kept")
}
