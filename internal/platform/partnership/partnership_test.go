package partnership_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// onEveryEngine runs a test with a shop and its partnerships in each engine.
func onEveryEngine(t *testing.T, test func(t *testing.T, shop *storetest.Shop, s *partnership.Service)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 1})
		test(t, shop, serviceOf(shop, shop.Now))
	})
}

func serviceOf(shop *storetest.Shop, now time.Time) *partnership.Service {
	return partnership.New(partnership.Config{Store: shop.Store, Clock: clock.Same{Source: clock.Fixed(now)}})
}

func command(shop *storetest.Shop, key string) partnership.Command {
	return partnership.Command{
		Caller: shop.Stock.Creator, Key: key, Resource: partner.ResourceCoupons, StockID: string(shop.Stock.ID),
		Partner: partner.Partner{Type: partner.ByAppID, ID: string(storetest.ShopAppID)},
	}
}

// recorded counts the audit entries of an action.
func recorded(t *testing.T, shop *storetest.Shop, action string) int {
	t.Helper()
	_, _, entries := shop.Count(t, action)
	return entries
}

func expectSound(t *testing.T, s store.Store) {
	t.Helper()
	proved, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range proved {
		if one.Broken > 0 {
			t.Errorf("%s: %d of %d are broken", one.Name, one.Broken, one.Rows)
		}
	}
}

func TestARaceBuildsOnePartnership(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, s *partnership.Service) {
		built, errs := storetest.Race(24, func(i int) (partner.Partnership, error) {
			return s.Build(t.Context(), command(shop, fmt.Sprint("key", i%3)))
		})
		for i, err := range errs {
			if p := built[i]; err != nil || p.State != partner.Established || !p.Built.Equal(shop.Now) || !p.Created.Equal(shop.Now) {
				t.Errorf("call %d: %+v, %v", i, built[i], err)
			}
		}
		if n := recorded(t, shop, "partnerships.build"); n != 1 {
			t.Errorf("%d are on record", n)
		}
		expectSound(t, shop.Store)
	})
}

func TestBuildersAndEndersAgreeInTheEnd(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, s *partnership.Service) {
		if _, err := s.Build(t.Context(), command(shop, "first")); err != nil {
			t.Fatal(err)
		}
		_, errs := storetest.Race(24, func(i int) (partner.Partnership, error) {
			if i%2 == 0 {
				return s.Terminate(t.Context(), command(shop, fmt.Sprint("end", i)))
			}
			return s.Build(t.Context(), command(shop, fmt.Sprint("build", i)))
		})
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		if builds, ends := recorded(t, shop, "partnerships.build"), recorded(t, shop, "partnerships.terminate"); builds-ends != 0 && builds-ends != 1 {
			t.Errorf("%d builds and %d ends do not take turns", builds, ends)
		}
		expectSound(t, shop.Store)
	})
}

func TestAnUnclearBuildIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, _ *partnership.Service) {
		forgetful := &storetest.Forgetful{Store: shop.Store}
		shop.Store = forgetful
		s := serviceOf(shop, shop.Now)
		forgetful.Times.Store(1)
		if _, err := s.Build(t.Context(), command(shop, "k")); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		p, err := serviceOf(shop, shop.Now.Add(time.Hour)).Build(t.Context(), command(shop, "k"))
		if err != nil || !p.Built.Equal(shop.Now) || p.State != partner.Established {
			t.Errorf("%+v, %v", p, err)
		}
		if n := recorded(t, shop, "partnerships.build"); n != 1 {
			t.Errorf("%d are on record", n)
		}
	})
}

