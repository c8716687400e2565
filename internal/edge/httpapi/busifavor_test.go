package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

var update = flag.Bool("update", false, "write golden files")

// golden compares an answer with a file. Ids that are random are replaced first.
func golden(t *testing.T, name string, r reply, ids ...string) {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(r.body), "", "  "); err != nil {
		t.Fatalf("%d %s", r.status, r.body)
	}
	text := b.String() + "\n"
	for i, id := range ids {
		text = strings.ReplaceAll(text, id, fmt.Sprintf("<id %d>", i+1))
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestTheMainJob goes from stock to redemption and pins every body on the way.
func TestTheMainJob(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(alice, pathStocks, set(f.stockBody(), 3, "coupon_use_rule", "coupon_available_time", "available_day_after_receive"))
	stock := text(created.json["stock_id"])
	if !regexp.MustCompile(`^1[0-9]{15}$`).MatchString(stock) || created.json["create_time"] != "2026-12-05T12:00:00+08:00" || len(created.json) != 2 {
		t.Fatalf("created %s", created.body)
	}
	sent := f.post(alice, pathSend, f.sendBody(stock))
	code := text(sent.at("send_coupon_result", "coupon_code"))
	golden(t, "send", sent, stock, code)
	golden(t, "coupon_sent", f.get(alice, pathCoupon(openID, code, aliceApp)), stock, code)

	f.advance(time.Hour)
	used := f.post(alice, pathUse, f.useBody(stock, code))
	golden(t, "use", used, stock)
	golden(t, "coupon_used", f.get(alice, pathCoupon(openID, code, aliceApp)), stock, code)
	golden(t, "list", f.get(alice, pathUser(openID)+"?appid="+aliceApp+"&creator_merchant="+string(alice)), stock, code)
	golden(t, "stock", f.get(alice, pathStocks+"/"+stock), stock)
	golden(t, "list_empty", f.get(alice, pathUser(openID)+"?appid="+aliceApp+"&creator_merchant="+string(alice)+"&coupon_state=EXPIRED&offset=5&limit=7"))
}

// fullBody sets every field of B1.
func (f *fixture) fullBody() object {
	body := f.stockBody()
	set(body, "活动使用", "comment")
	set(body, object{
		"available_begin_time": "2026-11-30T16:00:00Z", "available_end_time": "2026-12-31T23:59:59.120+08:00",
		"available_day_after_receive": 3, "wait_days_after_receive": 7,
		"available_week": object{"week_day": []int{1, 2}, "available_day_time": []object{{"begin_time": 3600, "end_time": 86399}}},
		"irregulary_avaliable_time": []object{
			{"begin_time": "2026-12-12T00:00:00+08:00", "end_time": "2026-12-12T23:59:59+08:00"},
		},
	}, "coupon_use_rule", "coupon_available_time")
	set(body, "MINI_PROGRAMS", "coupon_use_rule", "use_method")
	set(body, aliceApp, "coupon_use_rule", "mini_programs_appid")
	set(body, "/path/index/index", "coupon_use_rule", "mini_programs_path")
	set(body, object{
		"max_coupons": 1000000000, "max_coupons_per_user": 100, "max_coupons_by_day": 100, "max_amount": 100000000000, "max_amount_by_day": 10000000000,
		"natural_person_limit": false, "prevent_api_abuse": true, "transferable": false, "shareable": true,
	}, "stock_send_rule")
	set(body, object{
		"mini_programs_info": object{"mini_programs_appid": aliceApp, "mini_programs_path": "/p", "entrance_words": "欢迎选购", "guiding_words": "获取更多优惠"},
		"appid":              aliceApp, "hall_id": "233455656", "store_id": "233554655", "code_display_mode": "QRCODE",
	}, "custom_entrance")
	set(body, object{
		"description": "xxx门店可用", "merchant_logo_url": "https://wxpaylogo.qpic.cn/wxpaylogo/x/0", "merchant_name": "随便",
		"background_color": "Color020", "coupon_image_url": "https://qpic.cn/xxx",
		"finder_info": object{"finder_id": "f", "finder_video_id": "v", "finder_video_cover_image_url": "https://qpic.cn/c"},
	}, "display_pattern_info")
	set(body, aliceApp, "notify_config", "notify_appid")
	return set(body, true, "subsidy")
}

func TestEveryFieldOfAStockComesBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(alice, pathStocks, f.fullBody())
	created.expect(t, 200, "")
	stock := text(created.json["stock_id"])
	golden(t, "stock_full", f.get(alice, pathStocks+"/"+stock), stock)
}

