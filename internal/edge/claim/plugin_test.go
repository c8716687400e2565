package claim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/wire/busifavor"
)

func item(stock, number string) apiv2.PluginItem {
	return apiv2.PluginItem{StockID: stock, OutRequestNo: number}
}

func TestThePluginClaimsUpToTenCouponsInOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock("1282070000000017", func(s *coupon.Stock) { s.Limits.MaxPerUser = 9 })
	var items []apiv2.PluginItem
	for i := range 10 {
		items = append(items, item(stock, "n"+strconv.Itoa(i)))
	}
	got := f.plugin(f.call(items...))
	if got.ErrCode != busifavor.PluginOK || len(got.SendCouponResult) != 10 {
		t.Fatalf("%+v", got)
	}
	for i, r := range got.SendCouponResult {
		want := busifavor.ItemSuccess
		if i == 9 {
			want = busifavor.ItemMaxQuota
		}
		if r.Code != want || r.OutRequestNo != items[i].OutRequestNo || r.StockID != stock || (r.CouponCode != "") != (want == busifavor.ItemSuccess) {
			t.Errorf("item %d: %+v, want %s", i, r, want)
		}
	}
	again := f.plugin(f.call(items...))
	for i, r := range again.SendCouponResult[:9] {
		if r.Code != busifavor.ItemDupRequest || r.CouponCode != got.SendCouponResult[i].CouponCode {
			t.Errorf("item %d again: %+v", i, r)
		}
	}
	if n := f.issued(stock); n != 9 {
		t.Errorf("%d coupons were issued", n)
	}
}

