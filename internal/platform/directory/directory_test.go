package directory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

// deaf is a store whose news are lost.
type deaf struct{ *memstore.Store }

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

func rename(t *testing.T, s store.Store, shop *storetest.Shop, name string) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		m, err := tx.Merchant(t.Context(), shop.Stock.Creator)
		if err != nil {
			return err
		}
		m.Name = name
		changed := shop.Stock
		changed.Name = name
		return errors.Join(tx.UpdateMerchant(t.Context(), m), tx.UpdateStock(t.Context(), changed))
	}); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, d *directory.Directory, shop *storetest.Shop) [2]string {
	t.Helper()
	m, err := d.Merchant(t.Context(), shop.Stock.Creator)
	s, errStock := d.Stock(t.Context(), shop.Stock.ID)
	if err != nil || errStock != nil {
		t.Fatal(err, errStock)
	}
	return [2]string{m.Name, s.Name}
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	d := directory.New(s, clock.Fixed(noon()))
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	_ = names(t, d, shop)
	rename(t, s, shop, "new")
	if got := names(t, d, shop); got != [2]string{"new", "new"} {
		t.Errorf("got %q", got)
	}
}

// OnChange loses the listener.
func (deaf) OnChange(func(owner merchant.ID)) {}

func TestLostNewsMatterForTwoSeconds(t *testing.T) {
	t.Parallel()
	s, now := deaf{memstore.New()}, clock.NewManual(noon())
	d := directory.New(s, now)
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	before := names(t, d, shop)
	rename(t, s, shop, "new")
	now.Set(noon().Add(1999 * time.Millisecond))
	if got := names(t, d, shop); got != before {
		t.Errorf("got %q before the time", got)
	}
	now.Set(noon().Add(2 * time.Second))
	if got := names(t, d, shop); got != [2]string{"new", "new"} {
		t.Errorf("got %q after the time", got)
	}
}

func TestWhatDoesNotExistIsNotRemembered(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	d := directory.New(s, clock.Fixed(noon()))
	if _, err := d.Stock(t.Context(), "1282070000000017"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("gives %v", err)
	}
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	_ = names(t, d, shop)
}

func BenchmarkStock(b *testing.B) {
	s := memstore.New()
	d := directory.New(s, clock.System{})
	shop := storetest.OpenShop(b, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Stock(b.Context(), shop.Stock.ID); err != nil {
			b.Fatal(err)
		}
	}
}
