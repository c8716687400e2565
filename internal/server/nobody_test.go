package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/favord/favord/wire/manage"
)

// TestAMerchantThatNobodyHasIsNoFailure asks about one, in each place where a question names a merchant.
func TestAMerchantThatNobodyHasIsNoFailure(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "sqlite", "")
	const nobody = "1999999999"
	stock, vouchers, coupon := o.stock(), o.voucherStock(), o.coupon()
	asked := func(more object) object {
		body := object{"stock_id": stock, "openid": o.env.OpenID, "mchid": nobody, "deed": "CLAIM"}
		maps.Copy(body, more)
		return body
	}
	for _, a := range []asking{
		{target: "/manage/v1/whatif", body: asked(nil)},
		{target: "/manage/v1/whatif", body: asked(object{"channel": "H5"})},
		{target: "/manage/v1/whatif", body: asked(object{"deed": "USE", "coupon_code": coupon})},
		{target: "/manage/v1/whatif/vouchers", body: object{"stock_id": vouchers, "openid": o.env.OpenID, "mchid": nobody}},
		{target: "/manage/v1/whatif/vouchers", body: object{"stock_id": vouchers, "openid": o.env.OpenID, "mchid": nobody, "channel": "H5"}},
		{target: "/manage/v1/whatif/claims", body: object{"product": "busifavor", "stock_id": stock, "openids": []string{o.env.OpenID}, "mchid": nobody}},
		{target: "/manage/v1/whatif/claims", body: object{"product": "favor", "stock_id": vouchers, "openids": []string{o.env.OpenID}, "mchid": nobody}},
	} {
		a.method = http.MethodPost
		if got := o.send(a); got.status < http.StatusBadRequest || got.status >= http.StatusInternalServerError {
			t.Errorf("%s %v: %d %v", a.target, a.body, got.status, got.body)
		}
	}
	for id, d := range deeds() {
		a := d.make(o)
		text, err := json.Marshal(a.body)
		if err != nil {
			t.Fatal(err)
		}
		a.target = strings.ReplaceAll(a.target, o.env.MchID, nobody)
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), o.env.MchID, nobody)), &a.body); err != nil {
			t.Fatal(err)
		}
		if got := o.send(a); got.status >= http.StatusInternalServerError {
			t.Errorf("%s of %s %v: %d %v", id, a.target, a.body, got.status, got.body)
		}
	}
	parameter := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, op := range manage.Operations() {
		if op.Method != http.MethodGet {
			continue
		}
		target := parameter.ReplaceAllString(strings.ReplaceAll(op.Path, "{mchid}", nobody), "1") + "?mchid=" + nobody
		if got := o.send(asking{method: op.Method, target: target}); got.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %v", target, got.status, got.body)
		}
	}
}
