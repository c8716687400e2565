package redeem_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

func target(shop *storetest.Shop, code coupon.Code) redeem.Target {
	return redeem.Target{Caller: shop.Stock.Creator, Code: code, StockID: shop.Stock.ID}
}

// timed is a change of a coupon that answers its time.
type timed struct {
	action string
	// before makes the coupon ready for it.
	before func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code) error
	call   func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code, number string) (time.Time, error)
	// second refuses it under another number.
	second error
}

func timedCommands() []timed {
	nothing := func(context.Context, *redeem.Service, *storetest.Shop, coupon.Code) error { return nil }
	order := func(shop *storetest.Shop, code coupon.Code, number string) redeem.AssociateCommand {
		return redeem.AssociateCommand{Target: target(shop, code), OutTradeNo: "MCH_1", RequestNo: number}
	}
	return []timed{
		{
			"busifavor.coupons.return",
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code) error {
				_, err := s.Use(ctx, command(shop, code, "u"))
				return err
			},
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code, number string) (time.Time, error) {
				return s.Return(ctx, redeem.ReturnCommand{Target: target(shop, code), RequestNo: number})
			},
			coupon.ErrNotUsed,
		},
		{
			"busifavor.coupons.deactivate", nothing,
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code, number string) (time.Time, error) {
				return s.Deactivate(ctx, redeem.DeactivateCommand{Target: target(shop, code), RequestNo: number})
			},
			coupon.ErrNotUsable,
		},
		{
			"busifavor.coupons.associate", nothing,
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code, number string) (time.Time, error) {
				return s.Associate(ctx, order(shop, code, number))
			},
			nil, // the same order may be associated again
		},
		{
			"busifavor.coupons.disassociate",
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code) error {
				_, err := s.Associate(ctx, order(shop, code, "a"))
				return err
			},
			func(ctx context.Context, s *redeem.Service, shop *storetest.Shop, code coupon.Code, number string) (time.Time, error) {
				return s.Disassociate(ctx, order(shop, code, number))
			},
			coupon.ErrNotAssociated,
		},
	}
}

// forEachCommand runs a test with a coupon that is ready for a command.
func forEachCommand(t *testing.T, test func(t *testing.T, s *redeem.Service, shop *storetest.Shop, code coupon.Code, c timed)) {
	t.Helper()
	for _, c := range timedCommands() {
		t.Run(c.action, func(t *testing.T) {
			t.Parallel()
			onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
				s := serviceOf(shop)
				if err := c.before(t.Context(), s, shop, code); err != nil {
					t.Fatal(err)
				}
				test(t, s, shop, code, c)
				expectWhole(t, shop.Store)
			})
		})
	}
}

func expectWhole(t *testing.T, s store.Store) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Error(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			t.Errorf("%s: broken in %d of %d", one.Name, one.Broken, one.Rows)
		}
	}
}

func TestARaceOfOneNumberHasOneEffect(t *testing.T) {
	t.Parallel()
	forEachCommand(t, func(t *testing.T, s *redeem.Service, shop *storetest.Shop, code coupon.Code, c timed) {
		at, errs := storetest.Race(64, func(int) (time.Time, error) { return c.call(t.Context(), s, shop, code, "same") })
		for i, err := range errs {
			if err != nil || !at[i].Equal(shop.Now) {
				t.Errorf("call %d: %s, %v", i, at[i], err)
			}
		}
		if _, _, entries := shop.Count(t, c.action); entries != 1 {
			t.Errorf("%d audit entries", entries)
		}
	})
}

func TestARaceOfManyNumbersHasOneEffect(t *testing.T) {
	t.Parallel()
	forEachCommand(t, func(t *testing.T, s *redeem.Service, shop *storetest.Shop, code coupon.Code, c timed) {
		_, errs := storetest.Race(64, func(i int) (time.Time, error) { return c.call(t.Context(), s, shop, code, fmt.Sprint(i)) })
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, c.second) {
				t.Errorf("refused with %v", err)
			}
		}
		if c.second != nil && won != 1 {
			t.Errorf("%d calls had an effect", won)
		}
	})
}

func TestARepeatComesLaterAndGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	forEachCommand(t, func(t *testing.T, s *redeem.Service, shop *storetest.Shop, code coupon.Code, c timed) {
		first, err := c.call(t.Context(), s, shop, code, "n")
		if err != nil {
			t.Fatal(err)
		}
		began := shop.Now
		shop.Now = shop.Now.Add(1000 * time.Hour) // the coupon has expired by now
		again, err := c.call(t.Context(), serviceOf(shop), shop, code, "n")
		if err != nil || !again.Equal(first) || !first.Equal(began) {
			t.Errorf("first %s, then %s, %v", first, again, err)
		}
	})
}

func TestAnUnclearChangeIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	forEachCommand(t, func(t *testing.T, _ *redeem.Service, shop *storetest.Shop, code coupon.Code, c timed) {
		forgetful := &storetest.Forgetful{Store: shop.Store}
		forgetful.Times.Store(1)
		unsure := *shop
		unsure.Store = forgetful
		s := serviceOf(&unsure)
		if _, err := c.call(t.Context(), s, shop, code, "n"); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		if at, err := c.call(t.Context(), s, shop, code, "n"); err != nil || !at.Equal(shop.Now) {
			t.Errorf("the repeat gives %s, %v", at, err)
		}
	})
}

