package held_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const openid = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")

func TestAHolderSeesTheirOwnCardsAndNoOthers(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
		me, other := user.ID{1}, user.ID{2}
		card := func(code coupon.Code, holder user.ID, state coupon.State, expire time.Time) coupon.Coupon {
			return coupon.Coupon{
				Key: coupon.Key{Stock: shop.Stock.StockKey, Code: code}, Belong: shop.Stock.Creator, Sender: shop.Stock.Creator, Holder: holder,
				State: state, Life: coupon.Life{Start: shop.Now, Expire: expire}, Received: shop.Now,
				Channel: coupon.ChannelH5, SendRequestNo: string(code),
			}
		}
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			ctx := t.Context()
			return errors.Join(
				tx.InsertUsers(ctx, []user.User{
					{AppID: storetest.ShopAppID, OpenID: openid, ID: me, Person: me}, {AppID: storetest.ShopAppID, OpenID: "o2", ID: other, Person: other},
				}),
				tx.InsertCoupons(ctx, []coupon.Coupon{
					card("A", me, coupon.StateSent, shop.Now.Add(time.Hour)), card("B", me, coupon.StateSent, shop.Now.Add(-time.Second)),
					card("C", other, coupon.StateSent, shop.Now.Add(time.Hour)),
				}))
		}); err != nil {
			t.Fatal(err)
		}
		w := held.New(held.Config{Store: s, Clock: clock.Same{Source: clock.Fixed(shop.Now)}})
		holder := held.Holder{AppID: storetest.ShopAppID, OpenID: openid}

		page, err := w.Cards(t.Context(), held.CardsQuery{Holder: holder, Limit: 10})
		if err != nil || page.Total != 2 || page.Coupons[0].Coupon.Code != "B" || page.Coupons[0].State != coupon.StateExpired {
			t.Errorf("all cards: %+v, %v", page, err)
		}
		page, err = w.Cards(t.Context(), held.CardsQuery{Holder: holder, State: coupon.StateSent, Limit: 10})
		if err != nil || page.Total != 1 || page.Coupons[0].Coupon.Code != "A" || page.Coupons[0].MerchantName != "商店" {
			t.Errorf("usable cards: %+v, %v", page, err)
		}
		if v, err := w.Card(t.Context(), held.CardQuery{Holder: holder, StockID: shop.Stock.ID, Code: "A"}); err != nil || v.State != coupon.StateSent {
			t.Errorf("one card: %+v, %v", v, err)
		}
		for name, q := range map[string]held.CardQuery{
			"somebody else's":    {Holder: holder, StockID: shop.Stock.ID, Code: "C"},
			"one of no stock":    {Holder: holder, StockID: "1", Code: "A"},
			"one that is not":    {Holder: holder, StockID: shop.Stock.ID, Code: "D"},
			"one of no one here": {Holder: held.Holder{AppID: storetest.ShopAppID, OpenID: "o9"}, StockID: shop.Stock.ID, Code: "A"},
		} {
			_, err := w.Card(t.Context(), q)
			if !errors.Is(err, held.ErrNotFound) && !errors.Is(err, user.ErrUnknown) {
				t.Errorf("%s gives %v", name, err)
			}
		}
	})
}
