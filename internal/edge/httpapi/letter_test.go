package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
)

// TestADetailShowsWhatIsWrong: numbers as numbers, lengths as they were measured, all else as
// text, at the place that the service names (protocol 7.3).
func TestADetailShowsWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rule := []string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}
	for name, c := range map[string]struct {
		value any
		path  []string
		want  string
	}{
		"a fraction":       {0.01, rule, `"location":"body","value":0.01`},
		"too little":       {0, rule, `"location":"body","value":0`},
		"text for number":  {"5", rule, `"location":"body","value":"5"`},
		"missing":          {nil, []string{"stock_name"}, `"location":"body","value":""`},
		"empty":            {"", []string{"stock_name"}, `"location":"body","value":0`},
		"too long":         {strings.Repeat("券", 25), []string{"stock_name"}, `"location":"body","value":25`},
		"too many bytes":   {strings.Repeat("x", 129), []string{"out_request_no"}, `"location":"body","value":129`},
		"a broken pattern": {"a b", []string{"out_request_no"}, `"location":"body","value":"a b"`},
		"number for text":  {5, []string{"goods_name"}, `"location":"body","value":5`},
	} {
		got := f.post(alice, pathStocks, set(f.stockBody(), c.value, c.path...))
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, c.want) {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.body, c.want)
		}
	}
	if got := f.get(alice, pathStocks+"/"+strings.Repeat("1", 21)); !strings.Contains(got.body, `"location":"uri_template","value":21`) {
		t.Errorf("a path: %s", got.body)
	}
	if got := f.post(alice, pathStocks, `{"a"`); !strings.Contains(got.body, `"location":null,"value":"{\"a\""`) {
		t.Errorf("a broken body: %s", got.body)
	}
}

// TestANameIsALineThatShowsSomething in both products and for images.
func TestANameIsALineThatShowsSomething(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, bad := range []string{"a\nb", "a\tb", "a\x00b", "a\u200bb", "\ufeffa", "a\u2028b", "   ", "\u3000\u3000", "\u200d"} {
		for target, body := range map[string]object{
			"name":     set(f.stockBody(), bad, "stock_name"),
			"goods":    set(f.stockBody(), bad, "goods_name"),
			"entrance": set(f.fullBody(), bad, "custom_entrance", "mini_programs_info", "entrance_words"),
			"brand":    set(f.stockBody(), object{"merchant_name": bad}, "display_pattern_info"),
		} {
			if got := f.post(alice, pathStocks, body); got.status != http.StatusBadRequest || got.code() != "PARAM_ERROR" {
				t.Errorf("%s %q: %d %s", target, bad, got.status, got.body)
			}
		}
		for target, body := range map[string]object{
			"voucher": set(f.voucherBody(), bad, "stock_name"),
			"card":    set(f.voucherBody(), object{"name": bad, "bin": []string{"622848"}}, "coupon_use_rule", "limit_card"),
			"brand":   set(f.voucherBody(), object{"description": "x", "merchant_name": bad}, "pattern_info"),
		} {
			if got := f.post(alice, pathVoucherCreate, body); got.status != http.StatusBadRequest || got.code() != "PARAM_ERROR" {
				t.Errorf("%s %q: %d %s", target, bad, got.status, got.body)
			}
		}
	}
	for _, good := range []string{"🎁券", "👨‍👩‍👧券", "𠮷野家", "8月1日 活动"} {
		f.post(alice, pathStocks, set(f.stockBody(), good, "stock_name")).expect(t, 200, "")
	}
	f.post(alice, pathStocks, set(f.stockBody(), strings.Repeat("🎁", 21), "stock_name")).expect(t, 200, "")
	f.post(alice, pathStocks, set(f.stockBody(), strings.Repeat("🎁", 22), "stock_name")).expect(t, 400, "PARAM_ERROR")
}

