package pay

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// BenchmarkConsume pays with one voucher each, from 64 callers and from 1,024.
func BenchmarkConsume(b *testing.B) {
	for _, callers := range []int{64, 1024} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
				b.Helper()
				consumeFrom(b, s, callers)
			})
		})
	}
}

func consumeFrom(b *testing.B, s store.Store, callers int) {
	b.Helper()
	x := openTill(b, s)
	ids := x.give(1, b.N)
	var n atomic.Int64
	b.SetParallelism(callers / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(n.Add(1))
			if _, err := x.consume(fmt.Sprintf("42%010d", i), 3000, ids[i-1]); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
}

// BenchmarkQuote asks what 20 vouchers do for an order.
func BenchmarkQuote(b *testing.B) {
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		x := openTill(b, s)
		x.give(1, 20)
		var order voucher.Order
		order.Merchant, order.Total = x.Stock.Creator, fen.Fen(3000)
		b.SetParallelism(32)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := x.Quote(b.Context(), QuoteQuery{Caller: x.Stock.Creator, Payer: payer(), Order: order}); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
