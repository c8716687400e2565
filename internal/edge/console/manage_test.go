package console_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/edge/console"
	favorstocks "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/drafting"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

// port is a management port over a shop.
type port struct {
	*console.Server
	t    testing.TB
	shop *storetest.Shop
}

func newPort(tb testing.TB, change func(*console.Config)) *port {
	tb.Helper()
	shop := storetest.OpenShop(tb, memstore.New(), coupon.Limits{MaxCoupons: 10, MaxPerUser: 1})
	actual := clock.Fixed(shop.Now)
	travel, err := sandbox.OpenTravel(filepath.Join(tb.TempDir(), "clock.json"), actual)
	if err != nil {
		tb.Fatal(err)
	}
	c := console.Config{
		Version: "1", Sandbox: true, Time: actual, Log: slog.New(slog.DiscardHandler),
		Promotion: favorstocks.New(favorstocks.Config{Store: shop.Store, Clock: travel, Directory: directory.New(shop.Store, actual)}),
		Registry:  registry.New(registry.Config{Store: shop.Store, Clock: actual}), Keyring: ringOf(tb, shop.Store, actual),
		Clock: &sandbox.Clock{Travel: travel, Store: shop.Store, Real: actual},
		Campaign: stocks.New(stocks.Config{
			Store: shop.Store, Clock: travel, Real: actual, Draw: func() (string, error) { return "import1", nil },
		}),
		Drafts: drafting.New(drafting.Config{Store: shop.Store, Clock: actual}),
	}
	fillMoney(&c, shop, travel)
	if change != nil {
		change(&c)
	}
	s, err := console.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return &port{Server: s, t: tb, shop: shop}
}

// call sends a request as a program of the same machine does.
func (p *port) call(method, target, body string, spoil ...func(*http.Request)) (int, map[string]any) {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, target, strings.NewReader(body))
	r.Host, r.RemoteAddr, r.RequestURI = "127.0.0.1:18081", "127.0.0.1:50000", target
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	for _, change := range spoil {
		change(r)
	}
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	var answer map[string]any
	if recorder.Code == http.StatusNoContent {
		return recorder.Code, nil
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		p.t.Errorf("%s %s gives %d %s", method, target, recorder.Code, recorder.Body)
	}
	return recorder.Code, answer
}

const pathClock = "/manage/v1/clock"

func TestBusinessTimeIsMovedOverTheManagementPort(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	stock, begin := string(p.shop.Stock.ID), p.shop.Stock.Validity.Begin
	wire := func(at time.Time) string { return at.In(day.Beijing()).Format("2006-01-02T15:04:05-07:00") }
	for _, c := range []struct{ body, state, time string }{
		{`{"action":"ADVANCE","seconds":3600}`, "MOVED", wire(p.shop.Now.Add(time.Hour))},
		{`{"action":"FREEZE"}`, "FROZEN", wire(p.shop.Now.Add(time.Hour))},
		{`{"action":"ADVANCE","seconds":-60}`, "FROZEN", wire(p.shop.Now.Add(59 * time.Minute))},
		{`{"action":"SET","time":"2027-01-02T03:04:05Z"}`, "FROZEN", "2027-01-02T11:04:05+08:00"},
		{`{"action":"SET","moment":"MIDNIGHT"}`, "FROZEN", "2027-01-03T00:00:00+08:00"},
		{`{"action":"RUN"}`, "MOVED", "2027-01-03T00:00:00+08:00"},
		{`{"action":"SET","moment":"BEFORE_START","stock_id":"` + stock + `"}`, "MOVED", wire(begin.Add(-time.Second))},
		{`{"action":"RESUME"}`, "REAL", wire(p.shop.Now)},
		{`{"action":"FREEZE","moment":"AFTER_END","stock_id":"` + stock + `","mchid":"` + string(p.shop.Stock.Creator) + `"}`, "FROZEN", wire(p.shop.Stock.Validity.End.Add(time.Second))},
	} {
		status, got := p.call(http.MethodPost, pathClock, c.body)
		if status != http.StatusOK || got["state"] != c.state || got["business_time"] != c.time || got["real_time"] != wire(p.shop.Now) {
			t.Errorf("%s gives %d %v, want %s %s", c.body, status, got, c.state, c.time)
		}
	}
	if _, got := p.call(http.MethodGet, pathClock, ""); got["state"] != "REAL" {
		t.Errorf("the others' time is %v", got)
	}
	if _, got := p.call(http.MethodGet, pathClock+"?mchid="+string(p.shop.Stock.Creator), ""); got["state"] != "FROZEN" {
		t.Errorf("the merchant's time is %v", got)
	}
}