// TestVouchersSayWhichRuleIsBroken: the message is the same for all, the issue is not.
func TestVouchersSayWhichRuleIsBroken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, c := range []struct {
		value any
		path  []string
		want  string
	}{
		{1, []string{"stock_use_rule", "max_coupons"}, `"issue":"发放总上限须为5到10000000张","location":"body","value":1`},
		{0, []string{"stock_use_rule", "max_coupons_per_user"}, `"issue":"单个用户可领个数须为1到60，且不大于发放总上限","location":"body","value":0`},
		{9, []string{"coupon_use_rule", "fixed_normal_coupon", "coupon_amount"}, `"issue":"面额须为10到100000分","location":"body","value":9`},
		{100, []string{"coupon_use_rule", "fixed_normal_coupon", "transaction_minimum"}, `"issue":"使用门槛须为10到10000000分，且大于面额","location":"body","value":100`},
		{object{"available_time_after_receive": 1441}, []string{"coupon_use_rule", "coupon_available_time"}, `"issue":"领取后可用时间须为1到1440分钟","location":"body","value":1441`},
		{"2027-12-31T23:59:59+08:00", []string{"available_end_time"}, `"issue":"结束时间须比开始时间晚1秒到90天","location":"body","value":"2027-12-31T23:59:59+08:00"`},
		{object{"name": "招行", "bin": []string{"622848"}}, []string{"coupon_use_rule", "limit_card"}, `"issue":"指定银行卡BIN时，limit_pay须为一种银行卡支付方式","location":"body","value":""`},
	} {
		got := f.post(alice, pathVoucherCreate, set(f.voucherBody(), c.value, c.path...))
		got.expect(t, 400, "INVALID_REQUEST")
		if !strings.Contains(got.body, c.want) || got.message() != "批次发放规则或核销规则有误，请修改后重试" {
			t.Errorf("%v: %s, want %s", c.path, got.body, c.want)
		}
	}
	both := set(set(f.voucherBody(), []string{"a", "b"}, "coupon_use_rule", "available_items"), []string{"b"}, "coupon_use_rule", "unavailable_items")
	if got := f.post(alice, pathVoucherCreate, both); !strings.Contains(got.body, `"issue":"同一商品编码不能既可核销又不可核销","location":"body","value":"b"`) {
		t.Errorf("an item in both lists: %s", got.body)
	}
}

// TestAnEmptyTextIsMissingWhereTheProductSaysSo (favor 3.1).
func TestAnEmptyTextIsMissingWhereTheProductSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for want, got := range map[string]reply{
		"回调url不能为空": f.post(alice, pathVoucherCallbacks, object{"mchid": string(alice), "notify_url": ""}),
		"回调商户不能为空":  f.post(alice, pathVoucherCallbacks, object{"mchid": "", "notify_url": callbackURL}),
		"appid必填":   f.get(alice, pathVouchers(openID)+"?appid="),
		"商户号必填":     f.get(alice, pathVoucherStocks+"?offset=0&limit=1&stock_creator_mchid="),
		"批次号必填":     f.post(alice, pathVouchers(openID), set(f.voucherSendBody("1"), "", "stock_id")),
	} {
		if got.status != http.StatusBadRequest || got.code() != "PARAM_ERROR" || got.message() != want {
			t.Errorf("%d %s, want %s", got.status, got.body, want)
		}
	}
}

// TestANumberWithABlankIsNoMerchant (partnerships 7).
func TestANumberWithABlankIsNoMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, mchid := range []string{" 1900000001", "1900000001 ", "19000 00001"} {
		request := f.sign(request{as: alice, method: http.MethodGet, target: "/v3/marketing/partnerships?authorized_data=%7b%22business_type%22%3a%22BUSIFAVOR_STOCK%22%7d"})
		request.Header.Set("Authorization", strings.Replace(request.Header.Get("Authorization"), `mchid="1900000001"`, `mchid="`+mchid+`"`, 1))
		answer, err := f.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.read(answer); got.status != http.StatusUnauthorized || got.message() != "商户号不存在" {
			t.Errorf("%q: %d %s", mchid, got.status, got.body)
		}
	}
}

// TestA204NamesItsTypeAndLanguage: a client in wide use reads them without asking.
func TestA204NamesItsTypeAndLanguage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.patch(alice, pathStocks+"/"+f.stock(nil), f.modifyBody("x", "comment"))
	got.expect(t, 204, "")
	if got.header.Get("Content-Type") != "application/json; charset=utf-8" || got.header.Get("Content-Language") != "zh-CN" || got.header.Get("Content-Length") != "" {
		t.Errorf("%v", got.header)
	}
}