func TestTheThreeTypesOfStocks(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for kind, c := range map[string]struct {
		name   string
		amount object
	}{
		"NORMAL":   {"fixed_normal_coupon", object{"discount_amount": 1, "transaction_minimum": 0}},
		"DISCOUNT": {"discount_coupon", object{"discount_percent": 88, "transaction_minimum": 100}},
		"EXCHANGE": {"exchange_coupon", object{"exchange_price": 0, "transaction_minimum": 100}},
	} {
		body := set(set(f.stockBody(), kind, "stock_type"), nil, "coupon_use_rule", "fixed_normal_coupon")
		f.post(alice, pathStocks, body).expect(t, 400, "PARAM_ERROR") // without its amount
		body = set(set(body, c.amount, "coupon_use_rule", c.name), f.number(), "out_request_no")
		stock := text(f.post(alice, pathStocks, body).json["stock_id"])
		f.coupon(stock)
		shown := f.get(alice, pathStocks+"/"+stock)
		shown.expect(t, 200, "")
		for _, name := range []string{"fixed_normal_coupon", "discount_coupon", "exchange_coupon"} {
			if got := shown.at("coupon_use_rule", name) != nil; got != (name == c.name) {
				t.Errorf("%s shows %s: %v", kind, name, got)
			}
		}
		if _, has := shown.at("send_count_information").(object)["total_send_amount"]; has != (kind == "NORMAL") {
			t.Errorf("%s shows an amount: %v", kind, has)
		}
	}
}

// TestTodaysFiguresAreShownWhereADayHasALimit, in coupons or in fen (4.8).
func TestTodaysFiguresAreShownWhereADayHasALimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plain := object{"total_send_num": 1.0, "total_send_amount": 5.0}
	whole := object{"total_send_num": 1.0, "total_send_amount": 5.0, "today_send_num": 1.0, "today_send_amount": 5.0}
	for limit, want := range map[string]object{"": plain, "max_coupons_by_day": whole, "max_amount_by_day": whole} {
		stock := f.stock(func(o object) {
			set(o, 5, "coupon_use_rule", "fixed_normal_coupon", "discount_amount")
			rule, _ := o["stock_send_rule"].(object)
			delete(rule, "max_coupons_by_day")
			delete(rule, "max_amount_by_day")
			if limit != "" {
				rule[limit] = 50
			}
		})
		f.coupon(stock)
		if diff := cmp.Diff(any(want), f.get(alice, pathStocks+"/"+stock).at("send_count_information")); diff != "" {
			t.Errorf("with the limit %q:\n%s", limit, diff)
		}
	}
}