// TestNumbersCountForEachOperation: one number may serve the whole life of a coupon.
func TestNumbersCountForEachOperation(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		order := redeem.AssociateCommand{Target: target(shop, code), OutTradeNo: "MCH_1", RequestNo: "n"}
		var errs []error
		for _, call := range []func() (time.Time, error){
			func() (time.Time, error) { return s.Associate(t.Context(), order) },
			func() (time.Time, error) { return s.Disassociate(t.Context(), order) },
			func() (time.Time, error) {
				used, err := s.Use(t.Context(), command(shop, code, "n"))
				return used.At, err
			},
			func() (time.Time, error) {
				return s.Return(t.Context(), redeem.ReturnCommand{Target: target(shop, code), RequestNo: "n"})
			},
			func() (time.Time, error) {
				return s.Deactivate(t.Context(), redeem.DeactivateCommand{Target: target(shop, code), RequestNo: "n"})
			},
		} {
			_, err := call()
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		expectWhole(t, shop.Store)
	})
}

// TestThePartiesOfACouponHaveNumbersOfTheirOwn: creator and belong merchant may both
// associate orders.
func TestThePartiesOfACouponHaveNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, _ coupon.Code) {
		const belong = merchant.ID("1900000009")
		other := shop.Stock
		other.ID, other.Belong = "1282070000000077", belong
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			if err := tx.InsertMerchant(t.Context(), merchant.Merchant{ID: belong, Kind: merchant.Ordinary}, shop.Now); err != nil {
				return err
			}
			return tx.InsertStock(t.Context(), other)
		}); err != nil {
			t.Fatal(err)
		}
		theirs := *shop
		theirs.Stock = other
		code := send(t, &theirs, "send")
		s := serviceOf(shop)
		for caller, want := range map[merchant.ID]error{shop.Stock.Creator: nil, belong: nil, "1900000008": coupon.ErrNotYours} {
			cmd := redeem.AssociateCommand{Target: target(&theirs, code), OutTradeNo: "MCH_1", RequestNo: "n"}
			cmd.Caller = caller
			if _, err := s.Associate(t.Context(), cmd); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", caller, err, want)
			}
		}
		cmd := redeem.ReturnCommand{Target: target(&theirs, code), RequestNo: "n"}
		cmd.Caller = belong
		if _, err := s.Return(t.Context(), cmd); !errors.Is(err, coupon.ErrNotYours) {
			t.Errorf("a return by the belong merchant: %v", err)
		}
	})
}

func TestOnlyItsHolderDeletesACoupon(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := serviceOf(shop)
		remove := func(as user.OpenID, code coupon.Code) error {
			return s.Delete(t.Context(), redeem.DeleteCommand{
				StockID: shop.Stock.ID, Code: code, AppID: storetest.ShopAppID, OpenID: as, Actor: "user:" + string(as),
			})
		}
		if err := remove("oUpF8uMuAJO_M2pxb1Q9zNjWeS7p", code); !errors.Is(err, user.ErrUnknown) {
			t.Errorf("somebody else: %v", err)
		}
		if err := remove(openID, "none"); !errors.Is(err, coupon.ErrNotFound) {
			t.Errorf("no coupon: %v", err)
		}
		for range 3 {
			if err := remove(openID, code); err != nil {
				t.Errorf("the holder: %v", err)
			}
		}
		if _, _, entries := shop.Count(t, "busifavor.coupons.delete"); entries != 1 {
			t.Errorf("%d audit entries", entries)
		}
		if _, err := s.Use(t.Context(), command(shop, code, "n")); !errors.Is(err, coupon.ErrDeleted) {
			t.Errorf("use of a deleted coupon: %v", err)
		}
		// An operator needs no openid.
		second := send(t, shop, "second")
		if err := s.Delete(t.Context(), redeem.DeleteCommand{StockID: shop.Stock.ID, Code: second, Actor: "operator"}); err != nil {
			t.Errorf("an operator: %v", err)
		}
		expectWhole(t, shop.Store)
	})
}

// TestACouponReturnedAfterItsEndIsExpired: a return needs no coupon that is still good.
func TestACouponReturnedAfterItsEndIsExpired(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		if _, err := serviceOf(shop).Use(t.Context(), command(shop, code, "u")); err != nil {
			t.Fatal(err)
		}
		later := shop.Now.Add(1000 * time.Hour)
		s := redeem.New(redeem.Config{
			Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(later)}, Users: users(),
		})
		if at, err := s.Return(t.Context(), redeem.ReturnCommand{Target: target(shop, code), RequestNo: "r"}); err != nil || !at.Equal(later) {
			t.Fatalf("%s, %v", at, err)
		}
		if _, err := s.Use(t.Context(), command(shop, code, "u2")); !errors.Is(err, coupon.ErrOutsideValidity) {
			t.Errorf("use afterwards: %v", err)
		}
	})
}
