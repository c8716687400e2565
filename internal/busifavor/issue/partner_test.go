package issue

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// TestAPartnerGivesOutThroughEveryDoorUntilItIsNone lets a delegate claim for its own users
// (busifavor 10.6), as a merchant and by its appid.
func TestAPartnerGivesOutThroughEveryDoorUntilItIsNone(t *testing.T) {
	t.Parallel()
	const delegate, app = merchant.ID("1900000007"), merchant.AppID("wx7777777777777777")
	for name, as := range map[string]partner.Partner{
		"as a merchant": {Type: partner.ByMerchant, ID: string(delegate)}, "by its appid": {Type: partner.ByAppID, ID: string(app)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
				bond := partner.New(partner.Key{Stock: partner.Stock{Creator: shop.Stock.Creator, ID: string(shop.Stock.ID)}, Resource: partner.ResourceCoupons, Partner: as}, shop.Now)
				write := func(fn func(tx store.Tx) error) {
					t.Helper()
					if err := shop.Store.Write(t.Context(), fn); err != nil {
						t.Fatal(err)
					}
				}
				write(func(tx store.Tx) error {
					return errors.Join(tx.PutPartnership(t.Context(), bond), tx.InsertMerchant(t.Context(), merchant.Merchant{
						ID: delegate, Name: "d", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, AppIDs: []merchant.AppID{app},
					}, shop.Now))
				})
				register(t, shop.Store, user.User{AppID: app, OpenID: "o_of_the_delegate", ID: user.ID{5}, Person: user.ID{5}})
				s := serviceOf(shop)
				claim := func(door coupon.Channel, number string) error {
					cmd := ClaimCommand{Channel: door, Sender: delegate, OpenID: "o_of_the_delegate", StockID: shop.Stock.ID, RequestNo: number}
					if door == coupon.ChannelMiniApp {
						cmd.AppID = app
					}
					_, err := s.Claim(t.Context(), cmd)
					return err
				}
				for _, door := range doors() {
					if err := claim(door, string(door)); err != nil {
						t.Errorf("%s: %v", door, err)
					}
				}
				bond.Terminate(shop.Now.Add(time.Second))
				write(func(tx store.Tx) error { return tx.PutPartnership(t.Context(), bond) })
				for _, door := range doors() {
					if err := claim(door, string(door)+"2"); !errors.Is(err, coupon.ErrStockForeign) {
						t.Errorf("%s, after the end: %v", door, err)
					}
				}
				if issued, _, _ := shop.Count(t, ""); issued != 2 {
					t.Errorf("%d coupons were issued", issued)
				}
			})
		})
	}
}