// TestEveryLimitOfCreateHolds walks the bounds of chapter 4 at, below and above.
func TestEveryLimitOfCreateHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ok, bad := 200, 400
	chinese := func(n int) string { return strings.Repeat("券", n) }
	available := func(name string) []string { return []string{"coupon_use_rule", "coupon_available_time", name} }
	rule := func(name string) []string { return []string{"stock_send_rule", name} }
	for i, c := range []struct {
		path  []string
		value any
		want  int
	}{
		{[]string{"stock_name"}, "", bad},
		{[]string{"stock_name"}, chinese(1), ok},
		{[]string{"stock_name"}, chinese(21), ok},
		{[]string{"stock_name"}, chinese(22), bad},
		{[]string{"comment"}, "", bad},
		{[]string{"comment"}, chinese(20), ok},
		{[]string{"comment"}, chinese(21), bad},
		{[]string{"goods_name"}, chinese(15), ok},
		{[]string{"goods_name"}, chinese(16), bad},
		{[]string{"goods_name"}, nil, bad},
		{[]string{"stock_type"}, "FIXED", bad},
		{[]string{"coupon_code_mode"}, "AUTO", bad},
		{[]string{"coupon_code_mode"}, nil, bad},
		{[]string{"coupon_use_rule"}, nil, bad},
		{[]string{"stock_send_rule"}, nil, bad},
		{[]string{"out_request_no"}, nil, bad},
		{[]string{"out_request_no"}, strings.Repeat("x", 128), ok},
		{[]string{"out_request_no"}, strings.Repeat("x", 129), bad},
		{[]string{"subsidy"}, "false", bad},
		{[]string{"subsidy"}, false, ok},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}, 0, bad},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}, 10000000, ok},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}, 10000001, bad},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}, "500", bad},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "transaction_minimum"}, 0, ok},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "transaction_minimum"}, -1, bad},
		{[]string{"coupon_use_rule", "fixed_normal_coupon", "transaction_minimum"}, nil, bad},
		{[]string{"coupon_use_rule", "use_method"}, "ONLINE", bad},
		{[]string{"coupon_use_rule", "use_method"}, "SELF_CONSUME", ok},
		{[]string{"coupon_use_rule", "use_method"}, "PAYMENT_CODE", ok},
		{[]string{"coupon_use_rule", "use_method"}, "MINI_PROGRAMS", bad},
		{available("available_begin_time"), "2026-12-01", bad},
		{available("available_begin_time"), nil, bad},
		{available("available_end_time"), "2026-12-05T12:00:00+08:00", bad},
		{available("available_end_time"), "2026-12-05T12:00:01+08:00", ok},
		{available("available_end_time"), "2027-12-01T00:00:00+08:00", ok},
		{available("available_end_time"), "2027-12-01T00:00:01+08:00", bad},
		{available("available_day_after_receive"), 0, bad},
		{available("available_day_after_receive"), 365, ok},
		{available("available_day_after_receive"), 366, bad},
		{available("wait_days_after_receive"), 1, bad},
		{available("wait_days_after_receive"), 0, bad},
		{available("available_second_after_receive"), 3600, ok},
		{available("available_second_after_receive"), 0, bad},
		{available("available_week"), object{"week_day": []int{0, 6}}, ok},
		{available("available_week"), object{"week_day": []int{7}}, bad},
		{available("available_week"), object{"week_day": []string{"1"}}, bad},
		{available("available_week"), object{"available_day_time": []object{{"begin_time": 0, "end_time": 1}}}, bad},
		{available("available_week"), object{"week_day": []int{1}, "available_day_time": []object{{"begin_time": 0, "end_time": 86400}}}, bad},
		{available("irregulary_avaliable_time"), []object{}, ok},
		{available("irregulary_avaliable_time"), []object{{"begin_time": "2026-12-12T00:00:00+08:00"}}, bad},
		{rule("max_coupons"), 0, bad},
		{rule("max_coupons"), 1000000000, ok},
		{rule("max_coupons"), 1000000001, bad},
		{rule("max_coupons"), nil, bad},
		{rule("max_coupons"), 1.5, bad},
		{rule("max_coupons_per_user"), 0, bad},
		{rule("max_coupons_per_user"), 100, ok},
		{rule("max_coupons_per_user"), 101, bad},
		{rule("max_coupons_by_day"), 0, bad},
		{rule("max_coupons_by_day"), 1, ok},
		{rule("max_amount"), 0, bad},
		{rule("max_amount_by_day"), 10000000001, bad},
		{[]string{"custom_entrance", "mini_programs_info"}, object{"mini_programs_appid": aliceApp, "mini_programs_path": "/p"}, bad},
		{[]string{"custom_entrance", "mini_programs_info"}, object{"mini_programs_appid": aliceApp, "mini_programs_path": "/p", "entrance_words": "六个字的文案"}, bad},
		{[]string{"custom_entrance", "code_display_mode"}, "BARCODE", ok},
		{[]string{"custom_entrance", "code_display_mode"}, "bar", bad},
		{[]string{"custom_entrance", "code_display_mode"}, "", bad},
		{[]string{"display_pattern_info", "description"}, chinese(1000), ok},
		{[]string{"display_pattern_info", "description"}, chinese(1001), bad},
		{[]string{"display_pattern_info", "background_color"}, "Color100", ok},
		{[]string{"display_pattern_info", "background_color"}, "COLOR030", bad},
		{[]string{"display_pattern_info", "background_color"}, "", ok},
		{[]string{"display_pattern_info", "background_color"}, "#2c9f67", bad},
		{[]string{"display_pattern_info", "finder_info"}, object{"finder_id": "f"}, bad},
		{[]string{"notify_config", "notify_appid"}, "", ok},
		{[]string{"belong_merchant"}, "1900001", bad},
	} {
		got := f.post(alice, pathStocks, set(f.stockBody(), c.value, c.path...))
		if got.status != c.want {
			t.Errorf("%d: %s = %v gives %d %s, want %d", i, strings.Join(c.path, "."), c.value, got.status, got.body, c.want)
		}
		if got.status == bad && (got.code() != "PARAM_ERROR" || got.message() == "") {
			t.Errorf("%d: %s = %v gives %s", i, strings.Join(c.path, "."), c.value, got.body)
		}
	}
}

func TestAProviderCreatesForItsSubMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := set(set(f.stockBody(), string(sub), "belong_merchant"), subApp, "notify_config", "notify_appid")
	created := f.post(provider, pathStocks, body)
	created.expect(t, 200, "")
	stock := text(created.json["stock_id"])
	for _, as := range []merchant.ID{provider, sub} {
		if got := f.get(as, pathStocks+"/"+stock); got.json["belong_merchant"] != string(sub) || got.at("display_pattern_info", "merchant_name") != "特约商户" {
			t.Errorf("%s sees %s", as, got.body)
		}
	}
	sent := f.post(provider, pathSend, set(f.sendBody(stock), subApp, "appid"))
	sent.expect(t, 200, "")
	code := text(sent.at("send_coupon_result", "coupon_code"))
	for query, want := range map[string]int{
		"belong_merchant=" + string(sub):                                           1,
		"belong_merchant=" + string(sub) + "&creator_merchant=" + string(provider): 1,
		"belong_merchant=" + string(sub) + "&creator_merchant=" + string(alice):    0,
	} {
		got := f.get(sub, pathUser(openID)+"?appid="+subApp+"&"+query)
		if got.json["total_count"] != float64(want) {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	f.get(sub, pathCoupon(openID, code, subApp)).expect(t, 200, "")
	f.post(sub, pathUse, set(f.useBody(stock, code), subApp, "appid")).expect(t, 403, "NO_AUTH")
	f.post(provider, pathUse, set(f.useBody(stock, code), subApp, "appid")).expect(t, 200, "")
}

func TestACouponOfMerchantsCodeNeedsItsStock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	merchantCodes := func(o object) { o["coupon_code_mode"] = "MERCHANT_API" }
	stock := f.stock(merchantCodes)
	f.post(alice, pathSend, f.sendBody(stock)).expect(t, 400, "PARAM_ERROR") // no code
	for _, bad := range []string{"A+B", "券", "A\tB", "A*B", strings.Repeat("x", 33)} {
		f.post(alice, pathSend, set(f.sendBody(stock), bad, "coupon_code")).expect(t, 400, "PARAM_ERROR")
	}
	for _, code := range []string{"CODE-0001", `A/B C|1=_\x`, "1234567890123456789012"} {
		f.post(alice, pathSend, set(f.sendBody(stock), code, "coupon_code")).expect(t, 200, "")
		f.get(alice, pathCoupon(openID, url.PathEscape(code), aliceApp)).expect(t, 200, "")
		f.post(alice, pathUse, set(f.useBody(stock, code), nil, "stock_id")).expect(t, 400, "PARAM_ERROR")
		f.post(alice, pathUse, f.useBody(stock, code)).expect(t, 200, "")
	}
	// The same code in another stock is another coupon.
	other := f.stock(merchantCodes)
	f.advance(time.Minute)
	f.post(alice, pathSend, set(f.sendBody(other), "CODE-0001", "coupon_code")).expect(t, 200, "")
	if got := f.get(alice, pathCoupon(openID, "CODE-0001", aliceApp)); got.json["stock_id"] != other {
		t.Errorf("the newest is not shown: %s", got.body)
	}
}

func TestAPlatformCodeIsFoundWithoutItsStock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	code := f.coupon(stock)
	f.post(bob, pathUse, set(set(f.useBody(stock, code), nil, "stock_id"), bobApp, "appid")).expect(t, 403, "NO_AUTH")
	used := f.post(alice, pathUse, set(f.useBody(stock, code), nil, "stock_id"))
	used.expect(t, 200, "")
	if used.json["stock_id"] != stock {
		t.Errorf("answer %s", used.body)
	}
	f.post(alice, pathUse, set(f.useBody(f.stock(nil), code), f.number(), "use_request_no")).expect(t, 404, "RESOURCE_NOT_EXISTS") // another stock
}

func TestAnUploadStockWithoutCodesHasNothingToGive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_UPLOAD" })
	got := f.post(alice, pathSend, f.sendBody(stock))
	got.expect(t, 403, "RULE_LIMIT")
	if got.message() != "总预算用完" {
		t.Errorf("message %s", got.message())
	}
	if count := f.get(alice, pathStocks+"/"+stock).at("coupon_code_count"); count == nil {
		t.Error("no coupon_code_count")
	}
}

