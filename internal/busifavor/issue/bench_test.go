package issue

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

// BenchmarkSend measures issues of one hot stock without HTTP and signatures, at
// several numbers of clients; the figure to read is issues/s.
func BenchmarkSend(b *testing.B) {
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		shop := storetest.OpenShop(b, s, coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100})
		service := serviceOf(shop)
		var n atomic.Int64
		for _, clients := range []int{1, 64, 256, 1024} {
			b.Run(fmt.Sprint("clients=", clients), func(b *testing.B) {
				b.ReportAllocs()
				b.SetParallelism((clients + 1) / 2)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						i := int(n.Add(1))
						if _, err := service.Send(b.Context(), command(shop, i, "n")); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "issues/s")
			})
		}
	})
}

// BenchmarkBatch measures what the service itself does for a batch, on the store in memory:
// loading, the rules, and making rows. The allocations to read are those per batch.
func BenchmarkBatch(b *testing.B) {
	for _, size := range []int{1, 256} {
		b.Run(fmt.Sprint("claims=", size), func(b *testing.B) {
			shop := storetest.OpenShop(b, memstore.New(), coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100})
			service := serviceOf(shop)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				claims := make([]claim, size)
				for i := range claims {
					n++
					claims[i] = claimOf(shop, n, "n", "")
				}
				if _, err := service.alone(b.Context(), claims); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "issues/s")
		})
	}
}