// TestVouchersThatAreUsableAtTheCallerAreListed whoever made them (favor 4.12).
func TestVouchersThatAreUsableAtTheCallerAreListed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.shareAppID(bob, aliceApp)
	id := f.voucher(f.voucherStock(func(o object) { set(o, []string{string(alice), string(bob)}, "coupon_use_rule", "available_merchants") }))
	f.voucher(f.voucherStock(nil))
	at := func(available string) string {
		return pathVouchers(openID) + "?appid=" + aliceApp + "&available_mchid=" + available
	}
	got := f.get(bob, at(string(bob)))
	if list, _ := got.json["data"].([]any); len(list) != 1 || !strings.Contains(got.body, id) {
		t.Errorf("at the caller: %s", got.body)
	}
	if got = f.get(bob, at(string(alice))); strings.Contains(got.body, id) {
		t.Errorf("at another: %s", got.body)
	}
}

// TestAPartnerByAppIDReadsTheStock as one by its number does (favor 4.7 to 4.9).
func TestAPartnerByAppIDReadsTheStock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(nil)
	targets := []string{
		pathVoucherStocks + "/" + stock + stockQuery(alice),
		pathVoucherStocks + "/" + stock + "/merchants" + pageQuery(alice, "offset=0&limit=1"),
		pathVoucherStocks + "/" + stock + "/items" + pageQuery(alice, "offset=0&limit=1"),
	}
	for _, target := range targets {
		f.get(bob, target).expect(t, 400, "INVALID_REQUEST")
	}
	f.send(f.keyed(alice, pathBuild, object{
		"partner":         object{"type": "APPID", "appid": bobApp},
		"authorized_data": object{"business_type": "FAVOR_STOCK", "stock_id": stock},
	})).expect(t, 200, "")
	for _, target := range targets {
		f.get(bob, target).expect(t, 200, "")
	}
}

// TestEachErrorThatThePagesPrintCanBeInjected in Chinese, also without a status.
func TestEachErrorThatThePagesPrintCanBeInjected(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, c := range []struct {
		status        int
		code, message string
		want          int
	}{
		{0, "SYSTEM_ERROR", "系统异常，请稍后重试", 500},
		{400, "SYSTEM_ERROR", "系统错误", 400},
		{0, "RULE_LIMIT", "券不在有效期内", 403},
		{0, "USER_NOT_EXISTS", "OpenID不正确", 404},
		{0, "MCH_NOT_EXISTS", "商户号不存在", 400},
		{0, "RESOURCE_ALREADY_EXISTS", "批次已存在", 400},
		{0, "RESOURCE_ALREADY_EXISTS", "券已被其他订单核销", 400},
		{0, "INVALID_REQUEST", "发券模式不合法", 400},
		{0, "PARAM_ERROR", "参数错误", 400},
		{0, "SIGN_ERROR", "验证不通过", 401},
		{0, "FREQUENCY_LIMITED", "频率限制", 429},
	} {
		f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.GetStock, Status: c.status, Code: c.code, Message: c.message, Left: 1})
		got := f.get(alice, pathStocks+"/1")
		if got.status != c.want || got.code() != c.code || got.message() != c.message {
			t.Errorf("%+v: %d %s", c, got.status, got.body)
		}
	}
	f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.GetStock, Code: "RULE_LIMITED", Left: 1})
	if got := f.get(alice, pathStocks+"/1"); got.status != http.StatusBadRequest || !strings.Contains(got.message(), "RULE_LIMIT") {
		t.Errorf("a code that does not exist: %d %s", got.status, got.body)
	}
}

// TestAMetaWithAFilenameIsNotTheMeta: the service looks for it in vain and verifies an empty
// text (protocol 2.6).
func TestAMetaWithAFilenameIsNotTheMeta(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	file := pngFile(t)
	meta := metaOf(file, "")
	parts := strings.Replace(metaPart(meta), `name="meta";`, `name="meta"; filename="meta.json"`, 1) + filePart(string(file)) + "--" + boundary + "--\r\n"
	got := f.send(f.imageForm(form{parts: &parts, meta: &meta}))
	got.expect(t, 401, "SIGN_ERROR")
	if signed := text(got.at("detail", "sign_information", "truncated_sign_message")); !strings.HasSuffix(signed, "\n\n") {
		t.Errorf("signed is %q", signed)
	}
}