// TestARepeatGetsTheFirstAnswer for each operation with a request number, after time
// went by and the stock changed.
func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	create := f.stockBody()
	created := f.post(alice, pathStocks, create)
	stock := text(created.json["stock_id"])
	send := f.sendBody(stock)
	sent := f.post(alice, pathSend, send)
	use := f.useBody(stock, text(sent.at("send_coupon_result", "coupon_code")))
	used := f.post(alice, pathUse, use)

	f.advance(2 * time.Hour)
	f.setStockState(stock, coupon.StockStopped)
	for name, again := range map[string][2]reply{
		"create": {created, f.post(alice, pathStocks, reordered(t, create))},
		"send":   {sent, f.post(alice, pathSend, reordered(t, send))},
		"use":    {used, f.post(alice, pathUse, set(use, "2026-12-05T14:00:00+08:00", "use_time"))},
	} {
		if again[0].status != http.StatusOK || again[0].body != again[1].body {
			t.Errorf("%s: first %s, then %d %s", name, again[0].body, again[1].status, again[1].body)
		}
	}
	f.advance(60 * 24 * time.Hour) // even when everything has ended
	if again := f.post(alice, pathUse, use); again.body != used.body {
		t.Errorf("use after the end: %d %s", again.status, again.body)
	}
	if again := f.post(alice, pathStocks, create); again.body != created.body {
		t.Errorf("create after the end: %d %s", again.status, again.body)
	}
}

// reordered renders a body with its names in the opposite order and a blank between:
// parameters are compared after parsing.
func reordered(t *testing.T, o object) string {
	t.Helper()
	var parts []string
	for name, value := range o {
		encoded, err := json.Marshal(object{name: value})
		if err != nil {
			t.Fatal(err)
		}
		parts = append([]string{strings.Trim(string(encoded), "{}")}, parts...)
		if strings.HasSuffix(string(encoded), "}}") {
			parts[0] = strings.TrimSuffix(string(encoded)[1:], "}")
		}
	}
	return "{ " + strings.Join(parts, " , ") + " }"
}

// TestAFailureIsNotRemembered: the number of a refused request is free.
func TestAFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	f.setStockState(stock, coupon.StockPaused)
	send := f.sendBody(stock)
	f.post(alice, pathSend, send).expect(t, 403, "RULE_LIMIT")
	f.setStockState(stock, coupon.StockRunning)
	f.post(alice, pathSend, send).expect(t, 200, "")
	create := set(f.stockBody(), "https://example.com/x", "display_pattern_info", "merchant_logo_url")
	f.post(alice, pathStocks, create).expect(t, 400, "PARAM_ERROR")
	f.post(alice, pathStocks, set(create, nil, "display_pattern_info")).expect(t, 200, "")
}

// TestARefusalChangesNothing compares what can be seen before and after.
func TestARefusalChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	code := f.coupon(stock)
	before := f.trail()
	seen := f.get(alice, pathStocks+"/"+stock).body + f.get(alice, pathCoupon(openID, code, aliceApp)).body
	for _, refused := range []reply{
		f.post(alice, pathSend, set(f.sendBody(stock), bobApp, "appid")),
		f.post(alice, pathSend, set(f.sendBody(stock), "nobody", "openid")),
		f.post(bob, pathSend, f.sendBody(stock)),
		f.post(bob, pathUse, set(f.useBody(stock, code), bobApp, "appid")),
		f.post(alice, pathUse, set(f.useBody(stock, code), otherOpenID, "openid")),
		f.post(alice, pathUse, set(f.useBody(stock, code), nil, "use_time")),
		f.post(alice, pathStocks, set(f.stockBody(), "1999999999", "belong_merchant")),
	} {
		if refused.status < 400 || refused.status >= 500 {
			t.Errorf("%d %s", refused.status, refused.body)
		}
	}
	if after := f.trail(); after != before {
		t.Errorf("events and audit entries grew from %v to %v", before, after)
	}
	if again := f.get(alice, pathStocks+"/"+stock).body + f.get(alice, pathCoupon(openID, code, aliceApp)).body; again != seen {
		t.Errorf("%s\nbecame\n%s", seen, again)
	}
}

