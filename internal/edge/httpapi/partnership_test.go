package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestAPartnershipIsBuiltEndedAndBuiltAgain goes through the states with new keys, and back
// with old ones (partnerships 3, 4, 6).
func TestAPartnershipIsBuiltEndedAndBuiltAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	body := set(f.partnerBody(stock), string(alice), "partner", "merchant_id") // as the official sample has it
	build := f.keyed(alice, pathBuild, body)
	first := f.send(build)
	want := object{
		"partner": object{"type": "APPID", "appid": bobApp}, "authorized_data": object{"business_type": "BUSIFAVOR_STOCK", "stock_id": stock},
		"state": "ESTABLISHED", "build_time": "2026-12-05T12:00:00+08:00", "create_time": "2026-12-05T12:00:00+08:00", "update_time": "2026-12-05T12:00:00+08:00",
	}
	if diff := cmp.Diff(want, first.json); diff != "" || first.status != http.StatusOK {
		t.Errorf("%d (-want +got):\n%s", first.status, diff)
	}
	f.advance(time.Hour)
	f.same(first, f.send(build))
	f.same(first, f.send(f.keyed(alice, pathBuild, body))) // it is there

	end := f.keyed(alice, pathTerminate, body)
	ended := f.send(end)
	if diff := cmp.Diff(object{"terminate_time": "2026-12-05T13:00:00+08:00"}, ended.json); diff != "" {
		t.Errorf("%d (-want +got):\n%s", ended.status, diff)
	}
	f.advance(time.Hour)
	f.same(ended, f.send(end))
	f.same(ended, f.send(f.keyed(alice, pathTerminate, body)))
	f.same(first, f.send(build)) // the old key keeps its answer, and changes nothing
	if listed := f.get(alice, listTarget(`{"business_type":"BUSIFAVOR_STOCK"}`, "")); !strings.Contains(listed.body, `"terminate_time":"2026-12-05T13:00:00+08:00"`) {
		t.Errorf("the list says %s", listed.body)
	}
	again := f.send(f.keyed(alice, pathBuild, body))
	want["build_time"], want["update_time"] = "2026-12-05T14:00:00+08:00", "2026-12-05T14:00:00+08:00"
	if diff := cmp.Diff(want, again.json); diff != "" {
		t.Errorf("%d (-want +got):\n%s", again.status, diff)
	}
	if built, ended := f.audited("partnerships.build"), f.audited("partnerships.terminate"); built != 2 || ended != 1 {
		t.Errorf("%d times built and %d times ended are on record", built, ended)
	}
}

// same wants two answers alike.
func (f *fixture) same(first, second reply) {
	f.t.Helper()
	if first.status != second.status || first.body != second.body {
		f.t.Errorf("%d %s, again %d %s", first.status, first.body, second.status, second.body)
	}
}

func TestAKeyCountsForItsMerchantAndItsPath(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := f.partnerBody(f.stock(nil))
	key := func(as merchant.ID, target string, body object) request {
		return request{as: as, method: http.MethodPost, target: target, body: f.encode(body), header: http.Header{"Idempotency-Key": {"12345"}}}
	}
	f.send(key(bob, pathBuild, body)).expect(t, 403, "REQUEST_BLOCKED") // a refusal is not kept
	f.send(key(alice, pathBuild, f.partnerBody("1"))).expect(t, 404, "RESOURCE_NOT_EXISTS")
	f.send(key(alice, pathBuild, body)).expect(t, 200, "")
	f.send(key(alice, pathTerminate, body)).expect(t, 200, "")
	reordered := strings.Replace(f.encode(body), "{", `{ "extra":null,`, 1)
	f.send(request{as: alice, method: http.MethodPost, target: pathBuild, body: reordered, header: http.Header{"Idempotency-Key": {"12345"}}}).expect(t, 200, "")
}

// partnersSend has bob, with every right, send a coupon of a stock of alice's.
func (f *fixture) partnersSend(stock, appid string) reply {
	f.t.Helper()
	return f.post(bob, pathSend, object{"openid": openID, "appid": appid, "stock_id": stock, "out_request_no": f.number()})
}

func (f *fixture) permit(id merchant.ID, permission merchant.Permission) {
	f.t.Helper()
	f.changeMerchant(id, func(m *merchant.Merchant) { m.Permissions = append(m.Permissions, permission) })
}

