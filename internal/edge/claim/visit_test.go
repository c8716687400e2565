package claim_test

import (
	"context"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/edge/claim"
)

// packLink is a link of a merchant to the pack of the fixture's user, as changed before it is
// signed.
func (f *fixture) packLink(mchid string, changes ...func(p *apiv2.Pack)) string {
	p := apiv2.Pack{MchID: mchid, AppID: aliceApp, OpenID: openID, Timestamp: f.clock.Now().Unix()}
	for _, change := range changes {
		change(&p)
	}
	return apiv2.PackPath + "?" + p.Signed(f.keys[mchid]).Query()
}

func production(c *claim.Config) { c.Sandbox = false }

func TestAUserOfAProductionServerOpensThePackWithALink(t *testing.T) {
	t.Parallel()
	var deleted []held.CardQuery
	f := newFixture(t, production, func(c *claim.Config) {
		c.Delete = func(_ context.Context, q held.CardQuery) error {
			deleted = append(deleted, q)
			return nil
		}
	})
	f.claim(f.link(f.stock("1282070000000017"), "n1")).has(t, http.StatusSeeOther)
	f.claim(f.link(f.vouchers(voucherStock), "n1")).has(t, http.StatusSeeOther)
	f.do(http.MethodGet, pack(), "").has(t, http.StatusBadRequest, "272758293")

	page := f.do(http.MethodGet, f.packLink(alice), "")
	page.has(t, http.StatusOK, "周末满减券", "满10元减1元")
	cards := hrefs(page, "/wallet/card?")
	if len(cards) != 2 {
		t.Fatalf("%d cards", len(cards))
	}
	for _, card := range cards {
		f.do(http.MethodGet, card, "").has(t, http.StatusOK, "可使用", "返回卡包")
	}
	for _, tab := range hrefs(page, "/wallet?") {
		f.do(http.MethodGet, tab, "").has(t, http.StatusOK, "卡包")
	}
	coupon := cards[1]
	if got := f.do(http.MethodPost, coupon, ""); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/wallet?") {
		t.Errorf("deleting gives %d to %s", got.status, got.header.Get("Location"))
	}
	unsigned := html.UnescapeString(coupon[:strings.Index(coupon, "&sign=")])
	f.do(http.MethodPost, unsigned, "").has(t, http.StatusBadRequest)
	if len(deleted) != 1 || deleted[0].Party != alice {
		t.Errorf("deleted %+v", deleted)
	}
}

// TestAMerchantsLinkShowsWhatItIsPartyTo signs with the key of a merchant that has no part in
// what the user has.
func TestAMerchantsLinkShowsWhatItIsPartyTo(t *testing.T) {
	t.Parallel()
	deleted := false
	f := newFixture(t, func(c *claim.Config) {
		c.Delete = func(context.Context, held.CardQuery) error {
			deleted = true
			return nil
		}
	})
	f.claim(f.link(f.stock("1282070000000017"), "n1")).has(t, http.StatusSeeOther)
	f.claim(f.link(f.vouchers(voucherStock), "n1")).has(t, http.StatusSeeOther)
	f.do(http.MethodGet, f.packLink(bob), "").has(t, http.StatusOK, "暂无优惠券")
	for _, card := range hrefs(f.do(http.MethodGet, pack(), ""), "/wallet/card?") {
		foreign := f.packLink(bob) + "&" + strings.TrimPrefix(card, "/wallet/card?")
		foreign = strings.Replace(foreign, "/wallet?", "/wallet/card?", 1)
		f.do(http.MethodGet, foreign, "").has(t, http.StatusNotFound)
		f.do(http.MethodPost, foreign, "").has(t, http.StatusNotFound)
	}
	if deleted {
		t.Error("a merchant that is no party deletes")
	}
}

func TestALinkToThePackIsGoodForTenMinutes(t *testing.T) {
	t.Parallel()
	f := newFixture(t, production)
	f.claim(f.link(f.stock("1282070000000017"), "n1")).has(t, http.StatusSeeOther)
	link := f.packLink(alice)
	f.clock.Set(f.clock.Now().Add(10 * time.Minute))
	f.do(http.MethodGet, link, "").has(t, http.StatusOK)
	f.clock.Set(f.clock.Now().Add(time.Second))
	f.do(http.MethodGet, link, "").has(t, http.StatusForbidden, "链接已过期")
	f.do(http.MethodGet, link, "", "Accept-Language", "en").has(t, http.StatusForbidden, "This link has expired")
	at := func(ahead time.Duration) func(p *apiv2.Pack) {
		return func(p *apiv2.Pack) { p.Timestamp = f.clock.Now().Add(ahead).Unix() }
	}
	f.do(http.MethodGet, f.packLink(alice, at(5*time.Minute)), "").has(t, http.StatusOK)
	f.do(http.MethodGet, f.packLink(alice, at(6*time.Minute)), "").has(t, http.StatusForbidden)
}

func TestAWrongLinkToThePackIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	right := f.packLink(alice)
	for name, link := range map[string]string{
		"a changed openid":    strings.Replace(right, openID, another, 1),
		"a changed appid":     strings.Replace(right, aliceApp, bobApp, 1),
		"another merchant":    strings.Replace(right, alice, bob, 1),
		"an unknown merchant": strings.Replace(right, alice, "1999999999", 1),
		"no merchant":         strings.Replace(right, "mchid=", "merchant=", 1),
		"a later time":        strings.Replace(right, "timestamp=", "timestamp=1", 1),
		"no time":             strings.Replace(right, "timestamp=", "time=", 1),
		"another sign":        strings.Replace(right, "sign=", "sign=0", 1),
	} {
		if got := f.do(http.MethodGet, link, ""); got.status != http.StatusBadRequest || !strings.Contains(got.body, "272758293") {
			t.Errorf("%s gives %d %s", name, got.status, got.body)
		}
	}
	f.do(http.MethodGet, right+"&offset=x", "").has(t, http.StatusBadRequest)
}
