package claim_test

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

func TestALinkLeadsFromTheOfferToTheCoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.stock("1282070000000017"), "n1")
	f.open(link).has(t, http.StatusOK, "满10元减5元", "周末满减券", "爱丽丝商店", "立即领取", `class="c090"`, "每单限用一张", `lang="zh-CN"`)

	claimed := f.claim(link)
	if claimed.status != http.StatusSeeOther || claimed.header.Get("Location") != target(link) {
		t.Fatalf("the claim leads to %d %s", claimed.status, claimed.header.Get("Location"))
	}
	f.open(link).has(t, http.StatusOK, "领取成功", "<svg class=\"qr\"", "/wallet/card?")
	f.claim(link)
	if n := f.issued("1282070000000017"); n != 1 {
		t.Errorf("%d coupons were issued", n)
	}
}

func TestAPageSpeaksTheLanguageOfItsReader(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.stock("1282070000000017"), "n1")
	f.open(link, "Accept-Language", "en-GB,zh;q=0.5").has(t, http.StatusOK, `lang="en"`, "Claim coupon", "¥5 off on orders of ¥10 or more")
	f.open(link, "Accept-Language", "fr").has(t, http.StatusOK, "立即领取")
	link.Sign = "0"
	f.open(link, "Accept-Language", "en").has(t, http.StatusBadRequest, "This link does not work", "272758293")
}

func TestARaceForOneLinkGivesOneCoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *claim.Config) { c.Unlimited = true })
	link := f.link(f.stock("1282070000000017"), "n1")
	_, _ = storetest.Race(64, func(int) (struct{}, error) {
		if got := f.claim(link); got.status != http.StatusSeeOther {
			t.Errorf("%d %s", got.status, got.body)
		}
		return struct{}{}, nil
	})
	if n := f.issued("1282070000000017"); n != 1 {
		t.Errorf("%d coupons were issued", n)
	}
}

// TestEveryWrongLinkIsRefusedWithItsNumber sends links that are not to be.
func TestEveryWrongLinkIsRefusedWithItsNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1", 129)
	for name, c := range map[string]struct {
		change func(f *fixture, l *apiv2.Link)
		status int
		text   string
	}{
		"no stock":               {func(_ *fixture, l *apiv2.Link) { l.StockID = "" }, 400, "268435461"},
		"a long stock":           {func(_ *fixture, l *apiv2.Link) { l.StockID = long[:21] }, 400, "268435461"},
		"no number":              {func(_ *fixture, l *apiv2.Link) { l.OutRequestNo = "" }, 400, "268435461"},
		"a long number":          {func(_ *fixture, l *apiv2.Link) { l.OutRequestNo = long }, 400, "268435461"},
		"a number with a dash":   {func(_ *fixture, l *apiv2.Link) { l.OutRequestNo = "a-b" }, 400, "268435461"},
		"no sender":              {func(_ *fixture, l *apiv2.Link) { l.SendCouponMerchant = "" }, 400, "268435461"},
		"a short sender":         {func(_ *fixture, l *apiv2.Link) { l.SendCouponMerchant = "1900000" }, 400, "268435461"},
		"a sender of letters":    {func(_ *fixture, l *apiv2.Link) { l.SendCouponMerchant = "19000000a" }, 400, "268435461"},
		"no openid":              {func(_ *fixture, l *apiv2.Link) { l.OpenID = "" }, 400, "268435461"},
		"a long openid":          {func(_ *fixture, l *apiv2.Link) { l.OpenID = long }, 400, "268435461"},
		"a long code":            {func(_ *fixture, l *apiv2.Link) { l.CouponCode = long[:33] }, 400, "268435461"},
		"a code with a plus":     {func(_ *fixture, l *apiv2.Link) { l.CouponCode = "A+B&open_id=x" }, 400, "268435461"},
		"a time that is none":    {func(_ *fixture, l *apiv2.Link) { l.CustomizeSendTime = "tomorrow" }, 400, "268435461"},
		"another key":            {func(f *fixture, l *apiv2.Link) { *l = l.Signed(f.keys[bob]) }, 400, "272758293"},
		"a changed openid":       {func(_ *fixture, l *apiv2.Link) { l.OpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p" }, 400, "272758293"},
		"an unknown sender":      {func(_ *fixture, l *apiv2.Link) { l.SendCouponMerchant = "1999999999" }, 400, "272758293"},
		"an MD5 sign":            {func(_ *fixture, l *apiv2.Link) { l.Sign = l.Sign[:32] }, 400, "272758293"},
		"an unknown stock":       {func(f *fixture, l *apiv2.Link) { l.StockID = "1"; *l = l.Signed(f.keys[alice]) }, 404, "优惠活动不存在"},
		"a sender without right": {func(f *fixture, l *apiv2.Link) { l.SendCouponMerchant = bob; *l = l.Signed(f.keys[bob]) }, 400, "无权发放"},
		"nobody's openid":        {func(f *fixture, l *apiv2.Link) { l.OpenID = "nobody"; *l = l.Signed(f.keys[alice]) }, 404, "OpenID不正确"},
		"a stranger's user": {func(f *fixture, l *apiv2.Link) {
			f.write(func(tx store.Tx) error {
				return tx.InsertUsers(f.t.Context(), []user.User{{AppID: bobApp, OpenID: "o_bobs", ID: user.ID{1}}})
			})
			l.OpenID = "o_bobs"
			*l = l.Signed(f.keys[alice])
		}, 400, "272756757"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			link := f.link(f.stock("1282070000000017"), "n1")
			c.change(f, &link)
			f.open(link).has(t, c.status, c.text)
			f.claim(link).has(t, c.status, c.text)
			if n := f.issued("1282070000000017"); n != 0 {
				t.Errorf("%d coupons were issued", n)
			}
		})
	}
}

func TestALinkThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := target(f.link(f.stock("1282070000000017"), "n1"))
	for _, query := range []string{"%zz", "a=%", link + "&stock_id=2", "openid=" + openID, strings.Repeat("a=b&", 3000)} {
		raw := query
		if !strings.HasPrefix(raw, apiv2.LinkPath) {
			raw = apiv2.LinkPath + "?" + query
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if got := f.do(method, raw, ""); got.status != http.StatusBadRequest {
				t.Errorf("%s %.60s gives %d", method, raw, got.status)
			}
		}
	}
	for path, want := range map[string]int{"/busifavor/other": 404, "/busifavor/getcouponinfo/": 404, "/walle": 404} {
		if got := f.do(http.MethodGet, path, ""); got.status != want {
			t.Errorf("%s gives %d, want %d", path, got.status, want)
		}
	}
	if got := f.do(http.MethodDelete, link, ""); got.status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE gives %d", got.status)
	}
}

// TestEveryRefusalHasAPageOfItsOwn arranges each refusal of the rules.
func TestEveryRefusalHasAPageOfItsOwn(t *testing.T) {
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
			link := f.link(stock, "second")
			for _, got := range []answer{f.open(link), f.claim(link)} {
				got.has(t, http.StatusOK, c.headline)
				if strings.Contains(got.body, "立即领取") {
					t.Error("the page has the button")
				}
			}
			f.claim(link, "Accept-Language", "en").has(t, http.StatusOK, c.english)
		})
	}
}

// refusalCase leads to one refusal.
type refusalCase struct {
	stock             func(*coupon.Stock)
	before            func(f *fixture, stock string)
	headline, english string
}

func refusals(limits func(func(*coupon.Limits)) func(*coupon.Stock)) map[coupon.Refusal]refusalCase {
	another := user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS7p")
	claimBy := func(id user.OpenID) func(*fixture, string) {
		return func(f *fixture, stock string) {
			f.claim(f.link(stock, "first", func(l *apiv2.Link) { l.OpenID = string(id) })).has(f.t, http.StatusSeeOther)
		}
	}
	return map[coupon.Refusal]refusalCase{
		coupon.RefusedNotEnough: {limits(func(l *coupon.Limits) { l.MaxCoupons = 1 }), claimBy(another), "来晚了，券已领完", "All gone"},
		coupon.RefusedDayLimit:  {limits(func(l *coupon.Limits) { l.MaxPerDay = 1 }), claimBy(another), "今日已领完", "Gone for today"},
		coupon.RefusedQuota:     {limits(func(l *coupon.Limits) { l.MaxPerUser = 1 }), claimBy(openID), "您领取该券的张数已达上限", "You have yours"},
		coupon.RefusedPerson: {limits(func(l *coupon.Limits) { l.MaxPerUser, l.NaturalPerson = 1, coupon.Yes }), func(f *fixture, stock string) {
			f.register(user.User{OpenID: openID, ID: user.ID{1}, Person: user.ID{9}}, user.User{OpenID: another, ID: user.ID{2}, Person: user.ID{9}})
			claimBy(another)(f, stock)
		}, "您的其他账号已领取过该券", "Your other accounts"},
		coupon.RefusedNotRunning: {func(s *coupon.Stock) { s.State = coupon.StockPaused }, nil, "活动已暂停", "Paused"},
		coupon.RefusedExpired:    {func(s *coupon.Stock) { s.Validity.End = opened().Add(-time.Second) }, nil, "活动已结束", "This offer has ended"},
		coupon.RefusedFailed: {limits(func(l *coupon.Limits) { l.PreventAbuse = coupon.Yes }), func(f *fixture, _ string) {
			f.register(user.User{OpenID: openID, ID: user.ID{1}, Suspicious: true})
		}, "268697610", "Not possible now"},
	}
}