// TestAPartnerMaySendUntilThePartnershipEnds is busifavor 10.6: it may issue and query, not
// redeem.
func TestAPartnerMaySendUntilThePartnershipEnds(t *testing.T) {
	t.Parallel()
	for name, partner := range map[string]object{
		"by appid": {"type": "APPID", "appid": bobApp}, "by mchid": {"type": "MERCHANT", "merchant_id": string(bob)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.permit(bob, merchant.IssueByAPI)
			stock, other := f.stock(nil), f.stock(nil)
			f.partnersSend(stock, bobApp).expect(t, 403, "NO_AUTH")
			body := set(f.partnerBody(stock), partner, "partner")
			f.send(f.keyed(alice, pathBuild, body)).expect(t, 200, "")

			sent := f.partnersSend(stock, bobApp)
			sent.expect(t, 200, "")
			f.partnersSend(other, bobApp).expect(t, 403, "NO_AUTH")
			code := text(sent.at("send_coupon_result", "coupon_code"))
			listed := f.get(bob, pathUser(openID)+"?appid="+bobApp+"&sender_merchant="+string(bob))
			if listed.status != http.StatusOK || !strings.Contains(listed.body, code) {
				t.Errorf("the sender finds %s", listed.body)
			}
			use := set(f.useBody(stock, code), bobApp, "appid")
			f.post(bob, pathUse, use).expect(t, 403, "NO_AUTH")

			f.send(f.keyed(alice, pathTerminate, body)).expect(t, 200, "")
			f.partnersSend(stock, bobApp).expect(t, 403, "NO_AUTH")
			f.shareAppID(alice, bobApp)
			f.post(alice, pathUse, use).expect(t, 200, "") // what was given out stays valid
		})
	}
}

// TestAnAppIDIsAPartnerOfItsMerchantOnly: everybody could name it.
func TestAnAppIDIsAPartnerOfItsMerchantOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.permit(bob, merchant.IssueByAPI)
	body := set(f.built(nil), aliceApp, "partner", "appid")
	f.send(f.keyed(alice, pathBuild, body)).expect(t, 200, "")
	f.partnersSend(text(body["authorized_data"].(object)["stock_id"]), aliceApp).expect(t, 403, "NO_AUTH")
}

func TestPartnershipsAreListedInPagesTheNewestFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first := f.built(nil)
	f.advance(time.Minute)
	second := f.built(func(o object) { set(o, object{"type": "MERCHANT", "merchant_id": string(bob)}, "partner") })
	f.send(f.keyed(alice, pathTerminate, first)).expect(t, 200, "")
	stockOf := func(body object) string { return text(body["authorized_data"].(object)["stock_id"]) }
	const coupons = `{"business_type":"BUSIFAVOR_STOCK"}`
	partner := func(text string) string { return "&partner=" + url.QueryEscape(text) }
	for name, c := range map[string]struct {
		target string
		total  float64
		stocks []string
	}{
		"all":                    {listTarget(coupons, ""), 2, []string{stockOf(second), stockOf(first)}},
		"a page":                 {listTarget(coupons, "&offset=1&limit=1"), 2, []string{stockOf(first)}},
		"past the end":           {listTarget(coupons, "&offset=9223372036854775807&limit=50"), 2, nil},
		"of a stock":             {listTarget(`{"business_type":"BUSIFAVOR_STOCK","stock_id":"`+stockOf(first)+`"}`, ""), 1, []string{stockOf(first)}},
		"of a type":              {listTarget(coupons, partner(`{"type":"MERCHANT"}`)), 1, []string{stockOf(second)}},
		"of an appid":            {listTarget(coupons, partner(`{"type":"APPID","appid":"`+bobApp+`","merchant_id":"1"}`)), 1, []string{stockOf(first)}},
		"of another appid":       {listTarget(coupons, partner(`{"type":"APPID","appid":"`+aliceApp+`"}`)), 0, nil},
		"of vouchers":            {listTarget(`{"business_type":"FAVOR_STOCK"}`, ""), 0, nil},
		"with an empty filter":   {listTarget(coupons, "&partner=&limit="), 2, []string{stockOf(second), stockOf(first)}},
		"as the guide writes it": {pathPartnerships + "?authorized_data=%7b%22business_type%22%3a%22BUSIFAVOR_STOCK%22%7d&partner=%7b%22type%22%3a%22APPID%22%7d&offset=0&limit=5", 1, []string{stockOf(first)}},
	} {
		got := f.get(alice, c.target)
		var stocks []string
		data, _ := got.json["data"].([]any)
		for _, entry := range data {
			members, _ := entry.(map[string]any)
			stocks = append(stocks, text(reply{json: members}.at("authorized_data", "stock_id")))
			if _, has := members["state"]; has {
				t.Errorf("%s: an entry has a state", name)
			}
		}
		if diff := cmp.Diff(c.stocks, stocks); got.status != http.StatusOK || diff != "" || got.json["total_count"] != c.total || data == nil {
			t.Errorf("%s: %d %s (-want +got):\n%s", name, got.status, got.body, diff)
		}
	}
	if foreign := f.get(bob, listTarget(coupons, "")); foreign.json["total_count"] != 0.0 {
		t.Errorf("bob sees %s", foreign.body)
	}
}

