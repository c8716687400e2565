package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAStockChangesLeafByLeaf changes one leaf after the other; each change shows and
// nothing else does.
func TestAStockChangesLeafByLeaf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := text(f.post(alice, pathStocks, f.fullBody()).json["stock_id"])
	path := pathStocks + "/" + stock
	for _, c := range []struct {
		value any
		at    []string
	}{
		{"新备注", []string{"comment"}},
		{"新商品", []string{"goods_name"}},
		{"OFF_LINE", []string{"coupon_use_rule", "use_method"}},
		{"/another", []string{"coupon_use_rule", "mini_programs_path"}},
		{false, []string{"stock_send_rule", "prevent_api_abuse"}},
		{"/new", []string{"custom_entrance", "mini_programs_info", "mini_programs_path"}},
		{"新的", []string{"custom_entrance", "mini_programs_info", "entrance_words"}},
		{"更多", []string{"custom_entrance", "mini_programs_info", "guiding_words"}},
		{"1", []string{"custom_entrance", "hall_id"}},
		{"NOT_SHOW", []string{"custom_entrance", "code_display_mode"}},
		{"新的须知", []string{"display_pattern_info", "description"}},
		{"Color100", []string{"display_pattern_info", "background_color"}},
		{"https://qpic.cn/new", []string{"display_pattern_info", "coupon_image_url"}},
		{object{"finder_id": "1", "finder_video_id": "2", "finder_video_cover_image_url": "https://qpic.cn/3"}, []string{"display_pattern_info", "finder_info"}},
	} {
		want := set(f.get(alice, path).json, c.value, c.at...)
		changed := f.patch(alice, path, f.modifyBody(c.value, c.at...))
		if changed.status != http.StatusNoContent || changed.body != "" {
			t.Fatalf("%v: %d %s", c.at, changed.status, changed.body)
		}
		if got := f.get(alice, path); f.encode(got.json) != f.encode(want) {
			t.Errorf("%v:\n%s\nwant\n%s", c.at, f.encode(got.json), f.encode(want))
		}
	}
	f.patch(alice, path, f.modifyBody("", "display_pattern_info", "description")).expect(t, 204, "")
	if got := f.get(alice, path).at("display_pattern_info", "description"); got != nil {
		t.Errorf("a cleared description shows as %v", got)
	}
}

// TestWhatCannotBeModifiedStays sends every field that B3 takes without effect, and some
// that it does not know.
func TestWhatCannotBeModifiedStays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := text(f.post(alice, pathStocks, f.fullBody()).json["stock_id"])
	path := pathStocks + "/" + stock
	before := f.get(alice, path).body
	for _, c := range []struct {
		value any
		at    []string
	}{
		{"别的名称", []string{"stock_name"}},
		{true, []string{"stock_send_rule", "natural_person_limit"}},
		{"https://example.com/x", []string{"display_pattern_info", "merchant_logo_url"}},
		{"别的商户", []string{"display_pattern_info", "merchant_name"}},
		{"", []string{"display_pattern_info", "background_color"}},
		{"", []string{"notify_config", "notify_appid"}},
		{true, []string{"subsidy"}},
		{1, []string{"stock_send_rule", "max_coupons"}},
		{"9", []string{"custom_entrance", "store_id"}},
		{string(bob), []string{"belong_merchant"}},
		{object{"discount_amount": 1, "transaction_minimum": 1}, []string{"coupon_use_rule", "fixed_normal_coupon"}},
	} {
		f.patch(alice, path, f.modifyBody(c.value, c.at...)).expect(t, 204, "")
		if got := f.get(alice, path).body; got != before {
			t.Errorf("%v changed\n%s\nto\n%s", c.at, before, got)
		}
	}
	for _, target := range []string{path, pathBudget(stock), pathCodes(stock)} {
		method := http.MethodPatch
		if target == pathCodes(stock) {
			method = http.MethodPost
		}
		got := f.send(request{as: alice, method: method, target: target, body: f.encode(f.modifyBody(stock, "stock_id"))})
		got.expect(t, 400, "PARAM_ERROR")
		if want := "无法将输入源“/body/stock_id”映射到目标字段“批次号”中，此字段并非多重字段但被输入源“/uri_template/stock_id”映射过了"; got.message() != want {
			t.Errorf("%s: %s", target, got.message())
		}
	}
}

func TestEveryLimitOfModifyHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	path := pathStocks + "/" + f.stock(nil)
	ok, bad := 204, 400
	long := func(n int) string { return strings.Repeat("券", n) }
	entrance := func(name string) []string { return []string{"custom_entrance", "mini_programs_info", name} }
	for i, c := range []struct {
		at    []string
		value any
		want  int
	}{
		{[]string{"out_request_no"}, nil, bad},
		{[]string{"out_request_no"}, "", bad},
		{[]string{"out_request_no"}, strings.Repeat("x", 128), ok},
		{[]string{"out_request_no"}, strings.Repeat("x", 129), bad},
		{[]string{"out_request_no"}, "a b", bad},
		{[]string{"stock_name"}, "", bad},
		{[]string{"stock_name"}, long(21), ok},
		{[]string{"stock_name"}, long(22), bad},
		{[]string{"comment"}, "", bad},
		{[]string{"comment"}, long(1), ok},
		{[]string{"comment"}, long(20), ok},
		{[]string{"comment"}, long(21), bad},
		{[]string{"goods_name"}, "", bad},
		{[]string{"goods_name"}, long(15), ok},
		{[]string{"goods_name"}, long(16), bad},
		{[]string{"subsidy"}, "true", bad},
		{[]string{"subsidy"}, true, ok},
		{[]string{"coupon_use_rule", "use_method"}, "ONLINE", bad},
		{[]string{"coupon_use_rule", "use_method"}, "MINI_PROGRAMS", bad}, // without a mini program
		{[]string{"coupon_use_rule"}, object{"use_method": "MINI_PROGRAMS", "mini_programs_appid": aliceApp, "mini_programs_path": "/p"}, ok},
		{[]string{"coupon_use_rule"}, "x", bad},
		{entrance("entrance_words"), "欢迎", bad}, // the first must have all three
		{entrance("mini_programs_appid"), aliceApp, bad},
		{[]string{"custom_entrance", "mini_programs_info"}, object{"mini_programs_appid": aliceApp, "mini_programs_path": "/p", "entrance_words": "欢迎"}, ok},
		{entrance("entrance_words"), long(5), ok},
		{entrance("entrance_words"), long(6), bad},
		{entrance("guiding_words"), long(6), ok},
		{entrance("guiding_words"), long(7), bad},
		{[]string{"custom_entrance", "code_display_mode"}, "bar", bad},
		{[]string{"custom_entrance", "appid"}, strings.Repeat("x", 33), bad},
		{[]string{"display_pattern_info", "description"}, long(1000), ok},
		{[]string{"display_pattern_info", "description"}, long(1001), bad},
		{[]string{"display_pattern_info", "background_color"}, "Color110", bad},
		{[]string{"display_pattern_info", "finder_info"}, object{"finder_id": "1"}, bad},
		{[]string{"notify_config", "notify_appid"}, strings.Repeat("x", 65), bad},
		{[]string{"stock_send_rule", "prevent_api_abuse"}, 1, bad},
	} {
		if got := f.patch(alice, path, f.modifyBody(c.value, c.at...)); got.status != c.want || c.want == bad && got.code() != "PARAM_ERROR" {
			t.Errorf("%d: %s = %v gives %d %s", i, strings.Join(c.at, "."), c.value, got.status, got.body)
		}
	}
}

