package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

func insertStock(tb testing.TB, s store.Store, st coupon.Stock) coupon.Stock {
	tb.Helper()
	write(tb, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertStock(ctx, st) })
	return st
}

func testStock(t *testing.T, s store.Store) {
	want := insertStock(t, s, stock("1282070000000017"))
	expectStock(t, s, want)
	want.State, want.Name, want.Display = coupon.StockPaused, "新名称", coupon.Display{}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateStock(ctx, want) })
	expectStock(t, s, want)
	bare := insertStock(t, s, plain("1282070000000018", coupon.Limits{MaxCoupons: 1, MaxPerUser: 1}))
	expectStock(t, s, bare)
	stranger := stock("1282070000000099")
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), stranger) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update of an unknown stock gives %v", err)
	}
}

func expectStock(t *testing.T, s store.Store, want coupon.Stock) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Stock(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stock (-want +got):\n%s", diff)
		}
		if _, err := tx.Stock(ctx, "1000000000000000"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown stock gives %v", err)
		}
		return err
	})
}

func testStocks(t *testing.T, s store.Store) {
	var all []coupon.Stock
	for i, id := range []coupon.StockID{"5", "3", "4", "1", "2"} { // two of each second
		st := plain(id, coupon.Limits{MaxCoupons: 9, MaxPerUser: 1})
		st.CreatedAt = noon().Add(time.Duration(i/2) * time.Second)
		if i == 1 {
			st.Creator = other
		}
		all = append(all, insertStock(t, s, st))
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		_, was, err := tx.LockStock(ctx, all[4].StockKey, today())
		is := coupon.Counters{Day: today(), Issued: 3, IssuedToday: 2, Codes: 7, FreeCodes: 4}
		return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: all[4].StockKey, Was: was, Is: is}))
	})
	for _, c := range []struct {
		q    store.StockQuery
		want []coupon.StockID
	}{
		{store.StockQuery{Limit: 9}, []coupon.StockID{"2", "4", "1", "5", "3"}},
		{store.StockQuery{Limit: 2}, []coupon.StockID{"2", "4"}},
		{store.StockQuery{Limit: 2, After: &all[2]}, []coupon.StockID{"1", "5"}},
		{store.StockQuery{Limit: 9, After: &all[1]}, nil},
		{store.StockQuery{Limit: 9, Creator: other}, []coupon.StockID{"3"}},
		{store.StockQuery{Limit: 9, Creator: creator, After: &all[3]}, []coupon.StockID{"5"}},
		{store.StockQuery{Limit: 9, Creator: "1900000009"}, nil},
	} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.Stocks(ctx, c.q)
			var ids []coupon.StockID
			for _, one := range got {
				ids = append(ids, one.Stock.ID)
			}
			if diff := cmp.Diff(c.want, ids); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", c.q, diff)
			}
			return err
		})
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Stocks(ctx, store.StockQuery{Limit: 1})
		want := []store.CountedStock{{Stock: all[4], Counters: coupon.Counters{Issued: 3, Codes: 7, FreeCodes: 4}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("newest (-want +got):\n%s", diff)
		}
		return err
	})
}

func testStockIDs(t *testing.T, s store.Store) {
	st := insertStock(t, s, stock("1282070000000017"))
	st.Creator = other
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertStock(t.Context(), st) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same id for another merchant gives %v", err)
	}
	err := s.Write(t.Context(), func(tx store.Tx) error {
		_, _, err := tx.LockStock(t.Context(), st.StockKey, today())
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("locking under another merchant gives %v", err)
	}
}

func testCounters(t *testing.T, s store.Store) {
	st := insertStock(t, s, stock("1282070000000017"))
	zero := coupon.Counters{Day: today()}
	five := coupon.Counters{Issued: 5, Day: today(), IssuedToday: 5, Codes: 9, FreeCodes: 4}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, counters, err := tx.LockStock(ctx, st.StockKey, today())
		if locked.ID != st.ID || counters != zero {
			t.Errorf("locked %s with %+v", locked.ID, counters)
		}
		return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: st.StockKey, Was: counters, Is: five}))
	})
	expectCounters(t, s, st.StockKey, today(), five)
	for name, was := range map[string]coupon.Counters{
		"old":             zero,
		"other total":     {Issued: 4, Day: today(), IssuedToday: 5, Codes: 9, FreeCodes: 4},
		"other day count": {Issued: 5, Day: today(), IssuedToday: 4, Codes: 9, FreeCodes: 4},
		"other codes":     {Issued: 5, Day: today(), IssuedToday: 5, Codes: 9, FreeCodes: 5},
		"other day":       {Issued: 5, Day: today() - 1, IssuedToday: 5, Codes: 9, FreeCodes: 4},
	} {
		err := s.Write(t.Context(), func(tx store.Tx) error {
			return tx.SetCounters(t.Context(), store.CounterChange{Stock: st.StockKey, Was: was, Is: five})
		})
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("%s values give %v", name, err)
		}
	}
	expectCounters(t, s, st.StockKey, today(), five)
}

