package issue

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// doors are the channels that users open.
func doors() []coupon.Channel { return []coupon.Channel{coupon.ChannelMiniApp, coupon.ChannelH5} }

func claimThrough(shop *storetest.Shop, door coupon.Channel, who int, number string) ClaimCommand {
	cmd := ClaimCommand{
		Channel: door, Sender: shop.Stock.Creator, OpenID: user.OpenID(fmt.Sprintf("o%027d", who)),
		StockID: shop.Stock.ID, RequestNo: number,
	}
	if door == coupon.ChannelMiniApp {
		cmd.AppID = storetest.ShopAppID // the claim page does not know it
	}
	return cmd
}

func register(t *testing.T, s store.Store, users ...user.User) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertUsers(t.Context(), users) }); err != nil {
		t.Fatal(err)
	}
}

func TestACouponRemembersTheDoorThatItCameThrough(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		for i, door := range doors() {
			got, err := s.Claim(t.Context(), claimThrough(shop, door, 1, fmt.Sprint("n", i)))
			if err != nil || got.Repeated {
				t.Fatalf("%s: %+v, %v", door, got, err)
			}
			var event delivery.CouponSent
			if err := shop.Store.Read(t.Context(), func(tx store.ReadTx) error {
				c, err := tx.Coupon(t.Context(), coupon.Key{Stock: shop.Stock.StockKey, Code: got.Code})
				if c.Channel != door || c.AppID != storetest.ShopAppID {
					t.Errorf("%s: the coupon says %s under %s", door, c.Channel, c.AppID)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(storetest.Told(t, shop.Store, shop.Stock.Creator)[i].Payload, &event); err != nil {
				t.Fatal(err)
			}
			if event.Channel != door || event.Sender != shop.Stock.Creator {
				t.Errorf("%s: the event says %+v", door, event)
			}
		}
		if _, _, entries := shop.Count(t, "busifavor.claim.h5"); entries != 1 {
			t.Errorf("%d audit entries of the claim page", entries)
		}
	})
}

func TestAClaimThatComesAgainGetsItsCouponAgain(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		got, errs := storetest.Race(64, func(i int) (Claimed, error) {
			return s.Claim(t.Context(), claimThrough(shop, doors()[i%2], 1, "same"))
		})
		first := 0
		for i, err := range errs {
			if err != nil || got[i].Code != got[0].Code {
				t.Errorf("claim %d: %+v, %v", i, got[i], err)
			}
			if !got[i].Repeated {
				first++
			}
		}
		if first != 1 {
			t.Errorf("%d claims of 64 were the first", first)
		}
		o, err := s.Offer(t.Context(), claimThrough(shop, coupon.ChannelH5, 1, "same"))
		if err != nil || o.Claimed != got[0].Code {
			t.Errorf("the offer afterwards is %+v, %v", o, err)
		}
		other := claimThrough(shop, coupon.ChannelH5, 1, "same")
		other.SendTime = shop.Now
		if _, err := s.Claim(t.Context(), other); !errors.Is(err, coupon.ErrClaimContent) {
			t.Errorf("another time of sending under the number gives %v", err)
		}
		if _, err := s.Offer(t.Context(), other); !errors.Is(err, coupon.ErrClaimContent) {
			t.Errorf("its offer gives %v", err)
		}
	})
}

func TestNoDoorLeadsAroundTheRules(t *testing.T) {
	t.Parallel()
	limits := coupon.Limits{MaxCoupons: 10, MaxPerUser: 1, NaturalPerson: coupon.Yes, PreventAbuse: coupon.Yes}
	onEveryEngine(t, limits, func(t *testing.T, shop *storetest.Shop) {
		person := user.ID{9}
		account := func(n byte, suspicious bool) user.User {
			return user.User{AppID: storetest.ShopAppID, OpenID: user.OpenID(fmt.Sprintf("o%027d", n)), ID: user.ID{n}, Person: person, Suspicious: suspicious}
		}
		register(t, shop.Store, account(1, false), account(2, false), account(3, true))
		s := serviceOf(shop)
		if _, err := s.Claim(t.Context(), claimThrough(shop, coupon.ChannelH5, 1, "n")); err != nil {
			t.Fatal(err)
		}
		send := func(who int) error {
			_, err := s.Send(t.Context(), command(shop, who, "m"))
			return err
		}
		for who, want := range map[int]coupon.Refusal{1: coupon.RefusedPerson, 2: coupon.RefusedPerson, 3: coupon.RefusedFailed} {
			for _, door := range doors() {
				cmd := claimThrough(shop, door, who, "m")
				if _, err := s.Claim(t.Context(), cmd); coupon.RefusalOf(err) != want {
					t.Errorf("%s: user %d gets %v, want %s", door, who, err, want)
				}
				if o, err := s.Offer(t.Context(), cmd); o.Refusal != want {
					t.Errorf("%s: the offer to user %d says %q, %v; want %s", door, who, o.Refusal, err, want)
				}
				if err := s.Foresee(t.Context(), cmd); coupon.RefusalOf(err) != want {
					t.Errorf("%s: foreseen for user %d is %v; want %s", door, who, err, want)
				}
			}
			if err := send(who); coupon.RefusalOf(err) != want {
				t.Errorf("API: user %d gets %v, want %s", who, err, want)
			}
		}
	})
}

