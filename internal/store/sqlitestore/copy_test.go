package sqlitestore_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/storetest"
)

func TestACopyComesBackWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(dir, "a.db"), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 5, MaxPerUser: 1})
	path := filepath.Join(dir, "copy.db")
	if err := s.CopyTo(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	change := func(state coupon.StockState) {
		t.Helper()
		changed := shop.Stock
		changed.State = state
		if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), changed) }); err != nil {
			t.Fatal(err)
		}
	}
	change(coupon.StockPaused)
	told := make(chan merchant.ID, 8)
	s.OnChange(func(owner merchant.ID) { told <- owner })
	if err := s.CopyFrom(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if owner := <-told; owner != "" {
		t.Errorf("only %s was told", owner)
	}
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		stock, err := tx.Stock(t.Context(), shop.Stock.ID)
		if stock.State != shop.Stock.State {
			t.Errorf("the stock is %s", stock.State)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	change(coupon.StockPaused) // it can be changed again
	for _, one := range mustCheck(t, s) {
		if one.Broken > 0 {
			t.Errorf("%s: %d broken", one.Name, one.Broken)
		}
	}
}

func mustCheck(t *testing.T, s store.Store) []store.Invariant {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatIsNoCopyChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(dir, "a.db"), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 5, MaxPerUser: 1})
	if err := s.CopyFrom(t.Context(), filepath.Join(dir, "none.db")); err == nil {
		t.Error("nothing was taken for a copy")
	}
	if err := s.CopyTo(t.Context(), filepath.Join(dir, "a.db")); err == nil {
		t.Error("the database was copied onto itself")
	}
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		_, err := tx.Stock(context.WithoutCancel(t.Context()), shop.Stock.ID)
		return err
	}); errors.Is(err, store.ErrNotFound) || err != nil {
		t.Errorf("the stock: %v", err)
	}
}
