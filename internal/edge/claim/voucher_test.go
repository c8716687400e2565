package claim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/busifavor"
)

const (
	voucherStock = "1000000001"
	another      = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p"
)

func TestALinkLeadsToACashVoucherAsItDoesToACoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	link := f.link(f.vouchers(voucherStock), "n1")
	f.open(link).has(t, http.StatusOK, "满10元减1元", "爱丽丝商店", "立即领取", `class="c090"`,
		"支付时自动抵扣", "使用须知", "每单限用一张")
	claimed := f.claim(link)
	if claimed.status != http.StatusSeeOther || claimed.header.Get("Location") != target(link) {
		t.Fatalf("the claim leads to %d %s", claimed.status, claimed.header.Get("Location"))
	}
	page := f.open(link)
	page.has(t, http.StatusOK, "领取成功", "支付时自动抵扣", "/wallet/card?")
	if strings.Contains(page.body, "<svg") {
		t.Error("a voucher has no code to show")
	}
	f.claim(link)
	if n := f.sent(voucherStock); n != 1 {
		t.Errorf("%d vouchers were sent", n)
	}
	f.claim(f.link(voucherStock, "n1", func(l *apiv2.Link) { l.OpenID = another })).has(t, http.StatusSeeOther)
	if n := f.sent(voucherStock); n != 2 {
		t.Errorf("a number counts for one user: %d vouchers were sent", n)
	}
}

func TestThePluginClaimsCouponsAndCashVouchersInOneCall(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cash, foreign := item(f.vouchers(voucherStock), "n1"), item(voucherStock, "n2")
	cash.CreateCouponMerchant, foreign.CreateCouponMerchant = alice, bob
	call := f.call(cash, item(f.stock("1282070000000017"), "n1"), foreign, item(voucherStock, "n3"))
	got := f.plugin(call)
	want := []string{busifavor.ItemSuccess, busifavor.ItemSuccess, busifavor.ItemFailed, busifavor.ItemSuccess}
	for i, r := range got.SendCouponResult {
		if r.Code != want[i] || (r.CouponCode != "") != (want[i] == busifavor.ItemSuccess) {
			t.Errorf("item %d: %+v, want %s", i, r, want[i])
		}
	}
	again := f.plugin(call)
	for _, i := range []int{0, 1, 3} {
		if r := again.SendCouponResult[i]; r.Code != busifavor.ItemDupRequest || r.CouponCode != got.SendCouponResult[i].CouponCode {
			t.Errorf("item %d again: %+v", i, r)
		}
	}
	if n := f.sent(voucherStock); n != 2 {
		t.Errorf("%d vouchers were sent", n)
	}
	stranger := call
	stranger.OpenID = "nobody"
	if got := f.plugin(stranger); got.ErrCode != busifavor.PluginUserNotExists {
		t.Errorf("nobody's openid gives %+v", got)
	}
}