func TestEveryRefusalIsTested(t *testing.T) {
	t.Parallel()
	have := refusals(func(func(*coupon.Limits)) func(*coupon.Stock) { return nil })
	for _, r := range coupon.Refusals() {
		if _, tested := have[r]; !tested {
			t.Errorf("no page shows %s", r)
		}
	}
}

func TestAMerchantsOwnCodeTravelsInTheLink(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock("1282070000000018", func(s *coupon.Stock) { s.CodeMode, s.Entrance.CodeDisplay = coupon.CodesByCall, "BARCODE" })
	code := func(l *apiv2.Link) { l.CouponCode = "AB 12/3|=_" }
	f.open(f.link(stock, "n1")).has(t, http.StatusBadRequest, "268435461")
	link := f.link(stock, "n1", code)
	f.claim(link).has(t, http.StatusSeeOther)
	f.open(link).has(t, http.StatusOK, "<svg class=\"bar\"", html.EscapeString("AB 12/3|=_"))
	other := f.link(stock, "n2", code, func(l *apiv2.Link) { l.OpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p" })
	f.claim(other).has(t, http.StatusBadRequest, "券code已存在")
	f.claim(f.link(stock, "n1", func(l *apiv2.Link) { l.CouponCode = "CD" })).has(t, http.StatusBadRequest, "参数与首次请求时不一致")
}

func TestACodeIsShownAsTheStockWants(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i, c := range []struct{ display, want, not string }{
		{"", `class="qr"`, `class="bar"`}, {"QRCODE", `class="qr"`, `class="bar"`}, {"BARCODE", `class="bar"`, `class="qr"`}, {"NOT_SHOW", `class="digits"`, "<svg"},
	} {
		stock := f.stock("128207000000002"+string(rune('0'+i)), func(s *coupon.Stock) { s.Entrance.CodeDisplay = c.display })
		link := f.link(stock, "n1")
		f.claim(link)
		got := f.open(link)
		got.has(t, http.StatusOK, c.want)
		if strings.Contains(got.body, c.not) {
			t.Errorf("%q shows %s", c.display, c.not)
		}
	}
}

// TestNothingOfAStockBecomesMarkup puts markup into every text that a page shows.
func TestNothingOfAStockBecomesMarkup(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const evil = `"><script>alert(1)</script>`
	stock := f.stock("1282070000000017", func(s *coupon.Stock) {
		s.Name, s.Goods, s.UseBy.Method = evil, evil, evil
		s.Display = coupon.Display{Description: evil, Color: evil, LogoURL: "javascript:alert(1)"}
	})
	link := f.link(stock, "n1")
	pages := []answer{f.open(link), f.claim(link), f.open(link), f.do(http.MethodGet, pack(), ""), f.do(http.MethodGet, pack("openid", evil), "")}
	for _, got := range pages {
		if strings.Contains(got.body, "<script") || strings.Contains(got.body, "javascript:") {
			t.Errorf("markup got through: %s", got.body)
		}
	}
}

func TestPagesRunNothingAndLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.stock("1282070000000017"), "n1")
	f.claim(link)
	outside := regexp.MustCompile(`(?i)<script|<iframe|\sstyle=|\son[a-z]+=|https?://|url\(`)
	style := regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`).FindStringSubmatch(f.open(link).body)
	if style == nil {
		t.Fatal("the page has no style sheet")
	}
	for _, path := range []string{target(link), target(f.link("1", "n")), pack(), html.UnescapeString(style[1])} {
		got := f.do(http.MethodGet, path, "")
		if found := outside.FindString(got.body); found != "" {
			t.Errorf("%s has %s", path, found)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: header %s is %q", path, name, got.header.Get(name))
			}
		}
	}
	if got := f.do(http.MethodGet, html.UnescapeString(style[1]), ""); !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Error("the style sheet is not kept")
	}
	if got := f.open(link); got.header.Get("Cache-Control") != "no-store" {
		t.Error("a page is kept")
	}
}

func TestNoOtherSiteClaimsInAUsersName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.stock("1282070000000017"), "n1")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		if got := f.claim(link, headers...); got.status != http.StatusForbidden {
			t.Errorf("%v gives %d", headers, got.status)
		}
	}
	f.claim(link, "Sec-Fetch-Site", "same-origin").has(t, http.StatusSeeOther)
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	rates := claim.Rates{OpensPerUser: 2, OpensPerAddress: 100, ClaimsPerUser: 2, ClaimsPerAddress: 4, PluginPerSender: 1}
	f := newFixture(t, func(c *claim.Config) { c.Rates = rates })
	stock := f.stock("1282070000000017")
	mine := f.link(stock, "n1")
	other := f.link(stock, "n1", func(l *apiv2.Link) { l.OpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p" })
	for range 2 {
		f.open(mine).has(t, http.StatusOK)
		f.claim(mine).has(t, http.StatusSeeOther)
	}
	f.open(mine).has(t, http.StatusTooManyRequests, "请稍候再试")
	f.claim(mine).has(t, http.StatusTooManyRequests)
	f.open(other).has(t, http.StatusOK)
	f.claim(other).has(t, http.StatusSeeOther)
	f.claim(other).has(t, http.StatusTooManyRequests) // the address has used up its four
	f.clock.Set(f.clock.Now().Add(time.Minute))
	f.claim(other).has(t, http.StatusSeeOther)
	f.open(mine).has(t, http.StatusOK)
}

func TestAForgedLinkUsesUpNobodysAttempts(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *claim.Config) {
		c.Rates = claim.Rates{OpensPerUser: 1, OpensPerAddress: 100, ClaimsPerUser: 1, ClaimsPerAddress: 100, PluginPerSender: 1}
	})
	link := f.link(f.stock("1282070000000017"), "n1")
	forged := link
	forged.Sign = strings.Repeat("0", 64)
	for range 5 {
		f.open(forged).has(t, http.StatusBadRequest)
		f.claim(forged).has(t, http.StatusBadRequest)
	}
	f.open(link).has(t, http.StatusOK)
	f.claim(link).has(t, http.StatusSeeOther)
}

func TestFailuresOfTheSystemAreTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.stock("1282070000000017"), "n1")
	f.open(link).has(t, http.StatusOK)
	if err := f.store.Close(); err != nil {
		t.Fatal(err)
	}
	f.claim(link).has(t, http.StatusInternalServerError, "系统繁忙")
	f.claim(link, "Accept-Language", "en").has(t, http.StatusInternalServerError, "Something went wrong")
}

func TestWithoutRoomPagesSaySo(t *testing.T) {
	t.Parallel()
	gate := limit.NewGate(limit.Room{Inside: 1, Waiting: 0, Patience: time.Minute})
	f := newFixture(t, func(c *claim.Config) { c.Gate = gate })
	link := f.link(f.stock("1282070000000017"), "n1")
	if err := gate.Enter(t.Context(), limit.Caller{}); err != nil {
		t.Fatal(err)
	}
	f.open(link).has(t, http.StatusTooManyRequests, "请稍候再试")
	if got := f.plugin(f.call(apiv2.PluginItem{StockID: "1", OutRequestNo: "n"})); got.ErrCode != "SYSTEMERROR" {
		t.Errorf("the plug-in says %+v", got)
	}
}

func TestOnlyImagesOfThisServerAreShown(t *testing.T) {
	t.Parallel()
	const base = "https://img.example.com"
	f := newFixture(t, func(c *claim.Config) { c.Images = base })
	own := picture.Base(base).URL("SQD7ya1k9WnLi4C2EwSAeRdg30u8zl0y")
	with := func(logo string) func(*coupon.Stock) {
		return func(s *coupon.Stock) { s.Display.LogoURL, s.Display.ImageURL = logo, logo }
	}
	f.open(f.link(f.stock("1282070000000017", with(own)), "n1")).has(t, http.StatusOK,
		`<img class="logo" src="/wxpaylogo/SQD7ya1k9WnLi4C2EwSAeRdg30u8zl0y/0"`, `<img class="photo" src="/wxpaylogo/`)
	for i, foreign := range []string{picture.DefaultLogo, "https://evil.example/wxpaylogo/SQD7ya1k9WnLi4C2EwSAeRdg30u8zl0y/0", ""} {
		got := f.open(f.link(f.stock("128207000000002"+strconv.Itoa(i), with(foreign)), "n1"))
		if got.has(t, http.StatusOK, "爱"); strings.Contains(got.body, "<img") {
			t.Errorf("%q is shown: %s", foreign, got.body)
		}
	}
}
