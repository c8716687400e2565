package held_test

import (
	"crypto/rand"
	"fmt"
	"slices"
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

// BenchmarkList measures the first page of 20 of a user who holds many coupons; the figures
// to read are p50-µs and p99-µs.
func BenchmarkList(b *testing.B) {
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		shop := storetest.OpenShop(b, s, coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100})
		service := held.New(held.Config{Store: s, Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Users: user.Policy{AutoRegister: true}})
		for i, n := range []int{1, 100, 10_000} {
			openID := user.OpenID(fmt.Sprintf("o%027d", i))
			give(b, shop, openID, n)
			for name, query := range map[string]held.ListQuery{
				"all":    {},
				"usable": {State: coupon.StateSent, StockID: shop.Stock.ID},
			} {
				query.Caller, query.Creator = shop.Stock.Creator, shop.Stock.Creator
				query.AppID, query.OpenID, query.Limit = storetest.ShopAppID, openID, 20
				b.Run(fmt.Sprintf("%s/coupons=%d", name, n), func(b *testing.B) { measure(b, service, query, int64(n)) })
			}
		}
	})
}

func measure(b *testing.B, service *held.Service, query held.ListQuery, total int64) {
	b.Helper()
	b.ReportAllocs()
	var took []time.Duration
	for b.Loop() {
		began := b.Elapsed()
		page, err := service.List(b.Context(), query)
		if err != nil || page.Total != total {
			b.Fatal(page.Total, err)
		}
		took = append(took, b.Elapsed()-began)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// give puts coupons into a user's card pack, between those of others, so that they do not
// lie beside each other.
func give(b *testing.B, shop *storetest.Shop, id user.OpenID, n int) {
	b.Helper()
	holder, err := user.Policy{AutoRegister: true}.Judge(user.User{}, storetest.ShopAppID, id)
	if err != nil {
		b.Fatal(err)
	}
	const batch, others = 200, 5
	for done := 0; done < n; done += batch {
		var coupons []coupon.Coupon
		for range min(batch, n-done) {
			for i := range others + 1 {
				code, err := coupon.NewCode(rand.Reader, shop.Now)
				if err != nil {
					b.Fatal(err)
				}
				c := coupon.Coupon{
					Key: coupon.Key{Stock: shop.Stock.StockKey, Code: code}, Belong: shop.Stock.Belong, Sender: shop.Stock.Creator,
					Holder: holder.ID, AppID: storetest.ShopAppID, OpenID: id, State: coupon.StateSent,
					Life: coupon.Life{Start: shop.Now, Expire: shop.Now.Add(time.Hour)}, Received: shop.Now, Channel: coupon.ChannelAPI, SendRequestNo: string(code),
				}
				if i > 0 {
					c.Holder = user.ID([]byte(code)[4:20])
				}
				coupons = append(coupons, c)
			}
		}
		if err := shop.Store.Write(b.Context(), func(tx store.Tx) error { return tx.InsertCoupons(b.Context(), coupons) }); err != nil {
			b.Fatal(err)
		}
	}
}
