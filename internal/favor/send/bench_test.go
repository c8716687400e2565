package send

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// BenchmarkSend measures vouchers of one hot stock without HTTP and signatures, at several
// numbers of clients; the figure to read is vouchers/s, beside issues/s of package issue.
func BenchmarkSend(b *testing.B) {
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		sh := openShop(b, s, MonthlyMost, voucher.Limits{MaxCoupons: 1e9, MaxAmount: 1e11, MaxPerUser: 60})
		var n atomic.Int64
		for _, clients := range []int{1, 64, 256, 1024} {
			b.Run(fmt.Sprint("clients=", clients), func(b *testing.B) {
				b.ReportAllocs()
				b.SetParallelism((clients + 1) / 2)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						i := int(n.Add(1))
						if _, err := sh.Send(b.Context(), sh.to(0, i, fmt.Sprint("n", i))); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "vouchers/s")
			})
		}
	})
}