func TestBadMovesOfTheClockChangeNothing(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{}`, 400},
		{`{"action":"STOP"}`, 400},
		{`{"action":"SET"}`, 400},
		{`{"action":"SET","time":"yesterday"}`, 400},
		{`{"action":"SET","time":"1999-12-31T00:00:00Z"}`, 400},
		{`{"action":"SET","time":"2201-01-01T00:00:00Z"}`, 400},
		{`{"action":"ADVANCE","seconds":3153600001}`, 400},
		{`{"action":"SET","moment":"END"}`, 400},
		{`{"action":"SET","moment":"END","stock_id":"1"}`, 404},
		{`{"action":"SET","moment":"END","stock_id":"` + string(p.shop.Stock.ID) + `","coupon_code":"none"}`, 404},
		{`{"action":"FREEZE","mchid":"1999999999"}`, 404},
		{`{"action":"FREEZE"`, 400},
		{`{"action":"ADVANCE"}`, 400},
		{`{"action":"ADVANCE","seconds":0}`, 400},
		{`{"action":"ADVANCE","seconds":60,"time":"2027-01-02T03:04:05Z"}`, 400},
		{`{"action":"ADVANCE","seconds":60,"moment":"MIDNIGHT"}`, 400},
		{`{"action":"SET","seconds":60,"time":"2027-01-02T03:04:05Z"}`, 400},
		{`{"action":"SET","moment":"MIDNIGHT","time":"2027-01-02T03:04:05Z"}`, 400},
		{`{"action":"SET","moment":"MIDNIGHT","stock_id":"1"}`, 400},
		{`{"action":"FREEZE","stock_id":"1"}`, 400},
		{`{"action":"FREEZE","coupon_code":"1"}`, 400},
		{`{"action":"RUN","seconds":60}`, 400},
		{`{"action":"RESUME","moment":"MIDNIGHT"}`, 400},
	} {
		if status, got := p.call(http.MethodPost, pathClock, c.body); status != c.status || got["message"] == "" {
			t.Errorf("%s gives %d %v, want %d", c.body, status, got, c.status)
		}
	}
	if _, got := p.call(http.MethodGet, pathClock, ""); got["state"] != "REAL" {
		t.Errorf("the time is %v", got)
	}
}

func TestWhoMayManage(t *testing.T) {
	t.Parallel()
	const token = "0123456789abcdef0123456789abcdef"
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	from := func(address string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = address } }
	bearer := func(text string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", text) }
	}
	page := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	withToken := func(c *console.Config) { c.Token = token }
	production := func(c *console.Config) { c.Sandbox = false }
	both := func(c *console.Config) { c.Sandbox, c.Token = false, token }
	for name, c := range map[string]struct {
		change func(*console.Config)
		spoil  func(*http.Request)
		status int
	}{
		"a program of this machine":             {nil, host("localhost:1"), 200},
		"the same over IPv6":                    {nil, host("[::1]:18081"), 200},
		"a name that leads here":                {nil, host("evil.example:18081"), 403},
		"another machine":                       {nil, from("192.0.2.1:1"), 403},
		"a web page":                            {nil, page, 403},
		"nobody with a token set":               {withToken, host("127.0.0.1:1"), 401},
		"somebody with the token":               {withToken, bearer("Bearer " + token), 200},
		"somebody with the token from far away": {withToken, func(r *http.Request) { bearer("Bearer " + token)(r); from("192.0.2.1:1")(r) }, 200},
		"somebody with another token":           {withToken, bearer("Bearer " + token[1:] + "0"), 401},
		"production without a token":            {production, host("127.0.0.1:1"), 403},
		"production and the clock":              {both, bearer("Bearer " + token), 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPort(t, c.change)
			if status, got := p.call(http.MethodPost, pathClock, `{"action":"FREEZE"}`, c.spoil); status != c.status {
				t.Errorf("%d %v, want %d", status, got, c.status)
			}
		})
	}
}

func TestWhatIsNoOperationIsRefused(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	form := func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }
	for _, c := range []struct {
		method, target, body string
		spoil                func(*http.Request)
		status               int
	}{
		{"GET", "/manage/v1/nothing", "", form, 404},
		{"DELETE", pathClock, "", form, 409},
		{"POST", pathClock, "action=FREEZE", form, 409},
		{"POST", pathClock, strings.Repeat(" ", console.MaxBody+1), func(*http.Request) {}, 413},
	} {
		if status, got := p.call(c.method, c.target, c.body, c.spoil); status != c.status || got["message"] == "" {
			t.Errorf("%s %s gives %d %v, want %d", c.method, c.target, status, got, c.status)
		}
	}
	if status, got := p.call(http.MethodGet, "/manage/v1/status", ""); status != http.StatusOK || got["mode"] != "sandbox" {
		t.Errorf("status: %d %v", status, got)
	}
}

// TestTheManagementPortTakesNoNotifications that another sandbox of this machine sends where a
// merchant told it to.
func TestTheManagementPortTakesNoNotifications(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	notification := func(r *http.Request) { r.Header["Wechatpay-Signature"] = []string{"c2lnbmF0dXJl"} }
	if status, got := p.call(http.MethodPost, pathClock, `{"action":"FREEZE"}`, notification); status != http.StatusForbidden {
		t.Errorf("it gives %d %v", status, got)
	}
	if _, got := p.call(http.MethodGet, pathClock, ""); got["state"] != "REAL" {
		t.Errorf("the time is %v", got)
	}
}