func TestAClaimNeedsAPartyOfTheStock(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		const stranger, strangersApp = merchant.ID("1900000008"), merchant.AppID("wx7777777777777777")
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertMerchant(t.Context(), merchant.Merchant{
				ID: stranger, Name: "s", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, AppIDs: []merchant.AppID{strangersApp},
			}, shop.Now)
		}); err != nil {
			t.Fatal(err)
		}
		register(t, shop.Store, user.User{AppID: strangersApp, OpenID: "o_of_the_stranger", ID: user.ID{5}, Person: user.ID{5}})
		s := serviceOf(shop)
		for name, c := range map[string]struct {
			change func(cmd *ClaimCommand)
			want   error
		}{
			"a sender without right":            {func(cmd *ClaimCommand) { cmd.Sender = stranger }, coupon.ErrStockForeign},
			"a stock that is not there":         {func(cmd *ClaimCommand) { cmd.StockID = "1" }, coupon.ErrStockNotFound},
			"an appid of nobody":                {func(cmd *ClaimCommand) { cmd.AppID = "wx0000000000000000" }, merchant.ErrAppID},
			"an openid of a stranger's appid":   {func(cmd *ClaimCommand) { cmd.AppID, cmd.OpenID = "", "o_of_the_stranger" }, merchant.ErrAppID},
			"an openid that is not well formed": {func(cmd *ClaimCommand) { cmd.OpenID = "nobody" }, user.ErrUnknown},
		} {
			for _, door := range doors() {
				cmd := claimThrough(shop, door, 1, "n")
				c.change(&cmd)
				if _, err := s.Claim(t.Context(), cmd); !errors.Is(err, c.want) {
					t.Errorf("%s through %s gives %v, want %v", name, door, err, c.want)
				}
				if _, err := s.Offer(t.Context(), cmd); !errors.Is(err, c.want) {
					t.Errorf("the offer to %s through %s gives %v, want %v", name, door, err, c.want)
				}
				if err := s.Foresee(t.Context(), cmd); !errors.Is(err, c.want) {
					t.Errorf("%s through %s is foreseen as %v, want %v", name, door, err, c.want)
				}
			}
		}
		if issued, _, _ := shop.Count(t, ""); issued != 0 {
			t.Errorf("%d coupons were issued", issued)
		}
	})
}

func TestTheTimeOfSendingCountsForRelativeValidityOnly(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		relative := shop.Stock
		relative.ID, relative.Validity.Days = "1282070000000077", 1
		relative.Validity.End = shop.Now.Add(10 * 24 * time.Hour)
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.InsertStock(t.Context(), relative) }); err != nil {
			t.Fatal(err)
		}
		s := serviceOf(shop)
		sendTime := shop.Now.Add(3 * 24 * time.Hour)
		for id, want := range map[coupon.StockID]time.Time{
			shop.Stock.ID: shop.Now,
			relative.ID:   day.Of(sendTime).Begin(),
		} {
			cmd := claimThrough(shop, coupon.ChannelH5, 1, "n")
			cmd.StockID, cmd.SendTime = id, sendTime
			got, err := s.Claim(t.Context(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			if err := shop.Store.Read(t.Context(), func(tx store.ReadTx) error {
				c, err := tx.Coupon(t.Context(), coupon.Key{Stock: coupon.StockKey{Creator: shop.Stock.Creator, ID: id}, Code: got.Code})
				if !c.Life.Start.Equal(want) || !c.Received.Equal(shop.Now) {
					t.Errorf("stock %s: starts %s, received %s; want %s", id, c.Life.Start, c.Received, want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
