package console_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/platform/attention"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/order"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

const openID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"

// fillMoney adds what is about users' coupons, and about money.
func fillMoney(c *console.Config, shop *storetest.Shop, business clock.Business) {
	known, users := directory.New(shop.Store, clock.System{}), user.Policy{AutoRegister: true}
	c.Wallet = held.New(held.Config{Store: shop.Store, Clock: business, Users: users})
	c.Redeem = redeem.New(redeem.Config{Store: shop.Store, Directory: known, Clock: business, Users: users})
	c.Statistics = statistics.New(statistics.Config{Store: shop.Store, Directory: known, Clock: business})
	c.Attention = attention.New(attention.Config{Store: shop.Store, Business: business, Clock: clock.Fixed(shop.Now)})
	c.Ledger = ledger.New(ledger.Config{Store: shop.Store, Clock: business})
	c.Rail = pay.New(pay.Config{Store: shop.Store, Directory: known, Clock: business, Users: users})
	c.Order = order.New(order.Config{Store: shop.Store, Clock: business})
	c.Card = card.New(card.Config{Store: shop.Store, Directory: known, Clock: business, Random: rand.Reader, Users: users})
}

// issue gives a coupon of the shop to the user.
func (p *port) issue() coupon.Code {
	p.t.Helper()
	sent, err := issue.New(issue.Config{
		Store: p.shop.Store, Directory: directory.New(p.shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(p.shop.Now)},
		Random: rand.Reader, Users: user.Policy{AutoRegister: true},
	}).Send(p.t.Context(), issue.SendCommand{
		Caller: p.shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: openID, StockID: p.shop.Stock.ID, RequestNo: "n",
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return sent.Code
}

func TestAnOperatorDeletesACouponInItsHoldersPlace(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	path := fmt.Sprintf("/manage/v1/coupons/%s/%s", p.shop.Stock.ID, p.issue())
	p.expect("GET", path, "", http.StatusOK, "state", "SENDED")
	for query, want := range map[string]int{"": 1, "&state=SENDED": 1, "&state=USED": 0, "&stock_id=1": 0, "&offset=1": 0, "&limit=100": 1} {
		list, _ := p.expect("GET", "/manage/v1/coupons?openid="+openID+query, "", http.StatusOK, "", nil)["coupons"].([]any)
		if len(list) != want {
			t.Errorf("%s lists %d", query, len(list))
		}
	}
	for range 2 {
		p.expect("DELETE", path, "", http.StatusOK, "state", "DELETED")
	}
	p.expect("GET", path, "", http.StatusOK, "state", "DELETED")
	if _, _, entries := p.shop.Count(t, "busifavor.coupons.delete"); entries != 1 {
		t.Errorf("%d audit entries", entries)
	}
}

func TestWrongCallsAboutCouponsAreRefused(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	code := p.issue()
	if err := p.shop.Store.Write(t.Context(), func(tx store.Tx) error {
		c, err := tx.LockCoupon(t.Context(), coupon.Key{Stock: p.shop.Stock.StockKey, Code: code})
		if err != nil {
			return err
		}
		if err := c.Deactivate(coupon.Deactivation{RequestNo: "d", At: p.shop.Now}); err != nil {
			return err
		}
		return tx.UpdateCoupons(t.Context(), c)
	}); err != nil {
		t.Fatal(err)
	}
	path := "/manage/v1/coupons/" + string(p.shop.Stock.ID) + "/"
	p.expect("DELETE", path+string(code), "", http.StatusConflict, "code", "INVALID_REQUEST")
	for _, target := range []string{path + "none", "/manage/v1/coupons/1/" + string(code)} {
		p.expect("GET", target, "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
		p.expect("DELETE", target, "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	}
	p.expect("GET", "/manage/v1/coupons?openid=nobody", "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	for _, query := range []string{"", "?openid=", "?openid=" + openID + "&limit=0", "?openid=" + openID + "&limit=101", "?openid=" + openID + "&offset=-1", "?openid=" + openID + "&state=GONE"} {
		p.expect("GET", "/manage/v1/coupons"+query, "", http.StatusBadRequest, "code", "PARAM_ERROR")
	}
}

func TestAMerchantIsFundedOnceForOneNumber(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	path := "/manage/v1/balances/" + string(p.shop.Stock.Creator)
	p.expect("GET", path, "", http.StatusOK, "balance", float64(0))
	for range 2 {
		p.expect("POST", path+"/fund", `{"amount":100,"request_no":"n"}`, http.StatusOK, "balance", float64(100))
	}
	p.expect("POST", path+"/fund", `{"amount":101,"request_no":"n"}`, http.StatusConflict, "code", "INVALID_REQUEST")
	shown := p.expect("GET", path, "", http.StatusOK, "balance", float64(100))
	if postings, _ := shown["postings"].([]any); len(postings) != 1 {
		t.Errorf("%v", shown)
	}
	p.expect("GET", "/manage/v1/balances/1900000099", "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	p.expect("POST", "/manage/v1/balances/1900000099/fund", `{"amount":1,"request_no":"n"}`, http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	for _, bad := range []string{
		`{"request_no":"x"}`, `{"amount":1}`, `{"amount":0,"request_no":"x"}`, `{"amount":-1,"request_no":"x"}`,
		`{"amount":1000000000001,"request_no":"x"}`, `{"amount":1,"request_no":"a b"}`, `{"amount":"1","request_no":"x"}`,
	} {
		p.expect("POST", path+"/fund", bad, http.StatusBadRequest, "code", "PARAM_ERROR")
	}
}

func TestPaidOrdersAreReported(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	const path = "/manage/v1/orders/4200000913202101152566792388"
	p.expect("GET", path, "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	report := func(more string) string {
		return `{"mchid":"` + string(p.shop.Stock.Creator) + `","amount":880,"profit_sharing":true` + more + `}`
	}
	p.expect("PUT", path, report(""), http.StatusOK, "refunded", float64(0))
	p.expect("PUT", path, report(`,"refunded":880`), http.StatusOK, "refunded", float64(880))
	p.expect("GET", path, "", http.StatusOK, "amount", float64(880))
	p.expect("PUT", path, report(`,"refunded":881`), http.StatusBadRequest, "code", "PARAM_ERROR")
	p.expect("PUT", path, `{"mchid":"1900000099","amount":1}`, http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	for _, bad := range []string{`{}`, report(`,"refunded":-1`), `{"mchid":"1900000001","amount":0}`, `{"mchid":"1900000001","amount":100000000001}`} {
		p.expect("PUT", path, bad, http.StatusBadRequest, "code", "PARAM_ERROR")
	}
	p.expect("PUT", "/manage/v1/orders/1", report(""), http.StatusBadRequest, "code", "PARAM_ERROR")
}

func TestBrandsAndCardsAreRegistered(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	mine := string(p.shop.Stock.Creator)
	for range 2 {
		p.expect("PUT", "/manage/v1/merchants/"+mine+"/brands/b1", "", http.StatusOK, "brand", "b1")
	}
	p.expect("PUT", "/manage/v1/merchants/1900000099/brands/b1", "", http.StatusNotFound, "code", "RESOURCE_NOT_EXISTS")
	const path = "/manage/v1/cards/pIJMr5MMiIkO_93VtPyIiEk2DZ4w"
	p.expect("PUT", path, `{"mchid":"`+mine+`","appid":"wx0000000000000000"}`, http.StatusBadRequest, "code", "PARAM_ERROR")
	p.expect("PUT", path, `{"mchid":"`+mine+`","appid":"`+string(storetest.ShopAppID)+`"}`, http.StatusOK, "mchid", mine)
	p.expect("PUT", path, `{"mchid":"`+mine+`","appid":"`+string(storetest.ShopAppID)+`"}`, http.StatusConflict, "code", "RESOURCE_ALREADY_EXISTS")
	p.expect("PUT", path, `{}`, http.StatusBadRequest, "code", "PARAM_ERROR")
}