// TestEveryItemCodeIsProduced walks the codes of busifavor 10.1. NOTMONEY is of cash
// coupons, and USERLIMIT is told as MAXQUOTA.
func TestEveryItemCodeIsProduced(t *testing.T) {
	t.Parallel()
	limits := func(change func(l *coupon.Limits)) func(*coupon.Stock) {
		return func(s *coupon.Stock) { change(&s.Limits) }
	}
	for refusal, c := range refusals(limits) {
		t.Run(string(refusal), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			stock := f.stock("1282070000000017", c.stock)
			if c.before != nil {
				c.before(f, stock)
			}
			got := f.plugin(f.call(item(stock, "second")))
			if got.ErrCode != busifavor.PluginOK || got.SendCouponResult[0].Code != string(refusal) || got.SendCouponResult[0].Message != refusal.Fault().Text.ZH {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("SUCCESS, DUPREQUEST and FREQUENCYLIMIT", func(t *testing.T) {
		t.Parallel()
		rates := claim.DefaultRates()
		rates.PluginPerSender = 2
		f := newFixture(t, func(c *claim.Config) { c.Rates = rates })
		stock := f.stock("1282070000000017")
		for _, want := range []string{busifavor.ItemSuccess, busifavor.ItemDupRequest, busifavor.ItemFrequencyLimit} {
			if got := f.plugin(f.call(item(stock, "n"))); got.ErrCode != busifavor.PluginOK || got.SendCouponResult[0].Code != want {
				t.Errorf("%+v, want %s", got, want)
			}
		}
	})
}

func TestAnItemThatCannotBeIssuedFailsAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock("1282070000000017")
	byCall := f.stock("1282070000000018", func(s *coupon.Stock) { s.CodeMode = coupon.CodesByCall })
	badCode, goodCode := item(byCall, "n3"), item(byCall, "n4")
	badCode.CouponCode, goodCode.CouponCode = "A+", "A-1"
	got := f.plugin(f.call(item("1", "n1"), item(byCall, "n2"), badCode, goodCode, item(stock, "n5")))
	want := []string{busifavor.ItemFailed, busifavor.ItemFailed, busifavor.ItemFailed, busifavor.ItemSuccess, busifavor.ItemSuccess}
	for i, r := range got.SendCouponResult {
		if r.Code != want[i] {
			t.Errorf("item %d: %+v, want %s", i, r, want[i])
		}
	}
	foreign := f.call(item(stock, "n6"))
	foreign.AppID = bobApp
	if got := f.plugin(foreign); got.SendCouponResult[0].Code != busifavor.ItemFailed {
		t.Errorf("an appid of nobody who takes part gives %+v", got)
	}
}

func TestEveryOverallCodeIsProduced(t *testing.T) {
	t.Parallel()
	change := func(change func(r *busifavor.PluginRequest)) func(*fixture, busifavor.PluginRequest) any {
		return func(_ *fixture, r busifavor.PluginRequest) any {
			change(&r)
			return r
		}
	}
	for name, c := range map[string]struct {
		call func(f *fixture, r busifavor.PluginRequest) any
		want string
	}{
		"right":         {change(func(*busifavor.PluginRequest) {}), busifavor.PluginOK},
		"no JSON":       {func(*fixture, busifavor.PluginRequest) any { return "{" }, busifavor.PluginParamError},
		"nothing":       {func(*fixture, busifavor.PluginRequest) any { return "" }, busifavor.PluginParamError},
		"two names":     {func(*fixture, busifavor.PluginRequest) any { return `{"sign":"a","sign":"b"}` }, busifavor.PluginParamError},
		"a large body":  {func(*fixture, busifavor.PluginRequest) any { return strings.Repeat(" ", 70_000) }, busifavor.PluginParamError},
		"no items":      {change(func(r *busifavor.PluginRequest) { r.SendCouponParams = nil }), busifavor.PluginParamError},
		"eleven items":  {change(func(r *busifavor.PluginRequest) { r.SendCouponParams = make([]busifavor.PluginItem, 11) }), busifavor.PluginParamError},
		"no number":     {change(func(r *busifavor.PluginRequest) { r.SendCouponParams[0].OutRequestNo = "" }), busifavor.PluginParamError},
		"no stock":      {change(func(r *busifavor.PluginRequest) { r.SendCouponParams[0].StockID = "" }), busifavor.PluginParamError},
		"a vague time":  {change(func(r *busifavor.PluginRequest) { r.SendCouponParams[0].CustomizeSendTime = "2026" }), busifavor.PluginParamError},
		"no sender":     {change(func(r *busifavor.PluginRequest) { r.SendCouponMerchant = "" }), busifavor.PluginParamError},
		"no sign":       {change(func(r *busifavor.PluginRequest) { r.Sign = "" }), busifavor.PluginParamError},
		"another sign":  {change(func(r *busifavor.PluginRequest) { r.Sign = strings.ToLower(r.Sign) }), busifavor.PluginSignError},
		"other content": {change(func(r *busifavor.PluginRequest) { r.SendCouponParams[0].OutRequestNo = "m" }), busifavor.PluginSignError},
		"a stranger":    {change(func(r *busifavor.PluginRequest) { r.SendCouponMerchant = "1999999999" }), busifavor.PluginSignError},
		"no openid":     {change(func(r *busifavor.PluginRequest) { r.OpenID = "" }), busifavor.PluginUserGetFailed},
		"no appid":      {change(func(r *busifavor.PluginRequest) { r.AppID = "" }), busifavor.PluginUserGetFailed},
		"nobody":        {change(func(r *busifavor.PluginRequest) { r.OpenID = "nobody" }), busifavor.PluginUserNotExists},
		"a broken store": {func(f *fixture, r busifavor.PluginRequest) any {
			f.plugin(r)
			if err := f.store.Close(); err != nil {
				f.t.Fatal(err)
			}
			return r
		}, busifavor.PluginSystemError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			got := f.plugin(c.call(f, f.call(item(f.stock("1282070000000017"), "n1"))))
			if got.ErrCode != c.want || got.Msg == "" || got.SendCouponResult == nil {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

func TestARaceOfOneCallOfThePluginGivesOneCoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock("1282070000000017")
	got, _ := storetest.Race(64, func(int) (busifavor.PluginResult, error) { return f.plugin(f.call(item(stock, "n"))), nil })
	first := 0
	for _, r := range got {
		if r.SendCouponResult[0].CouponCode != got[0].SendCouponResult[0].CouponCode {
			t.Errorf("%+v", r)
		}
		if r.SendCouponResult[0].Code == busifavor.ItemSuccess {
			first++
		}
	}
	if n := f.issued(stock); n != 1 || first != 1 {
		t.Errorf("%d coupons were issued, %d calls were the first", n, first)
	}
}

func TestOnlyASandboxTakesAUserAtTheirWord(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *claim.Config) { c.Sandbox = false })
	link := f.link(f.stock("1282070000000017"), "n1")
	if got := f.do(http.MethodPost, apiv2.PluginPath, "{}"); got.status != http.StatusNotFound {
		t.Errorf("the plug-in gives %d", got.status)
	}
	for path, method := range map[string]string{pack(): http.MethodGet, "/wallet/card": http.MethodPost} {
		if got := f.do(method, path, "{}"); got.status != http.StatusBadRequest {
			t.Errorf("%s gives %d", path, got.status)
		}
	}
	f.claim(link).has(t, http.StatusSeeOther)
	got := f.open(link)
	got.has(t, http.StatusOK, "领取成功", `class="qr"`)
	if strings.Contains(got.body, "/wallet") {
		t.Error("the page leads to a card pack that is not there")
	}
}

func TestTheChannelOfACouponIsTheDoor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	storetest.Listen(t, f.store, alice)
	stock := f.stock("1282070000000017")
	f.plugin(f.call(item(stock, "a")))
	f.claim(f.link(stock, "b"))
	events := storetest.Told(t, f.store, alice)
	for i, channel := range []coupon.Channel{coupon.ChannelMiniApp, coupon.ChannelH5} {
		if !strings.Contains(string(events[i].Payload), `"channel":"`+string(channel)+`"`) {
			t.Errorf("event %d: %s, want %s", i, events[i].Payload, channel)
		}
	}
}
