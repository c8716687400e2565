package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// testForeseen has a transaction count a stock as another one will leave it: while that one goes on, and
// after it has ended, well or not. An engine without versions is asked for nothing.
func testForeseen(t *testing.T, s store.Store) {
	f := follower{store: s, stock: insertStock(t, s, stock("1282070000000017"))}
	behind := make(chan error, 1)
	first, err := f.count(t.Context(), func(before store.Foreseen) error {
		go func() { behind <- f.follow(t, before) }()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if first.Version == 0 {
		return
	}
	if err := <-behind; err != nil {
		t.Errorf("behind a transaction that goes on: %v", err)
	}
	expectCounters(t, s, f.stock.StockKey, today(), coupon.Counters{Issued: 2, Day: today(), IssuedToday: 2})
	if err := f.follow(t, first); !errors.Is(err, store.ErrStale) {
		t.Errorf("behind one that another one followed: %v", err)
	}
	ended, err := f.count(t.Context(), func(store.Foreseen) error { return nil })
	if err := errors.Join(err, f.follow(t, ended)); err != nil {
		t.Errorf("behind one that has ended: %v", err)
	}
	undone, errUndone := f.count(t.Context(), func(store.Foreseen) error { return errOnPurpose })
	if err := f.follow(t, undone); !errors.Is(err, store.ErrStale) || !errors.Is(errUndone, errOnPurpose) {
		t.Errorf("behind one that was undone (%v): %v", errUndone, err)
	}
	changed, err := f.count(t.Context(), func(store.Foreseen) error { return nil })
	write(t, s, func(ctx context.Context, tx store.Tx) error { return errors.Join(err, tx.UpdateStock(ctx, f.stock)) })
	if err := f.follow(t, changed); !errors.Is(err, store.ErrStale) {
		t.Errorf("behind a change, though it changed nothing: %v", err)
	}
	expectCounters(t, s, f.stock.StockKey, today(), coupon.Counters{Issued: 5, Day: today(), IssuedToday: 5})
}

// follower counts one stock up.
type follower struct {
	store store.Store
	stock coupon.Stock
}

// count locks the stock and counts one more. Before it ends, it passes on what it will leave.
func (f *follower) count(ctx context.Context, pass func(store.Foreseen) error) (leaves store.Foreseen, err error) {
	err = f.store.Write(ctx, func(tx store.Tx) error {
		leaves, err = f.one(ctx, tx, nil)
		if err == nil && leaves.Version != 0 {
			err = pass(leaves)
		}
		return err
	})
	return leaves, err
}

// follow counts one more than another transaction leaves.
func (f *follower) follow(t *testing.T, before store.Foreseen) error {
	t.Helper()
	return f.store.Write(t.Context(), func(tx store.Tx) error {
		leaves, err := f.one(t.Context(), tx, &before)
		if leaves.Version == before.Version {
			t.Errorf("two transactions with version %d", leaves.Version)
		}
		return err
	})
}

func (f *follower) one(ctx context.Context, tx store.Tx, before *store.Foreseen) (leaves store.Foreseen, err error) {
	ask := store.Ask{Stocks: []coupon.StockKey{f.stock.StockKey}, Day: today(), Foreseen: before}
	locked, err := tx.LockToIssue(ctx, ask)
	if err != nil {
		return leaves, err
	}
	leaves.LockedStock, leaves.Version = locked.Stocks[f.stock.StockKey], locked.Version
	change := store.CounterChange{Stock: f.stock.StockKey, Was: leaves.Counters}
	if before != nil {
		change.Foreseen = before.Version
		if diff := cmp.Diff(before.LockedStock, leaves.LockedStock); diff != "" {
			return leaves, errors.New("not what was foreseen: " + diff)
		}
	}
	leaves.Counters, leaves.LastID = leaves.Counters.Issue(coupon.CodesByPlatform), leaves.LastID+1
	change.Is, change.LastID = leaves.Counters, leaves.LastID
	return leaves, tx.SetCounters(ctx, change)
}
