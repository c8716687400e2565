package card_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	cardID      = "pIJMr5MMiIkO_93VtPyIiEk2DZ4w"
	openID      = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	otherOpenID = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS7p")
)

// onEveryEngine runs a test with a merchant that may send cards.
func onEveryEngine(t *testing.T, test func(t *testing.T, s *card.Service, shop *storetest.Shop)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			owner, err := tx.Merchant(t.Context(), shop.Stock.Creator)
			if err != nil {
				return err
			}
			owner.Permissions = append(owner.Permissions, merchant.SendCards)
			return tx.UpdateMerchant(t.Context(), owner)
		}); err != nil {
			t.Fatal(err)
		}
		test(t, card.New(card.Config{
			Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Random: rand.Reader,
			Users: user.Policy{AutoRegister: true}, TakeAny: true,
		}), shop)
	})
}

func command(shop *storetest.Shop, to user.OpenID, number string) card.SendCommand {
	return card.SendCommand{
		Caller: shop.Stock.Creator, CardID: cardID, AppID: storetest.ShopAppID, OpenID: to, RequestNo: number, SendTime: shop.Now,
	}
}

func TestAUserHasOneCodeForACard(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *card.Service, shop *storetest.Shop) {
		codes, errs := storetest.Race(16, func(i int) (string, error) { return s.Send(t.Context(), command(shop, openID, fmt.Sprint(i%8))) })
		for i, err := range errs {
			if err != nil || codes[i] != codes[0] || len(codes[i]) > 15 {
				t.Errorf("call %d: %q, %v", i, codes[i], err)
			}
		}
		other, err := s.Send(t.Context(), command(shop, otherOpenID, "other"))
		if err != nil || other == codes[0] {
			t.Errorf("another user has %s, %v", other, err)
		}
	})
}

// TestNumberAndTimeTogetherNameARequest is the rule of B15.
func TestNumberAndTimeTogetherNameARequest(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *card.Service, shop *storetest.Shop) {
		first, err := s.Send(t.Context(), command(shop, openID, "n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Send(t.Context(), command(shop, otherOpenID, "n")); !errors.Is(err, card.ErrContent) {
			t.Errorf("another user under the same number and time: %v", err)
		}
		later := command(shop, otherOpenID, "n")
		later.SendTime = shop.Now.Add(time.Second)
		if code, err := s.Send(t.Context(), later); err != nil || code == first {
			t.Errorf("another time: %s, %v", code, err)
		}
	})
}

func TestASendTimeIsAtMostADayOld(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *card.Service, shop *storetest.Shop) {
		for age, want := range map[time.Duration]error{0: nil, 24 * time.Hour: nil, 24*time.Hour + time.Second: card.ErrTooOld, -time.Hour: nil} {
			cmd := command(shop, openID, fmt.Sprint("n", int(age.Seconds())))
			cmd.SendTime = shop.Now.Add(-age)
			if _, err := s.Send(t.Context(), cmd); !errors.Is(err, want) {
				t.Errorf("%s old: %v, want %v", age, err, want)
			}
		}
	})
}

func TestACardIsRegisteredOnce(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *card.Service, shop *storetest.Shop) {
		for _, c := range []struct {
			owner merchant.ID
			appid merchant.AppID
			want  error
		}{
			{shop.Stock.Creator, "wx0000000000000000", merchant.ErrAppID},
			{shop.Stock.Creator, storetest.ShopAppID, nil},
			{shop.Stock.Creator, storetest.ShopAppID, card.ErrTaken},
		} {
			err := s.Register(t.Context(), card.RegisterCommand{Owner: c.owner, CardID: cardID, AppID: c.appid})
			if !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v, want %v", c.owner, c.appid, err, c.want)
			}
		}
		if err := s.Register(t.Context(), card.RegisterCommand{Owner: "1900000099", CardID: "x", AppID: storetest.ShopAppID}); err == nil {
			t.Error("a card of no merchant is registered")
		}
	})
}
