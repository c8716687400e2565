package redeem_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// BenchmarkUse redeems coupons of one stock, from 64 callers and from 1,024.
func BenchmarkUse(b *testing.B) {
	for _, callers := range []int{64, 1024} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
				b.Helper()
				useFrom(b, s, callers)
			})
		})
	}
}

func useFrom(b *testing.B, s store.Store, callers int) {
	b.Helper()
	shop := storetest.OpenShop(b, s, coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100})
	service, codes := serviceOf(shop), fill(b, shop, b.N)
	var n atomic.Int64
	b.SetParallelism(callers / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := service.Use(b.Context(), command(shop, codes[n.Add(1)-1], "n")); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "uses/s")
}

// fill inserts coupons of one user.
func fill(b *testing.B, shop *storetest.Shop, n int) []coupon.Code {
	b.Helper()
	holder := user.New(storetest.ShopAppID, openID, "")
	codes := make([]coupon.Code, n)
	const atOnce = 10_000
	for from := 0; from < n; from += atOnce {
		if err := shop.Store.Write(b.Context(), func(tx store.Tx) error {
			var list []coupon.Coupon
			for i := from; i < min(n, from+atOnce); i++ {
				codes[i] = coupon.Code(fmt.Sprintf("B%09d", i))
				list = append(list, coupon.Coupon{
					Key: coupon.Key{Stock: shop.Stock.StockKey, Code: codes[i]}, ID: int64(i), Belong: shop.Stock.Creator,
					Sender: shop.Stock.Creator, Holder: holder.ID, AppID: holder.AppID, OpenID: holder.OpenID, State: coupon.StateSent,
					Life: coupon.Life{Start: shop.Now.Add(-time.Hour), Expire: shop.Now.Add(time.Hour)}, Received: shop.Now,
					Channel: coupon.ChannelAPI, SendRequestNo: fmt.Sprint(i),
				})
			}
			if from == 0 {
				if err := tx.InsertUsers(b.Context(), []user.User{holder}); err != nil {
					return err
				}
			}
			return tx.InsertCoupons(b.Context(), list)
		}); err != nil {
			b.Fatal(err)
		}
	}
	return codes
}
