package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkCall measures whole calls without a network: from the first header to the
// signed answer, on the store in memory. Two signatures are most of it.
func BenchmarkCall(b *testing.B) {
	f := newFixture(b)
	stock := f.stock(func(o object) { set(o, 1_000_000_000, "stock_send_rule", "max_coupons") })
	b.Run("get", func(b *testing.B) {
		f.measure(b, func(int) request { return request{as: alice, method: http.MethodGet, target: pathStocks + "/" + stock} })
	})
	b.Run("send", func(b *testing.B) {
		f.measure(b, func(i int) request {
			body := f.sendBody(stock)
			body["openid"] = fmt.Sprintf("o%027d", f.numbers+i)
			return request{as: alice, method: http.MethodPost, target: pathSend, body: f.encode(body)}
		})
	})
	b.Run("refused", func(b *testing.B) { // the way of a call that costs no signature
		f.measure(b, func(int) request {
			return request{
				as: alice, method: http.MethodGet, target: pathStocks + "/" + stock,
				header: http.Header{"Wechatpay-Serial": {"none"}}, spoil: func(r *http.Request) { r.Header.Del("Accept") },
			}
		})
	})
}

// measure serves calls that were signed before the clock runs.
func (f *fixture) measure(b *testing.B, call func(i int) request) {
	b.Helper()
	handler := f.server.Config.Handler
	signed := make([]*http.Request, b.N)
	for i := range signed {
		one := call(i)
		from := f.sign(one)
		signed[i] = httptest.NewRequestWithContext(b.Context(), one.method, one.target, io.NopCloser(from.Body))
		signed[i].Header = from.Header
		if one.spoil != nil {
			one.spoil(signed[i])
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range signed {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		if answer.Code >= http.StatusInternalServerError {
			b.Fatal(answer.Body)
		}
	}
}
