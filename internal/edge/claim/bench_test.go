package claim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/rule/coupon"
)

// BenchmarkPages measures what the pages themselves cost, over a store in memory: opening a
// link, and claiming with one.
func BenchmarkPages(b *testing.B) {
	for name, method := range map[string]string{"open": http.MethodGet, "claim": http.MethodPost} {
		b.Run(name, func(b *testing.B) {
			f := newFixture(b, func(c *claim.Config) { c.Unlimited = true })
			stock := f.stock("1282070000000017", func(s *coupon.Stock) { s.Limits.MaxCoupons = 1e9 })
			var next atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					link := f.link(stock, fmt.Sprint("n", n), func(l *apiv2.Link) { l.OpenID = fmt.Sprintf("o%027d", n) })
					r := httptest.NewRequestWithContext(b.Context(), method, target(link), http.NoBody)
					recorder := httptest.NewRecorder()
					f.server.Config.Handler.ServeHTTP(recorder, r)
					if recorder.Code >= http.StatusBadRequest {
						b.Fatalf("%d %s", recorder.Code, recorder.Body)
					}
				}
			})
		})
	}
}
