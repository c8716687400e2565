package redeem_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const openID = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")

// onEveryEngine runs a test with a shop in each engine and a coupon that it issued.
func onEveryEngine(t *testing.T, test func(t *testing.T, shop *storetest.Shop, code coupon.Code)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 10})
		test(t, shop, send(t, shop, "send"))
	})
}

// send issues a coupon of the shop.
func send(t *testing.T, shop *storetest.Shop, number string) coupon.Code {
	t.Helper()
	sender := issue.New(issue.Config{Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Random: rand.Reader, Users: users()})
	sent, err := sender.Send(t.Context(), issue.SendCommand{
		Caller: shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: openID, StockID: shop.Stock.ID, RequestNo: number,
	})
	if err != nil {
		t.Fatal(err)
	}
	return sent.Code
}

func users() user.Policy { return user.Policy{AutoRegister: true} }

func serviceOf(shop *storetest.Shop) *redeem.Service {
	return redeem.New(redeem.Config{Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Users: users(), Orders: coupon.OrderPolicy{TakeAny: true}})
}

func command(shop *storetest.Shop, code coupon.Code, number string) redeem.UseCommand {
	return redeem.UseCommand{
		Target: redeem.Target{Caller: shop.Stock.Creator, Code: code, StockID: shop.Stock.ID}, AppID: storetest.ShopAppID, OpenID: openID, RequestNo: number,
	}
}

func TestACouponIsRedeemedAtMostOnce(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		_, errs := storetest.Race(64, func(i int) (redeem.Used, error) { return s.Use(t.Context(), command(shop, code, fmt.Sprint("n", i))) })
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, coupon.ErrUsed) {
				t.Errorf("refused with %v", err)
			}
		}
		if _, _, entries := shop.Count(t, "busifavor.coupons.use"); won != 1 || entries != 1 {
			t.Errorf("%d calls redeemed the coupon, %d audit entries", won, entries)
		}
	})
}

func TestARaceOfOneNumberGivesOneAnswer(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		used, errs := storetest.Race(64, func(int) (redeem.Used, error) { return s.Use(t.Context(), command(shop, code, "same")) })
		for i, err := range errs {
			if err != nil || !used[i].At.Equal(used[0].At) || used[i].OpenID != used[0].OpenID {
				t.Errorf("call %d: %+v, %v", i, used[i], err)
			}
		}
		if _, _, entries := shop.Count(t, "busifavor.coupons.use"); entries != 1 {
			t.Errorf("%d audit entries", entries)
		}
	})
}

func TestAnUnclearCommitIsReportedAndSettledByARepeat(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		forgetful := &storetest.Forgetful{Store: shop.Store}
		shop.Store = forgetful
		s := serviceOf(shop)
		forgetful.Times.Store(1)
		if _, err := s.Use(t.Context(), command(shop, code, "n")); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		if used, err := s.Use(t.Context(), command(shop, code, "n")); err != nil || used.OpenID != openID {
			t.Errorf("the repeat gives %+v, %v", used, err)
		}
		if _, err := s.Use(t.Context(), command(shop, code, "other")); !errors.Is(err, coupon.ErrUsed) {
			t.Errorf("another number gives %v", err)
		}
	})
}

// TestOneNumberMayRedeemManyCoupons: it counts for each coupon alone.
func TestOneNumberMayRedeemManyCoupons(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, first coupon.Code) {
		second := send(t, shop, "send2")
		s := serviceOf(shop)
		for _, code := range []coupon.Code{first, second} {
			if _, err := s.Use(t.Context(), command(shop, code, "order-1")); err != nil {
				t.Errorf("%s: %v", code, err)
			}
		}
	})
}

// TestOneNumberWithOtherContentIsRefused repeats a redemption for another order.
func TestOneNumberWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s, cmd := serviceOf(shop), command(shop, code, "n")
		if _, err := s.Use(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
		for _, change := range []func(*redeem.UseCommand){
			func(cmd *redeem.UseCommand) { cmd.OutTradeNo = "other" },
			func(cmd *redeem.UseCommand) { cmd.TransactionID = "other" },
			func(cmd *redeem.UseCommand) { cmd.OpenID = "" },
		} {
			other := cmd
			if change(&other); other == cmd {
				t.Fatal("nothing is changed")
			}
			if used, err := s.Use(t.Context(), other); fault.KindOf(err) != fault.Refused {
				t.Errorf("%+v after %+v: %+v, %v", other, cmd, used, err)
			}
		}
		if _, err := s.Use(t.Context(), cmd); err != nil {
			t.Errorf("the same again: %v", err)
		}
	})
}