// trail counts alice's events and audit entries.
func (f *fixture) trail() [2]int {
	f.t.Helper()
	var counts [2]int
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		events, err := tx.Deliveries(f.t.Context(), store.DeliveryQuery{Owner: alice, Limit: 1000})
		if err != nil {
			return err
		}
		entries, err := tx.UnsealedAudit(f.t.Context(), alice, 0, 1000)
		counts = [2]int{len(events), len(entries)}
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return counts
}

func TestOneChangeLeavesOneTrace(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	storetest.Listen(t, f.store, alice)
	start := f.trail()
	stock := f.stock(nil)
	send := f.sendBody(stock)
	for range 3 {
		f.post(alice, pathSend, send).expect(t, 200, "")
	}
	use := f.useBody(stock, f.coupon(stock))
	for range 3 {
		f.post(alice, pathUse, use).expect(t, 200, "")
	}
	end := f.trail()
	if end[0]-start[0] != 2 || end[1]-start[1] != 4 {
		t.Errorf("%d events and %d audit entries for 1 stock, 2 coupons, 1 use", end[0]-start[0], end[1]-start[1])
	}
}

// TestNobodySeesAnothersThings asks for what belongs to alice as bob, who shares her
// appid and so her users, and for what does not exist.
func TestNobodySeesAnothersThings(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.shareAppID(bob, aliceApp)
	stock := f.stock(nil)
	code := f.coupon(stock)
	list := pathUser(openID) + "?appid=" + aliceApp + "&creator_merchant=" + string(bob)
	for name, c := range map[string]struct {
		got    reply
		status int
	}{
		"stock":                      {f.get(bob, pathStocks+"/"+stock), 403},
		"coupon":                     {f.get(bob, pathCoupon(openID, code, aliceApp)), 403},
		"no coupon":                  {f.get(bob, pathCoupon(openID, "none", aliceApp)), 404},
		"list of his own":            {f.get(bob, list), 200},
		"list of hers":               {f.get(bob, list+"&belong_merchant="+string(alice)), 200},
		"list narrowed to the stock": {f.get(bob, list+"&stock_id="+stock), 404},
		"use":                        {f.post(bob, pathUse, f.useBody(stock, code)), 403},
		"use of no coupon":           {f.post(bob, pathUse, f.useBody("1", code)), 404},
	} {
		if c.got.status != c.status || c.status == 200 && c.got.json["total_count"] != float64(0) {
			t.Errorf("%s: %d %s, want %d", name, c.got.status, c.got.body, c.status)
		}
		if strings.Contains(c.got.body, code) || strings.Contains(c.got.body, "8月1日活动券") {
			t.Errorf("%s tells %s", name, c.got.body)
		}
	}
	foreign, absent := f.get(bob, list+"&stock_id="+stock), f.get(bob, list+"&stock_id=1")
	if foreign.body != absent.body {
		t.Errorf("foreign %s, absent %s", foreign.body, absent.body)
	}
}

func TestListsArePagedAndFiltered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	var codes []string
	for range 5 {
		codes = append([]string{f.coupon(stock)}, codes...)
		f.advance(time.Second)
	}
	f.post(alice, pathUse, f.useBody(stock, codes[0])).expect(t, 200, "")
	base := pathUser(openID) + "?appid=" + aliceApp + "&creator_merchant=" + string(alice)
	for query, want := range map[string][]string{
		"":                                  codes,
		"&limit=2":                          codes[:2],
		"&limit=2&offset=1":                 codes[2:4],
		"&limit=2&offset=2":                 codes[4:],
		"&limit=100&offset=1":               {},
		"&limit=1&offset=4":                 codes[4:],
		"&offset=5":                         {},
		"&coupon_state=USED":                codes[:1],
		"&coupon_state=SENDED":              codes[1:],
		"&coupon_state=EXPIRED":             {},
		"&stock_id=" + stock:                codes,
		"&sender_merchant=" + string(alice): codes,
		"&belong_merchant=" + string(alice): codes,
		"&belong_merchant=" + string(bob):   {},
	} {
		got := f.get(alice, base+query)
		got.expect(t, 200, "")
		var found []string
		list, _ := got.json["data"].([]any)
		for _, entry := range list {
			found = append(found, text(entry.(object)["coupon_code"]))
		}
		if diff := cmp.Diff(append([]string{}, want...), append([]string{}, found...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if strings.Contains(got.body, `"description"`) {
			t.Errorf("%s shows a description", query)
		}
	}
	for _, query := range []string{"&limit=0", "&limit=101", "&offset=-1", "&limit=x", "&coupon_state=GONE", "&limit=1&limit=2", "&stock_id=%zz", "&belong_merchant=1"} {
		f.get(alice, base+query).expect(t, 400, "PARAM_ERROR")
	}
	f.advance(40 * 24 * time.Hour)
	if got := f.get(alice, base+"&coupon_state=EXPIRED"); got.json["total_count"] != float64(4) {
		t.Errorf("expired: %s", got.body)
	}
}

func TestAHolderIsAnsweredUnderTheAppIDAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.shareAppID(alice, "wx7777777777777777")
	stock := f.stock(nil)
	code := f.coupon(stock)
	used := f.post(alice, pathUse, set(set(f.useBody(stock, code), "wx7777777777777777", "appid"), nil, "openid"))
	used.expect(t, 200, "")
	under := text(used.json["openid"])
	if under == openID || len(under) != 28 {
		t.Fatalf("openid %q", under)
	}
	// From now on the user is known by it.
	f.get(alice, pathCoupon(under, code, "wx7777777777777777")).expect(t, 200, "")
	f.get(alice, pathCoupon(under, code, aliceApp)).expect(t, 404, "USER_NOT_EXISTS")
}

