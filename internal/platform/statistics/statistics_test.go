package statistics_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// TestFiguresKnowWhatCouponsAreWorth counts a day of a stock that takes ¥5 off, and of a voucher
// that took off what it did.
func TestFiguresKnowWhatCouponsAreWorth(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
		service := statistics.New(statistics.Config{
			Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)},
		})
		c := coupon.Coupon{Key: coupon.Key{Stock: shop.Stock.StockKey}, Channel: coupon.ChannelH5}
		c.Life.Expire = shop.Now.Add(24 * time.Hour)
		v := voucher.Voucher{Stock: voucher.StockKey{Creator: shop.Stock.Creator, ID: "7"}}
		v.Window.End = shop.Now.Add(-24 * time.Hour)
		v.Use.Discount = 70
		var sheet tally.Sheet
		for range 3 {
			sheet.Coupon(tally.Issued, &c, shop.Now.Add(-24*time.Hour))
			sheet.Coupon(tally.Used, &c, shop.Now)
			sheet.Voucher(tally.Issued, &v, shop.Now)
		}
		sheet.Coupon(tally.Returned, &c, shop.Now)
		sheet.Voucher(tally.Used, &v, shop.Now)
		if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.AddTallies(t.Context(), &sheet) }); err != nil {
			t.Fatal(err)
		}
		scope := statistics.Scope{Owner: shop.Stock.Creator}
		sum, err := service.Summary(t.Context(), scope)
		worth := 2*shop.Stock.Benefit.Discount + 70
		got := [...]int64{sum.Yesterday.Issued, sum.Today.Issued, sum.Today.Used, sum.Today.Returned, int64(sum.Today.Amount)}
		if err != nil || got != [...]int64{3, 3, 4, 1, int64(worth)} {
			t.Errorf("%+v, %v", sum, err)
		}
		if sum.Usable != 1 || sum.ExpiringToday != 0 || sum.ExpiringSoon != 1 || sum.Expired != 2 {
			t.Errorf("%+v", sum)
		}
		list, _, err := service.Series(t.Context(), statistics.Query{
			Scope: scope, From: shop.Now.Add(-48 * time.Hour), Until: shop.Now.Add(time.Hour), ByDay: true, ByStock: true,
		})
		var amounts fen.Fen
		for _, one := range list {
			if one.Product == merchant.BusiFavor && one.Kind == tally.Used {
				amounts += one.Amount
			}
		}
		if err != nil || len(list) != 5 || amounts != 3*shop.Stock.Benefit.Discount {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