// TestFiltersAreStrictJSON: what two parsers could read differently is refused.
func TestFiltersAreStrictJSON(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const coupons = `{"business_type":"BUSIFAVOR_STOCK"}`
	for name, c := range map[string]struct{ target, zh string }{
		"no JSON":                {listTarget("{", ""), "解析 Json 出错 (位置: /query/authorized_data): * Line 1, Column 2\n  unexpected EOF\n"},
		"an array":               {listTarget("[]", ""), "参数错误"},
		"a text":                 {listTarget(`"BUSIFAVOR_STOCK"`, ""), "参数错误"},
		"null":                   {listTarget("null", ""), "输入源“/query/authorized_data”映射到字段“被授权数据”必填性规则校验失败，此字段为必填项"},
		"a name twice":           {listTarget(`{"business_type":"BUSIFAVOR_STOCK","business_type":"FAVOR_STOCK"}`, ""), "解析 Json 出错 (位置: /query/authorized_data): * Line 1, Column 36\n  duplicate object member name\n"},
		"something behind it":    {listTarget(coupons+"x", ""), "解析 Json 出错 (位置: /query/authorized_data): * Line 1, Column 36\n  something follows the JSON document\n"},
		"another case":           {listTarget(`{"Business_type":"BUSIFAVOR_STOCK"}`, ""), "参数错误"},
		"no business type":       {listTarget(`{"type":"BUSIFAVOR_STOCK"}`, ""), "输入源“/query/authorized_data/business_type”映射到字段“授权业务类别”必填性规则校验失败，此字段为必填项"},
		"an unknown one":         {listTarget(`{"business_type":"COUPON"}`, ""), "输入源“/query/authorized_data/business_type”映射到值字段“授权业务类别”字符串规则校验失败，字符串必须是以下取值之一：“FAVOR_STOCK”、“BUSIFAVOR_STOCK”"},
		"a number":               {listTarget(`{"business_type":1}`, ""), "无法将输入源“/query/authorized_data/business_type”映射到目标字段“授权业务类别”中，此字段需要一个 string 类型的 Json 值"},
		"twice":                  {listTarget(coupons, "&authorized_data="+url.QueryEscape(coupons)), "参数错误"},
		"a partner without type": {listTarget(coupons, "&partner={}"), "输入源“/query/partner/type”映射到字段“合作方类别”必填性规则校验失败，此字段为必填项"},
		"a partner that is none": {listTarget(coupons, "&partner=x"), "解析 Json 出错 (位置: /query/partner): * Line 1, Column 1\n  invalid character 'x' at start of value\n"},
		"a negative page":        {listTarget(coupons, "&offset=-1"), "输入源“/query/offset”映射到数值字段“分页页码”规则校验失败，值低于最小值 0"},
		"no size":                {listTarget(coupons, "&limit=0"), "输入源“/query/limit”映射到数值字段“分页大小”规则校验失败，值低于最小值 1"},
		"a size that is a text":  {listTarget(coupons, "&limit=x"), "无法将输入源“/query/limit”映射到目标字段“分页大小”中，此字段需要一个合法的 64 位有符号整数"},
		"too deep":               {listTarget(`{"business_type":"BUSIFAVOR_STOCK","x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`, ""), "参数错误"},
	} {
		got := f.get(alice, c.target)
		if got.status != http.StatusBadRequest || got.code() != "PARAM_ERROR" || got.message() != c.zh {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