func TestAStockThatHasEndedGetsNoPartnersAndLosesThem(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, s *partnership.Service) {
		if _, err := s.Build(t.Context(), command(shop, "k")); err != nil {
			t.Fatal(err)
		}
		late := serviceOf(shop, shop.Stock.Validity.End.Add(time.Second))
		if p, err := late.Build(t.Context(), command(shop, "k2")); err != nil || !p.Built.Equal(shop.Now) {
			t.Errorf("one that is there: %+v, %v", p, err)
		}
		if _, err := late.Terminate(t.Context(), command(shop, "k")); err != nil {
			t.Error(err)
		}
		if _, err := late.Build(t.Context(), command(shop, "k3")); !errors.Is(err, partnership.ErrStockEnded) {
			t.Errorf("built again: %v", err)
		}
	})
}

func TestPartnersCanBeLimitedToOwnAppIDs(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, _ *partnership.Service) {
		s := partnership.New(partnership.Config{Store: shop.Store, Clock: clock.Same{Source: clock.Fixed(shop.Now)}, OwnAppIDs: true})
		if _, err := s.Build(t.Context(), command(shop, "k")); err != nil {
			t.Error(err)
		}
		foreign := command(shop, "k2")
		foreign.Partner.ID = "wx0000000000000000"
		if _, err := s.Build(t.Context(), foreign); !errors.Is(err, partnership.ErrAppID) {
			t.Errorf("a stranger's appid: %v", err)
		}
	})
}

func TestPagesAreBounded(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, s *partnership.Service) {
		if _, err := s.Build(t.Context(), command(shop, "k")); err != nil {
			t.Fatal(err)
		}
		q := partnership.ListQuery{Caller: shop.Stock.Creator, Resource: partner.ResourceCoupons, Limit: partnership.MaxPage}
		page, err := s.List(t.Context(), q)
		if err != nil || page.Total != 1 || len(page.Partnerships) != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		q.Page = 1<<63 - 1
		if page, err = s.List(t.Context(), q); err != nil || page.Total != 1 || len(page.Partnerships) != 0 {
			t.Errorf("past the end: %+v, %v", page, err)
		}
		q.Limit++
		if _, err := s.List(t.Context(), q); !errors.Is(err, partnership.ErrPage) {
			t.Errorf("a larger page: %v", err)
		}
	})
}

func TestStocksOfVouchersHavePartnersToo(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, s *partnership.Service) {
		vouchers := storetest.PlainVoucherStock("9856001", voucher.Limits{MaxCoupons: 1, MaxAmount: 100, MaxPerUser: 1})
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.InsertVoucherStock(t.Context(), vouchers) }); err != nil {
			t.Fatal(err)
		}
		cmd := command(shop, "k")
		cmd.Resource, cmd.StockID = partner.ResourceVouchers, string(vouchers.ID)
		if _, err := s.Build(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
		if err := shop.Store.Read(t.Context(), func(tx store.ReadTx) error {
			key := partner.Stock{Creator: vouchers.Creator, ID: cmd.StockID}
			for resource, want := range map[partner.Resource]bool{partner.ResourceVouchers: true, partner.ResourceCoupons: false} {
				if got, err := tx.Partnered(t.Context(), key, resource, []partner.Partner{cmd.Partner}); got != want || err != nil {
					t.Errorf("as %s it counts: %v, %v", resource, got, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(cmd *partnership.Command){
			"a stock of coupons as one of vouchers": func(cmd *partnership.Command) { cmd.StockID = string(shop.Stock.ID) },
			"a stock of vouchers as one of coupons": func(cmd *partnership.Command) { cmd.Resource = partner.ResourceCoupons },
		} {
			wrong := cmd
			wrong.Key = "other"
			change(&wrong)
			if _, err := s.Build(t.Context(), wrong); !errors.Is(err, partnership.ErrStockNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		late := serviceOf(shop, vouchers.End.Add(time.Second))
		cmd.Key = "end"
		if _, err := late.Terminate(t.Context(), cmd); err != nil {
			t.Error(err)
		}
		if _, err := late.Build(t.Context(), cmd); !errors.Is(err, partnership.ErrStockEnded) {
			t.Errorf("after its end: %v", err)
		}
		expectSound(t, shop.Store)
	})
}