// testCountersTogether has the stocks of two creators be locked and counted at once. When one of them
// is not what it was, none changes.
func testCountersTogether(t *testing.T, s store.Store) {
	var keys []coupon.StockKey
	for _, id := range []coupon.StockID{"3", "1", "2"} { // in the order of asking, not of the keys
		keys = append(keys, insertStock(t, s, plain(id, coupon.Limits{})).StockKey)
	}
	foreign := plain("4", coupon.Limits{})
	foreign.Creator = other
	keys = append(keys, insertStock(t, s, foreign).StockKey)
	count := func(ctx context.Context, tx store.Tx, stale int) error {
		locked, err := tx.LockToIssue(ctx, store.Ask{Stocks: keys, Day: today()})
		var changes []store.CounterChange
		for i, key := range keys {
			was := locked.Stocks[key].Counters
			is := was
			is.Issued, is.IssuedToday = was.Issued+int64(i)+1, was.IssuedToday+int64(i)+1
			if i == stale {
				was.Issued++
			}
			changes = append(changes, store.CounterChange{Stock: key, Was: was, Is: is, LastID: int64(i) + 7})
		}
		return errors.Join(err, tx.SetCounters(ctx, changes...))
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return count(ctx, tx, -1) })
	for stale := range keys {
		if err := s.Write(t.Context(), func(tx store.Tx) error { return count(t.Context(), tx, stale) }); !errors.Is(err, store.ErrStale) {
			t.Errorf("stock %s is stale: %v", keys[stale].ID, err)
		}
	}
	for i, key := range keys {
		n := int64(i) + 1
		expectCounters(t, s, key, today(), coupon.Counters{Issued: n, Day: today(), IssuedToday: n})
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockToIssue(ctx, store.Ask{Stocks: keys, Day: today()})
		for i, key := range keys {
			if last := locked.Stocks[key].LastID; last != int64(i)+7 {
				t.Errorf("the last id of stock %s is %d", key.ID, last)
			}
		}
		return err
	})
}

func expectCounters(t *testing.T, s store.Store, key coupon.StockKey, on day.Day, want coupon.Counters) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Counters(ctx, key, on)
		if got != want {
			t.Errorf("counters %+v, want %+v", got, want)
		}
		return err
	})
}

func testDays(t *testing.T, s store.Store) {
	st := insertStock(t, s, stock("1282070000000017"))
	for _, i := range []day.Day{0, 2, 1, 2} { // nodes may disagree about midnight
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			_, was, err := tx.LockStock(ctx, st.StockKey, today()+i)
			return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: st.StockKey, Was: was, Is: was.Issue(coupon.CodesByPlatform)}))
		})
	}
	for i, n := range []int64{1, 1, 2, 0} {
		on := today() + day.Day(i)
		expectCounters(t, s, st.StockKey, on, coupon.Counters{Issued: 4, Day: on, IssuedToday: n})
	}
}

func testLockStocks(t *testing.T, s store.Store) {
	first, second := insertStock(t, s, stock("1282070000000017")), insertStock(t, s, stock("1282070000000018"))
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		_, was, err := tx.LockStock(ctx, second.StockKey, today())
		is := was.Issue(coupon.CodesByPlatform)
		return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: second.StockKey, Was: was, Is: is, LastID: 7}))
	})
	none := coupon.StockKey{Creator: creator, ID: "1282070000000019"}
	foreign := coupon.StockKey{Creator: other, ID: first.ID}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		got, err := tx.LockToIssue(ctx, store.Ask{Stocks: []coupon.StockKey{second.StockKey, none, first.StockKey, foreign}, Day: today()})
		if diff := cmp.Diff(map[coupon.StockKey]store.LockedStock{
			first.StockKey:  {Stock: first, Counters: coupon.Counters{Day: today()}},
			second.StockKey: {Stock: second, Counters: coupon.Counters{Issued: 1, Day: today(), IssuedToday: 1}, LastID: 7},
		}, got.Stocks); diff != "" {
			t.Errorf("locked (-want +got):\n%s", diff)
		}
		return err
	})
}
