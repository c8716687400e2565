package claim_test

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/rule/coupon"
)

// hrefs are the addresses on a page that begin with a path.
func hrefs(page answer, path string) []string {
	var list []string
	for _, found := range regexp.MustCompile(`href="(`+regexp.QuoteMeta(path)+`[^"]*)"`).FindAllStringSubmatch(page.body, -1) {
		list = append(list, html.UnescapeString(found[1]))
	}
	return list
}

func TestThePackListsTheCardsOfAUserPageByPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *claim.Config) { c.Unlimited = true })
	stock := f.stock("1282070000000017", func(s *coupon.Stock) { s.Limits.MaxPerUser = 100 })
	for i := range 45 {
		f.claim(f.link(stock, "n"+strconv.Itoa(i))).has(t, http.StatusSeeOther)
	}
	f.claim(f.link(stock, "other", func(l *apiv2.Link) { l.OpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p" }))
	address, seen := pack(), map[string]bool{}
	for _, want := range []int{20, 20, 5} {
		page := f.do(http.MethodGet, address, "")
		page.has(t, http.StatusOK, "卡包", openID)
		cards := hrefs(page, "/wallet/card?")
		if len(cards) != want {
			t.Fatalf("%s lists %d cards, want %d", address, len(cards), want)
		}
		for _, card := range cards {
			seen[card] = true
		}
		if next := regexp.MustCompile(`href="([^"]+)">下一页`).FindStringSubmatch(page.body); next != nil {
			address = html.UnescapeString(next[1])
		}
	}
	if len(seen) != 45 {
		t.Errorf("%d different cards", len(seen))
	}
	f.do(http.MethodGet, pack("state", "USED"), "").has(t, http.StatusOK, "暂无优惠券")
	f.clock.Set(f.clock.Now().Add(25 * time.Hour))
	f.do(http.MethodGet, pack("state", "EXPIRED"), "").has(t, http.StatusOK, "已过期", "spent")
}

func TestACardOpensWithItsCode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.claim(f.link(f.stock("1282070000000017"), "n1"))
	card := hrefs(f.do(http.MethodGet, pack(), ""), "/wallet/card?")[0]
	f.do(http.MethodGet, card, "").has(t, http.StatusOK, `class="qr"`, "可使用", "2026.12.05 12:00")
	f.clock.Set(f.clock.Now().Add(25 * time.Hour))
	got := f.do(http.MethodGet, card, "")
	got.has(t, http.StatusOK, "已过期")
	if strings.Contains(got.body, "<svg") {
		t.Error("a coupon of no use shows its code")
	}
	stranger := strings.Replace(card, openID, "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p", 1)
	f.do(http.MethodGet, stranger, "").has(t, http.StatusNotFound)
}

func TestAHolderDeletesACard(t *testing.T) {
	t.Parallel()
	var asked []held.CardQuery
	f := newFixture(t, func(c *claim.Config) {
		c.Delete = func(_ context.Context, q held.CardQuery) error {
			asked = append(asked, q)
			return nil
		}
	})
	f.claim(f.link(f.stock("1282070000000017"), "n1"))
	card := hrefs(f.do(http.MethodGet, pack(), ""), "/wallet/card?")[0]
	f.do(http.MethodGet, card, "").has(t, http.StatusOK, "从卡包删除")
	if got := f.do(http.MethodPost, card, "", "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden || len(asked) != 0 {
		t.Errorf("another site deletes: %d", got.status)
	}
	got := f.do(http.MethodPost, card, "")
	if got.status != http.StatusSeeOther || len(asked) != 1 || asked[0].OpenID != openID || asked[0].StockID != "1282070000000017" {
		t.Errorf("%d, asked for %+v", got.status, asked)
	}
}

func TestAWrongAddressOfThePackIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, address := range []string{
		"/wallet", "/wallet?appid=a", "/wallet?openid=a", "/wallet?%zz", pack("offset", "-1"), pack("offset", "x"), pack("offset", "99999999999"),
		"/wallet/card", "/wallet/card?appid=" + aliceApp,
	} {
		f.do(http.MethodGet, address, "").has(t, http.StatusBadRequest, "链接无法使用")
	}
	for _, address := range []string{pack("openid", "nobody"), "/wallet/card?appid=" + aliceApp + "&openid=" + openID, "/wallet/card?appid=" + aliceApp + "&openid=" + openID + "&stock_id=1&coupon_code=2"} {
		f.do(http.MethodGet, address, "").has(t, http.StatusNotFound, "链接无法使用")
	}
	f.do(http.MethodPost, "/wallet/card?appid="+aliceApp+"&openid="+openID, "").has(t, http.StatusBadRequest)
	f.do(http.MethodGet, pack("state", "NONSENSE"), "").has(t, http.StatusOK, "暂无优惠券")
}