func TestAProviderReadsUnderTheAppIDOfItsSubMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(provider, pathStocks, set(set(f.stockBody(), string(sub), "belong_merchant"), subApp, "notify_config", "notify_appid"))
	created.expect(t, 200, "")
	sent := f.post(provider, pathSend, set(f.sendBody(text(created.json["stock_id"])), subApp, "appid"))
	sent.expect(t, 200, "")
	list := pathUser(openID) + "?creator_merchant=" + string(provider) + "&appid="
	f.get(provider, list+subApp).expect(t, 200, "")
	f.get(provider, pathCoupon(openID, text(sent.at("send_coupon_result", "coupon_code")), subApp)).expect(t, 200, "")
	// Naming the owner of an appid does not make it one's own.
	f.get(bob, pathUser(openID)+"?appid="+aliceApp+"&sender_merchant="+string(bob)+"&belong_merchant="+string(alice)).
		expect(t, 400, "APPID_MCHID_NOT_MATCH")
	f.get(provider, list+aliceApp).expect(t, 400, "APPID_MCHID_NOT_MATCH")
	f.get(provider, pathCoupon(openID, "1", aliceApp)).expect(t, 400, "APPID_MCHID_NOT_MATCH")
}

func TestAStockStopsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	path := pathStocks + "/" + stock
	if got := f.get(alice, path); got.at("stock_state") != "RUNNING" {
		t.Fatalf("state %v", got.at("stock_state"))
	}
	f.advance(365 * 24 * time.Hour)
	if got := f.get(alice, path); got.at("stock_state") != "STOPED" {
		t.Errorf("state %v after the end", got.at("stock_state"))
	}
}

func TestADetailSaysWhereTheFieldTravels(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	query := f.get(alice, pathUser(openID)+"?appid="+aliceApp)
	if query.code() != "PARAM_ERROR" || query.at("detail") != nil && query.at("detail", "location") == "body" {
		t.Errorf("no merchant given: %s", query.body)
	}
	body := f.post(alice, pathStocks, set(f.stockBody(), "2020-01-01T00:00:00+08:00", "coupon_use_rule", "coupon_available_time", "available_end_time"))
	if body.at("detail", "location") != "body" || body.at("detail", "field") == "" {
		t.Errorf("body: %s", body.body)
	}
	// Other codes have no detail.
	appid := f.post(alice, pathSend, set(f.sendBody(f.stock(nil)), bobApp, "appid"))
	if appid.code() != "APPID_MCHID_NOT_MATCH" || appid.at("detail") != nil {
		t.Errorf("appid: %s", appid.body)
	}
}

func TestRefusalsHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	code := f.coupon(stock)
	f.post(alice, pathUse, f.useBody(stock, code)).expect(t, 200, "")
	for want, got := range map[string]reply{
		"-272756745": f.post(alice, pathUse, f.useBody(stock, code)),
		"-268578851": f.post(alice, pathUse, f.useBody(stock, "1")),
		"-268435461": f.get(alice, "/v3/nothing"),
	} {
		if id := got.header.Get("Request-ID"); !strings.HasSuffix(id, want) {
			t.Errorf("%d %s has Request-ID %s, want %s", got.status, got.body, id, want)
		}
	}
}
