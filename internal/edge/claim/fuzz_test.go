package claim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/favord/favord/apiv2"
)

// FuzzNoRequestBreaksAPage opens pages with whatever comes: every answer is one that a page
// may give, none a failure of the server, and a coupon is only given for a signed link.
func FuzzNoRequestBreaksAPage(f *testing.F) {
	for _, seed := range []string{
		"stock_id=1&out_request_no=n&send_coupon_merchant=1900000001&open_id=o&sign=0", "%", "a=%zz", "=&=", "stock_id=1&stock_id=2",
		"appid=wx8888888888888888&openid=" + openID, "appid=a&openid=b&offset=-1", "appid=a&openid=b&stock_id=%00&coupon_code=%ff", "offset=9223372036854775808&appid=a&openid=b",
		"customize_send_time=9999-99-99T99:99:99Z", "open_id=" + strings.Repeat("%F0%9F%98%80", 40),
	} {
		f.Add(seed, `{"send_coupon_params":[{}]}`)
	}
	f.Fuzz(func(t *testing.T, query, body string) {
		if len(query) > 4096 || strings.ContainsAny(query, " \r\n\t#\x00") {
			return // no client gets that through
		}
		s := newFixture(t)
		stock := s.stock("1282070000000017")
		for _, r := range []struct{ method, path string }{
			{http.MethodGet, apiv2.LinkPath},
			{http.MethodPost, apiv2.LinkPath},
			{http.MethodGet, "/wallet"},
			{http.MethodGet, "/wallet/card"},
			{http.MethodPost, "/wallet/card"},
			{http.MethodPost, apiv2.PluginPath},
		} {
			request, err := http.NewRequestWithContext(t.Context(), r.method, r.path+"?"+query, strings.NewReader(body))
			if err != nil {
				return
			}
			request.RemoteAddr = "203.0.113.7:1234"
			recorder := httptest.NewRecorder()
			s.server.Config.Handler.ServeHTTP(recorder, request)
			if recorder.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s?%s gives %d %s", r.method, r.path, query, recorder.Code, recorder.Body)
			}
		}
		if n := s.issued(stock); n != 0 {
			t.Errorf("%d coupons were issued", n)
		}
	})
}