// TestEveryRefusalOfACashVoucherIsTold arranges each of them, on the page and in the plug-in.
func TestEveryRefusalOfACashVoucherIsTold(t *testing.T) {
	t.Parallel()
	state := func(s voucher.StockState) func(*voucher.Stock) {
		return func(v *voucher.Stock) { v.State = s }
	}
	claimBy := func(ids ...string) func(*fixture) {
		return func(f *fixture) {
			for _, id := range ids {
				f.claim(f.link(voucherStock, "first", func(l *apiv2.Link) { l.OpenID = id })).has(f.t, http.StatusSeeOther)
			}
		}
	}
	for name, c := range map[string]struct {
		stock          func(*voucher.Stock)
		before         func(*fixture)
		code, headline string
	}{
		"not started": {state(voucher.StockUnactivated), nil, busifavor.ItemNotRunning, "活动尚未开始"},
		"paused":      {state(voucher.StockPaused), nil, busifavor.ItemNotRunning, "活动已暂停"},
		"stopped":     {state(voucher.StockStopped), nil, busifavor.ItemNotRunning, "活动已终止"},
		"over":        {func(s *voucher.Stock) { s.End = opened().Add(-time.Second) }, nil, busifavor.ItemExpired, "活动已结束"},
		"a suspicious user": {func(s *voucher.Stock) { s.Limits.PreventAbuse = true }, func(f *fixture) {
			f.register(user.User{OpenID: openID, ID: user.ID{1}, Suspicious: true})
		}, busifavor.ItemFailed, "268697610"},
		"enough for the user": {func(s *voucher.Stock) { s.Limits.MaxPerUser = 1 }, claimBy(openID), busifavor.ItemMaxQuota, "您领取该券的张数已达上限"},
		"enough for the day":  {func(s *voucher.Stock) { s.Limits.MaxAmountPerDay = 100 }, claimBy(another), busifavor.ItemDayLimit, "今日已领完"},
		"all gone":            {func(s *voucher.Stock) { s.Limits.MaxCoupons = 1 }, claimBy(another), busifavor.ItemNotEnough, "来晚了"},
		"enough for the month": {
			func(s *voucher.Stock) {
				s.Face, s.Threshold, s.Limits.MaxAmount = 300_000, 300_001, fen.Fen(100_000_000)
			}, claimBy(openID),
			busifavor.ItemUserLimit, "您本月领取该商家代金券的金额已达上限",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.vouchers(voucherStock, c.stock)
			if c.before != nil {
				c.before(f)
			}
			link := f.link(voucherStock, "second")
			for _, got := range []answer{f.open(link), f.claim(link)} {
				got.has(t, http.StatusOK, c.headline)
				if strings.Contains(got.body, "立即领取") {
					t.Error("the page has the button")
				}
			}
			if got := f.plugin(f.call(item(voucherStock, "third"))); got.SendCouponResult[0].Code != c.code ||
				got.SendCouponResult[0].Message == "" {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
}

// TestAPartnerGivesOutCashVouchers builds a partnership by appid and ends it.
func TestAPartnerGivesOutCashVouchers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.vouchers(voucherStock)
	bobs := func(number string) apiv2.Link {
		return f.link(voucherStock, number, func(l *apiv2.Link) { l.SendCouponMerchant = bob })
	}
	plugin := func(number string) string {
		p := apiv2.Plugin{SendCouponMerchant: bob, Items: []apiv2.PluginItem{item(voucherStock, number)}}.Signed(f.keys[bob])
		got := f.plugin(busifavor.PluginRequest{
			AppID: bobApp, OpenID: another, SendCouponMerchant: bob, Sign: p.Sign,
			SendCouponParams: []busifavor.PluginItem{busifavor.PluginItem(p.Items[0])},
		})
		return got.SendCouponResult[0].Code
	}
	f.open(bobs("n1")).has(t, http.StatusBadRequest, "无权发放")
	f.claim(bobs("n1")).has(t, http.StatusBadRequest, "无权发放")
	if code := plugin("n1"); code != busifavor.ItemFailed {
		t.Errorf("a merchant without right gets %s", code)
	}
	p := partner.Partnership{
		Key: partner.Key{
			Stock: partner.Stock{Creator: alice, ID: voucherStock}, Resource: partner.ResourceVouchers,
			Partner: partner.Partner{Type: partner.ByAppID, ID: bobApp},
		},
		State: partner.Established, Created: opened(), Built: opened(),
	}
	f.write(func(tx store.Tx) error { return tx.PutPartnership(f.t.Context(), p) })
	f.open(bobs("n1")).has(t, http.StatusOK, "立即领取", "爱丽丝商店")
	f.claim(bobs("n1")).has(t, http.StatusSeeOther)
	if code := plugin("n1"); code != busifavor.ItemSuccess {
		t.Errorf("a partner gets %s", code)
	}
	if n := f.sent(voucherStock); n != 2 {
		t.Errorf("%d vouchers were sent", n)
	}
}

func TestThePackListsCashVouchersBeforeCoupons(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *claim.Config) { c.Unlimited = true })
	many := func(s *voucher.Stock) { s.Limits.MaxPerUser = 50 }
	f.vouchers(voucherStock, many)
	stock := f.stock("1282070000000017", func(s *coupon.Stock) { s.Limits.MaxPerUser = 50 })
	for i := range 23 {
		number := "n" + string(rune('a'+i))
		f.claim(f.link(voucherStock, number)).has(t, http.StatusSeeOther)
		f.claim(f.link(stock, number)).has(t, http.StatusSeeOther)
	}
	first := f.do(http.MethodGet, pack(), "")
	first.has(t, http.StatusOK, "代金券", "coupon_id=")
	if strings.Contains(first.body, "商家券") || len(hrefs(first, "/wallet/card?")) != 20 {
		t.Error("the first page has more than vouchers")
	}
	seen := map[string]bool{}
	for _, offset := range []string{"0", "20", "40"} {
		for _, card := range hrefs(f.do(http.MethodGet, pack("offset", offset), ""), "/wallet/card?") {
			seen[card] = true
		}
	}
	if len(seen) != 46 {
		t.Errorf("%d different cards", len(seen))
	}
	second := f.do(http.MethodGet, pack("offset", "20"), "")
	second.has(t, http.StatusOK, "代金券", "商家券")
	f.do(http.MethodGet, pack("state", "DELETED"), "").has(t, http.StatusOK, "暂无优惠券")
	card := hrefs(first, "/wallet/card?")[0]
	page := f.do(http.MethodGet, card, "")
	page.has(t, http.StatusOK, "代金券", "券编号", "支付时自动抵扣", "可使用")
	if strings.Contains(page.body, "从卡包删除") {
		t.Error("a voucher cannot be deleted")
	}
	f.do(http.MethodGet, strings.Replace(card, openID, another, 1), "").has(t, http.StatusNotFound)
	f.clock.Set(f.clock.Now().Add(25 * time.Hour))
	f.do(http.MethodGet, card, "").has(t, http.StatusOK, "已过期", "spent")
}

func TestACashVoucherShowsWhatItsStockSays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	minutes := int64(30)
	f.vouchers(voucherStock, func(s *voucher.Stock) {
		s.Display.Brand, s.Items = "一二三四五六七八九十甲乙丙", []string{"sku"}
		s.Display.JumpTarget = voucher.JumpToMiniProgram
		s.Display.MiniProgramAppID, s.Display.MiniProgramPath = "wx23232232323", "pages/index?a=b"
		s.Times = voucher.Times{NextDay: true, Minutes: &minutes}
		s.Payment = voucher.Payment{Card: &voucher.Card{Name: "甲银行信用卡"}, Combine: true}
	})
	link := f.link(voucherStock, "n1")
	page := f.open(link)
	page.has(t, http.StatusOK, "一二三四五六七八九十甲乙", "限指定商品", "甲银行信用卡", "领取次日起可用", "可用后30分钟内有效")
	if strings.Contains(page.body, "甲乙丙") {
		t.Error("a name has more than 12 characters")
	}
	f.claim(link)
	waiting := f.open(link)
	waiting.has(t, http.StatusOK, "未到使用时间")
	f.clock.Set(f.clock.Now().Add(12 * time.Hour))
	f.open(link).has(t, http.StatusOK, "支付时自动抵扣", "weixin://dl/business/?appid=wx23232232323&amp;path=pages%2Findex&amp;query=a%3Db")
}