func TestEveryLimitOfABudgetHolds(t *testing.T) {
	t.Parallel()
	const ok, bad, refused = 200, 400, -400
	for _, c := range []struct {
		target, current, targetDay, currentDay any
		want                                   int
	}{
		{-1, 100, nil, nil, bad},
		{0, 100, nil, nil, bad},
		{1, 100, nil, nil, ok},
		{1000000000, 100, nil, nil, ok},
		{1000000001, 100, nil, nil, bad},
		{100, 100, nil, nil, ok},
		{200, nil, nil, nil, bad},
		{200, -1, nil, nil, bad},
		{200, 0, nil, nil, refused},
		{200, 101, nil, nil, refused},
		{"200", 100, nil, nil, bad},
		{200, 100, 5, 0, bad},
		{200, 100, 0, 7, ok},
		{0, nil, 5, 0, ok},
		{nil, nil, 1, 0, ok},
		{nil, nil, 1000000000, 0, ok},
		{nil, nil, 1000000001, 0, bad},
		{nil, nil, -1, 0, bad},
		{nil, nil, 5, nil, bad},
		{nil, nil, 5, 1, refused},
		{nil, nil, 0, 0, bad},
		{nil, 100, nil, 0, bad},
	} {
		f := newFixture(t)
		body := object{"modify_budget_request_no": f.number()}
		set(set(body, c.target, "target_max_coupons"), c.current, "current_max_coupons")
		set(set(body, c.targetDay, "target_max_coupons_by_day"), c.currentDay, "current_max_coupons_by_day")
		got, code := f.patch(alice, pathBudget(f.stock(nil)), body), ""
		switch c.want {
		case bad:
			code = "PARAM_ERROR"
		case refused:
			code = "INVALID_REQUEST"
		}
		if got.status != max(c.want, -c.want) || got.code() != code {
			t.Errorf("%+v gives %d %s", c, got.status, got.body)
		}
	}
}

func TestABudgetCountsFromTheNextCoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { set(o, 1, "stock_send_rule", "max_coupons") })
	f.coupon(stock)
	f.post(alice, pathSend, f.sendBody(stock)).expect(t, 403, "RULE_LIMIT")
	more := f.budgetBody(2, 1)
	first := f.patch(alice, pathBudget(stock), more)
	if first.expect(t, 200, ""); first.body != `{"max_coupons":2}` {
		t.Errorf("answer %s", first.body)
	}
	f.coupon(stock)
	day := object{"target_max_coupons_by_day": 2, "current_max_coupons_by_day": 0, "modify_budget_request_no": f.number()}
	if got := f.patch(alice, pathBudget(stock), day); got.body != `{"max_coupons":2,"max_coupons_by_day":2}` {
		t.Errorf("answer %s", got.body)
	}
	f.patch(alice, pathBudget(stock), f.budgetBody(9, 2)).expect(t, 200, "")
	if got := f.post(alice, pathSend, f.sendBody(stock)); got.message() != "用户达到单天限领" {
		t.Errorf("the third of the day gives %s", got.body)
	}
	// A repeat is known although its current value is an old one by now, and after the end.
	f.advance(60 * 24 * time.Hour)
	if again := f.patch(alice, pathBudget(stock), more); again.body != first.body {
		t.Errorf("repeat: %d %s", again.status, again.body)
	}
}

// TestANumberCountsForAllStocksOfTheCaller: the same number on another stock is other
// content, and another caller's number is another number (8.5).
func TestANumberCountsForAllStocksOfTheCaller(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first, second := f.stock(nil), f.stock(nil)
	body := f.modifyBody("备注", "comment")
	f.patch(alice, pathStocks+"/"+first, body).expect(t, 204, "")
	f.patch(alice, pathStocks+"/"+second, body).expect(t, 400, "INVALID_REQUEST")
	f.patch(alice, pathStocks+"/"+first, set(body, "改名", "stock_name")).expect(t, 204, "") // what has no effect is no content
	created := f.post(provider, pathStocks, set(set(f.stockBody(), string(sub), "belong_merchant"), body["out_request_no"], "out_request_no"))
	f.patch(provider, pathStocks+"/"+text(created.json["stock_id"]), body).expect(t, 204, "")
	f.patch(sub, pathStocks+"/"+text(created.json["stock_id"]), body).expect(t, 403, "NO_AUTH")
}
