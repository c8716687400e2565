package httpapi_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// TestTheMainJobOfVouchers goes from stock to consumption and pins every body on the way.
func TestTheMainJobOfVouchers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(alice, pathVoucherCreate, f.voucherBody())
	stock := text(created.json["stock_id"])
	golden(t, "voucher_create", created, stock)
	shown := func() reply { return f.get(alice, pathVoucherStocks+"/"+stock+stockQuery(alice)) }
	golden(t, "voucher_stock_unactivated", shown(), stock)
	for i, verb := range []string{"start", "pause", "restart"} {
		f.advance(time.Minute)
		golden(t, "voucher_"+verb, f.mustCommand(stock, verb), stock)
		if want := []string{"running", "paused", "running"}[i]; shown().json["status"] != want {
			t.Errorf("after %s: %s", verb, shown().body)
		}
	}
	sent := f.post(alice, pathVouchers(openID), f.voucherSendBody(stock))
	id := text(sent.json["coupon_id"])
	golden(t, "voucher_send", sent, id)
	golden(t, "voucher_sent", f.get(alice, pathVoucher(openID, id)), stock, id)
	golden(t, "voucher_list", f.get(alice, pathVouchers(openID)+"?appid="+aliceApp), stock, id)
	f.consume(id, []voucher.Goods{{ID: "a_goods1", Quantity: 7, Price: 300, Discount: 100}})
	golden(t, "voucher_used", f.get(alice, pathVoucher(openID, id)), stock, id)
	golden(t, "voucher_stock_running", shown(), stock)
	golden(t, "voucher_stocks", f.get(alice, pathVoucherStocks+pageQuery(alice, "offset=0&limit=10")), stock)
	golden(t, "voucher_merchants", f.get(alice, pathVoucherStocks+"/"+stock+"/merchants"+pageQuery(alice, "offset=0&limit=10")), stock)
	golden(t, "voucher_items_none", f.get(alice, pathVoucherStocks+"/"+stock+"/items"+pageQuery(alice, "offset=0&limit=10")), stock)

	f.advance(30 * 24 * time.Hour)
	golden(t, "voucher_stock_over", shown(), stock)
	idle := f.plannedLater()
	golden(t, "voucher_stop", f.mustCommand(idle, "stop"), idle)
}

// plannedLater creates a stock after the others have ended.
func (f *fixture) plannedLater() string {
	f.t.Helper()
	return f.plannedStock(func(o object) {
		o["available_begin_time"] = f.clock.Now().Format(time.RFC3339)
		o["available_end_time"] = f.clock.Now().Add(time.Hour).Format(time.RFC3339)
	})
}

// consume does what a payment does.
func (f *fixture) consume(id string, goods []voucher.Goods) {
	f.t.Helper()
	f.write(func(tx store.Tx) error {
		v, err := tx.Voucher(f.t.Context(), voucher.ID(id))
		if err != nil {
			return err
		}
		v.State = voucher.StateUsed
		v.Use = voucher.Consumption{TransactionID: "4200002561202411121723927860", At: f.clock.Now(), Merchant: bob, Discount: 100, Goods: goods}
		return tx.UpdateVouchers(f.t.Context(), []voucher.Voucher{v})
	})
}

// fullVoucherBody sets every field of 4.1.
func (f *fixture) fullVoucherBody() object {
	body := f.voucherBody()
	body["comment"], body["ext_info"] = "零售批次", `{"exinfo1":"1234"}`
	body["available_begin_time"], body["available_end_time"] = "2026-12-05T18:00:00.120Z", "2026-12-20T23:59:59.120+08:00"
	set(body, 1000, "stock_use_rule", "max_amount_by_day")
	set(body, true, "stock_use_rule", "natural_person_limit")
	set(body, true, "stock_use_rule", "prevent_api_abuse")
	body["no_cash"] = false
	body["pattern_info"] = object{
		"description": "微信支付营销代金券", "merchant_logo": "https://qpic.cn/l", "merchant_name": "微信支付", "background_color": "Color020",
		"coupon_image": "https://qpic.cn/i", "jump_target": "MINI_PROGRAM", "mini_program_appid": aliceApp, "mini_program_path": "/p",
	}
	rule, _ := body["coupon_use_rule"].(object)
	rule["coupon_available_time"] = object{"fix_available_time": object{"available_week_day": []int{1, 2}, "begin_time": 0, "end_time": 3600}}
	rule["goods_tag"], rule["trade_type"] = []string{"123321"}, []string{"MICROAPP", "APPPAY", "PPAY", "CARD", "FACE", "OTHER"}
	rule["limit_pay"], rule["limit_card"] = []string{"ICBC_CREDIT"}, object{"name": "精粹白金", "bin": []string{"62123456", "621234"}}
	rule["combine_use"] = false
	rule["available_items"], rule["unavailable_items"] = []string{"123321", "456654"}, []string{"789987"}
	rule["available_merchants"] = []string{string(alice), string(bob), string(alice)}
	return body
}

func TestEveryFieldOfAStockOfVouchersIsTaken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(alice, pathVoucherCreate, f.fullVoucherBody())
	created.expect(t, 200, "")
	stock := text(created.json["stock_id"])
	golden(t, "voucher_stock_full", f.get(alice, pathVoucherStocks+"/"+stock+stockQuery(alice)), stock)
	f.write(func(tx store.Tx) error {
		s, err := tx.VoucherStock(t.Context(), voucher.StockID(stock))
		if s.Comment != "零售批次" || s.ExtInfo == "" || s.Display.Color != "COLOR020" || s.Times.Fixed.End != 3600 || s.Payment.LimitPay != "ICBC_CREDIT" ||
			len(s.Payment.Card.BINs) != 2 || len(s.ExcludedItems) != 1 || len(s.Merchants) != 2 || !s.Limits.NaturalPerson || !s.Limits.PreventAbuse {
			t.Errorf("stored %+v", s)
		}
		return err
	})
}

// TestEveryLimitOfCreatingVouchersHolds breaks each rule of chapter 6 alone, at the wire.
func TestEveryLimitOfCreatingVouchersHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	chinese := func(n int) string { return strings.Repeat("券", n) }
	const ok, parameter, rules = "", "PARAM_ERROR", "INVALID_REQUEST"
	use := func(name string) []string { return []string{"coupon_use_rule", name} }
	give := func(name string) []string { return []string{"stock_use_rule", name} }
	face := []string{"coupon_use_rule", "fixed_normal_coupon", "coupon_amount"}
	threshold := []string{"coupon_use_rule", "fixed_normal_coupon", "transaction_minimum"}
	available := func(name string) []string { return []string{"coupon_use_rule", "coupon_available_time", name} }
	many := func(n int, value string) []string { return strings.Split(strings.Repeat(value+",", n-1)+value, ",") }
	for i, c := range []struct {
		path  []string
		value any
		want  string
	}{
		{[]string{"stock_name"}, "", parameter},
		{[]string{"stock_name"}, chinese(9), ok},
		{[]string{"stock_name"}, chinese(10), parameter},
		{[]string{"stock_name"}, strings.Repeat("x", 20), ok},
		{[]string{"stock_name"}, strings.Repeat("x", 21), parameter},
		{[]string{"stock_name"}, "a|b", parameter},
		{[]string{"comment"}, chinese(60), ok},
		{[]string{"comment"}, chinese(61), parameter},
		{[]string{"comment"}, "", parameter},
		{[]string{"available_begin_time"}, "2026-12-05 12:00:00", parameter},
		{[]string{"available_begin_time"}, "2027-12-05T12:00:01+08:00", rules},
		{[]string{"available_end_time"}, "2026-12-05T12:00:00+08:00", rules},
		{[]string{"available_end_time"}, "2026-12-05T12:00:01+08:00", ok},
		{[]string{"available_end_time"}, "2027-03-05T12:00:00+08:00", ok},
		{[]string{"available_end_time"}, "2027-03-05T12:00:01+08:00", rules},
		{[]string{"stock_type"}, "DISCOUNT", parameter},
		{[]string{"stock_type"}, nil, parameter},
		{[]string{"no_cash"}, nil, parameter},
		{[]string{"no_cash"}, "true", parameter},
		{[]string{"no_cash"}, false, ok},
		{[]string{"out_request_no"}, "a|b_c*d-1", ok},
		{[]string{"out_request_no"}, "a.b", parameter},
		{[]string{"out_request_no"}, strings.Repeat("x", 129), parameter},
		{[]string{"ext_info"}, strings.Repeat("x", 129), parameter},
		{give("max_coupons"), -1, parameter},
		{give("max_coupons"), 0, rules},
		{give("max_coupons"), 4, rules},
		{give("max_coupons"), 10000001, rules},
		{give("max_coupons"), 1.5, parameter},
		{give("max_coupons"), "10", parameter},
		{give("max_coupons"), nil, parameter},
		{give("max_amount"), 1001, parameter},
		{give("max_amount"), 1000000001, rules},
		{give("max_amount_by_day"), 0, ok},
		{give("max_amount_by_day"), 1000, ok},
		{give("max_amount_by_day"), 1001, rules},
		{give("max_coupons_per_user"), 0, rules},
		{give("max_coupons_per_user"), 1, ok},
		{give("max_coupons_per_user"), 11, rules},
		{give("max_coupons_per_user"), 61, rules},
		{give("natural_person_limit"), nil, parameter},
		{give("prevent_api_abuse"), nil, parameter},
		{face, 9, rules},
		{face, 100001, rules},
		{face, nil, parameter},
		{threshold, 100, rules},
		{threshold, 101, ok},
		{threshold, 10000000, ok},
		{threshold, 10000001, rules},
		{use("fixed_normal_coupon"), nil, parameter},
		{use("goods_tag"), []string{}, ok},
		{use("goods_tag"), many(50, "a"), ok},
		{use("goods_tag"), many(51, "a"), parameter},
		{use("goods_tag"), []string{"a-b"}, parameter},
		{use("goods_tag"), []string{strings.Repeat("x", 129)}, parameter},
		{use("goods_tag"), "a", parameter},
		{use("limit_pay"), []string{}, parameter},
		{use("limit_pay"), []string{"CFT", "BCZ_DEBIT"}, parameter},
		{use("limit_pay"), []string{"cft"}, parameter},
		{use("limit_card"), object{"name": "精粹白金卡", "bin": []string{"621234"}}, parameter},
		{use("limit_card"), object{"name": "白金", "bin": []string{}}, parameter},
		{use("limit_card"), object{"name": "白金", "bin": []string{"62123"}}, parameter},
		{use("limit_card"), object{"name": "白金", "bin": []string{"6212345678"}}, parameter},
		{use("limit_card"), object{"name": "白金", "bin": many(11, "621234")}, parameter},
		{use("trade_type"), []string{}, ok},
		{use("trade_type"), []string{"NATIVE"}, parameter},
		{use("trade_type"), "CARD", parameter},
		{use("available_items"), []string{}, parameter},
		{use("available_items"), many(50, "a"), ok},
		{use("available_items"), many(51, "a"), parameter},
		{use("available_items"), []string{""}, parameter},
		{use("available_items"), []string{strings.Repeat("x", 129)}, parameter},
		{use("unavailable_items"), []string{}, parameter},
		{use("available_merchants"), nil, parameter},
		{use("available_merchants"), []string{}, parameter},
		{use("available_merchants"), many(51, string(alice)), parameter},
		{available("available_time_after_receive"), 0, rules},
		{available("available_time_after_receive"), 1, ok},
		{available("available_time_after_receive"), 1440, ok},
		{available("available_time_after_receive"), 1441, rules},
		{available("second_day_available"), true, ok},
		{available("fix_available_time"), object{"begin_time": 0}, ok},
		{available("fix_available_time"), object{"end_time": 3600}, parameter},
		{available("fix_available_time"), object{"begin_time": 86401}, parameter},
		{available("fix_available_time"), object{"begin_time": 0, "end_time": 86400}, parameter},
		{available("fix_available_time"), object{"begin_time": 10, "end_time": 9}, rules},
		{available("fix_available_time"), object{"begin_time": 0, "available_week_day": []int{7}}, parameter},
		{[]string{"coupon_use_rule", "coupon_available_time"}, object{"second_day_available": true, "fix_available_time": object{"begin_time": 0}}, rules},
		{[]string{"pattern_info"}, object{}, parameter},
		{[]string{"pattern_info"}, object{"description": chinese(1000)}, ok},
		{[]string{"pattern_info"}, object{"description": chinese(1001)}, parameter},
		{[]string{"pattern_info"}, object{"description": "x", "background_color": ""}, parameter},
		{[]string{"pattern_info"}, object{"description": "x", "background_color": "color102"}, ok},
		{[]string{"pattern_info"}, object{"description": "x", "background_color": "COLOR110"}, parameter},
		{[]string{"pattern_info"}, object{"description": "x", "merchant_name": chinese(13)}, parameter},
		{[]string{"pattern_info"}, object{"description": "x", "jump_target": "MINI_PROGRAM"}, parameter},
		{[]string{"pattern_info"}, object{"description": "x", "jump_target": "PAYMENT_CODE"}, ok},
		{[]string{"belong_merchant"}, nil, parameter},
		{[]string{"singleitem"}, true, ok}, // unknown: ignored
	} {
		f.advance(time.Second) // a call a second, as the rate wants
		f, body := f, f.voucherBody()
		if strings.HasPrefix(c.path[0], "available_") {
			f = newFixture(t) // at noon
		} else {
			body["available_begin_time"] = "2026-12-06T12:00:00+08:00"
		}
		got := f.post(alice, pathVoucherCreate, set(body, c.value, c.path...))
		if c.want == ok && got.status != 200 || c.want != ok && (got.status != 400 || got.code() != c.want || got.message() == "") {
			t.Errorf("%d: %s = %v gives %d %s, want %q", i, strings.Join(c.path, "."), c.value, got.status, got.body, c.want)
		}
	}
}

// TestTheFaceAndItsBudgetAtTheEdges: the product of the smallest and the largest.
func TestTheFaceAndItsBudgetAtTheEdges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, c := range []struct {
		coupons, face, amount, threshold int
		want                             int
	}{
		{5, 10, 50, 11, 200},
		{10_000_000, 100, 1_000_000_000, 101, 200},
		{10_000, 100_000, 1_000_000_000, 10_000_000, 200},
		{10_001, 100_000, 1_000_100_000, 10_000_000, 400},
		{10_000_000, 101, 1_010_000_000, 102, 400},
	} {
		body := f.voucherBody()
		set(body, object{"coupon_amount": c.face, "transaction_minimum": c.threshold}, "coupon_use_rule", "fixed_normal_coupon")
		set(body, c.coupons, "stock_use_rule", "max_coupons")
		set(body, c.amount, "stock_use_rule", "max_amount")
		if got := f.post(alice, pathVoucherCreate, body); got.status != c.want {
			t.Errorf("%+v: %d %s", c, got.status, got.body)
		}
	}
}

// TestTheSampleOfTheContractIsAccepted is the example of 4.1.
func TestTheSampleOfTheContractIsAccepted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	sample := `{"stock_name":"满20减1券","comment":"零售批次","belong_merchant":"1900000001",
 "available_begin_time":"2026-12-06T00:00:00+08:00","available_end_time":"2026-12-31T23:59:59+08:00",
 "stock_use_rule":{"max_coupons":100,"max_amount":10000,"max_amount_by_day":1000,"max_coupons_per_user":3,
   "natural_person_limit":false,"prevent_api_abuse":false},
 "pattern_info":{"description":"微信支付营销代金券","merchant_name":"微信支付","background_color":"COLOR020"},
 "coupon_use_rule":{"fixed_normal_coupon":{"coupon_amount":100,"transaction_minimum":2000},
   "goods_tag":["123321"],"trade_type":["MICROAPP","APPPAY"],"combine_use":false,"available_merchants":["1900000001"]},
 "no_cash":false,"stock_type":"NORMAL","out_request_no":"1900000001_20261122_000001"}`
	first := f.post(alice, pathVoucherCreate, sample)
	first.expect(t, 200, "")
	f.advance(time.Hour)
	// Parsed values count, not bytes: a repeat with other blanks is the same call.
	again := f.post(alice, pathVoucherCreate, strings.ReplaceAll(sample, "\n", ""))
	if again.body != first.body {
		t.Errorf("again %s, first %s", again.body, first.body)
	}
}

// TestTheListOfStocksOfVouchers is 4.6: pages, times and states.
func TestTheListOfStocksOfVouchers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var ids []string
	for i := range 3 {
		ids = append(ids, f.plannedStock(func(o object) { o["available_begin_time"] = "2026-12-06T00:00:00+08:00" }))
		if i < 2 {
			f.advance(time.Minute)
		}
	}
	f.mustCommand(ids[1], "start")
	f.mustCommand(ids[2], "stop")
	newest := func(order ...int) string {
		var want []string
		for _, i := range order {
			want = append(want, ids[i])
		}
		return strings.Join(want, " ")
	}
	for query, want := range map[string]string{
		"offset=0&limit=10":                    newest(2, 1, 0),
		"offset=0&limit=2":                     newest(2, 1),
		"offset=1&limit=2":                     newest(0),
		"offset=2&limit=2":                     "",
		"offset=2147483647&limit=10":           "",
		"offset=0&limit=10&status=unactivated": newest(0),
		"offset=0&limit=10&status=running":     newest(1),
		"offset=0&limit=10&status=stoped":      newest(2),
		"offset=0&limit=10&status=paused":      "",
		"offset=0&limit=10&status=audit":       "",
		"offset=0&limit=10&status=":            newest(2, 1, 0),
		"offset=0&limit=10&create_start_time=2026-12-05T12%3A01%3A00%2B08%3A00":                                                         newest(2, 1),
		"offset=0&limit=10&create_start_time=2026-12-05T12:01:00+08:00":                                                                 newest(2, 1), // the plus sign became a blank
		"offset=0&limit=10&create_end_time=2026-12-05T04:01:00.120Z":                                                                    newest(1, 0),
		"offset=0&limit=10&create_start_time=2026-12-05T12%3A01%3A00%2B08%3A00&create_end_time=2026-12-05T12%3A01%3A00%2B08%3A00":       newest(1),
		"offset=0&limit=10&create_start_time%3D2015-05-20T13%3A29%3A35.120%2B08%3A00%26create_end_time%3D2015-05-20T13%3A29%3A35%2B08:": newest(2, 1, 0), // the guide's sample: one broken key
	} {
		got := f.get(alice, pathVoucherStocks+pageQuery(alice, query))
		var list []string
		data, _ := got.json["data"].([]any)
		for _, one := range data {
			list = append(list, text(one.(object)["stock_id"])) //nolint:forcetypeassert // or the test fails
		}
		if got.status != 200 || strings.Join(list, " ") != want || !strings.Contains(got.body, `"data":[`) {
			t.Errorf("%s: %v, want %s: %s", query, list, want, got.body)
		}
	}
	for _, query := range []string{"limit=10", "offset=0", "offset=-1&limit=10", "offset=a&limit=10", "offset=0&limit=0", "offset=0&limit=x", "offset=2147483648&limit=1"} {
		f.get(alice, pathVoucherStocks+pageQuery(alice, query)).expect(t, 400, "PARAM_ERROR")
	}
}

// TestAPageBeyondTheLastIsRefusedOddly is what 4.8, 4.9 and 4.12 do, and 4.6 does not.
func TestAPageBeyondTheLastIsRefusedOddly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(singleItems)
	f.voucher(stock)
	for target, want := range map[string]int{
		pathVoucherStocks + "/" + stock + "/merchants" + pageQuery(alice, "offset=0&limit=1"):     200,
		pathVoucherStocks + "/" + stock + "/merchants" + pageQuery(alice, "offset=1&limit=1"):     400,
		pathVoucherStocks + "/" + stock + "/merchants" + pageQuery(alice, "offset=1000&limit=50"): 400,
		pathVoucherStocks + "/" + stock + "/items" + pageQuery(alice, "offset=1&limit=1"):         200,
		pathVoucherStocks + "/" + stock + "/items" + pageQuery(alice, "offset=2&limit=1"):         400,
		pathVouchers(openID) + "?appid=" + aliceApp + "&offset=0&limit=1":                         200,
		pathVouchers(openID) + "?appid=" + aliceApp + "&offset=1&limit=1":                         400,
		pathVouchers(otherOpenID) + "?appid=" + aliceApp + "&offset=0":                            200,
		pathVouchers(otherOpenID) + "?appid=" + aliceApp + "&offset=1":                            400,
	} {
		got := f.get(alice, target)
		if got.status != want || want == 400 && (got.code() != "MCH_NOT_EXISTS" || got.message() != "商户号不合法") {
			t.Errorf("%s: %d %s, want %d", target, got.status, got.body, want)
		}
	}
	for _, query := range []string{"offset=1001&limit=1", "offset=0&limit=0"} {
		f.get(alice, pathVoucherStocks+"/"+stock+"/merchants"+pageQuery(alice, query)).expect(t, 400, "PARAM_ERROR")
	}
	f.get(alice, pathVoucherStocks+"/"+stock+"/items"+pageQuery(alice, "offset=501&limit=1")).expect(t, 400, "PARAM_ERROR")
}

// TestTheStatusUsedMeansUsableAndUsed is the surprising row of 4.12.
func TestTheStatusUsedMeansUsableAndUsed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(nil)
	used, usable := f.voucher(stock), f.voucher(stock)
	f.consume(used, nil)
	for query, want := range map[string]int{
		"":                                2,
		"&status=SENDED":                  1,
		"&status=USED":                    2,
		"&creator_mchid=" + string(alice): 2,
		"&available_mchid=" + string(alice) + "&status=USED&stock_id=1&offset=7": 1,
		"&available_mchid=" + string(bob):                                        0,
		"&business_type=MULTIUSE":                                                0,
		"&sender_mchid=" + string(alice):                                         2,
		"&sender_mchid=" + string(bob):                                           0,
	} {
		got := f.get(alice, pathVouchers(openID)+"?appid="+aliceApp+query)
		if got.json["total_count"] != float64(want) {
			t.Errorf("%q: %s, want %d", query, got.body, want)
		}
	}
	got := f.get(alice, pathVouchers(openID)+"?appid="+aliceApp+"&available_mchid="+string(alice)+"&limit=7&offset=3")
	if got.json["limit"] != 1.0 || got.json["offset"] != 0.0 {
		t.Errorf("what can be spent comes in one page: %s", got.body)
	}
	if shown := f.get(alice, pathVoucher(openID, used)); strings.Contains(shown.body, "goods_detail") || shown.at("consume_information", "consume_mchid") != string(bob) {
		t.Errorf("an order without goods: %s", shown.body)
	}
	if shown := f.get(alice, pathVoucher(openID, usable)); strings.Contains(shown.body, "consume_information") {
		t.Errorf("nobody used it: %s", shown.body)
	}
	f.get(alice, pathVouchers(openID)+"?appid="+aliceApp+"&status=EXPIRED").expect(t, 400, "PARAM_ERROR")
	f.advance(27 * 24 * time.Hour)
	if got := f.get(alice, pathVouchers(openID)+"?appid="+aliceApp); got.json["total_count"] != 1.0 {
		t.Errorf("expired ones are not listed: %s", got.body)
	}
	if shown := f.get(alice, pathVoucher(openID, usable)); shown.json["status"] != "EXPIRED" {
		t.Errorf("after the end: %s", shown.body)
	}
}

// TestSendingChecksInTheOrderOfTheContract has each check of 4.11 refuse while everything
// that comes after it is wrong, too.
func TestSendingChecksInTheOrderOfTheContract(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.plannedStock(nil)
	body := object{"out_request_no": "n", "stock_id": "1", "appid": bobApp, "stock_creator_mchid": string(bob), "coupon_value": 1}
	who := "nobody"
	for i, c := range []struct {
		message string
		heal    func()
	}{
		{"参数错误，请核对文档要求", func() { delete(body, "coupon_value") }},
		{"商户号与appid不匹配", func() { body["appid"] = aliceApp }},
		{"openid与appID不匹配", func() { who = openID }},
		{"批次不存在", func() { body["stock_id"] = stock }},
		{"参数错误，请核对文档要求", func() { body["stock_creator_mchid"] = string(alice) }},
		{"活动已结束或未激活", func() { f.mustCommand(stock, "start") }},
	} {
		if got := f.post(alice, pathVouchers(who), body); got.message() != c.message {
			t.Errorf("%d: %s, want %s", i, got.body, c.message)
		}
		c.heal()
	}
	f.post(alice, pathVouchers(who), body).expect(t, 200, "")
}

// TestVouchersAreSentByOthersWithTheirOwnData: appid, openid and number are the sender's.
func TestVouchersAreSentByOthersWithTheirOwnData(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(nil)
	f.allowSenders(stock, bob)
	const bobsUser = "oBobsUserAJO_M2pxb1Q9zNjWeS6"
	body := func(number string) object { return set(f.voucherSendBody(stock), number, "out_request_no") }
	f.post(alice, pathVouchers(openID), body("same")).expect(t, 200, "") // numbers count for each sender
	f.post(bob, pathVouchers(openID), body("same")).expect(t, 400, "APPID_MCHID_NOT_MATCH")
	sent := f.post(bob, pathVouchers(bobsUser), set(body("same"), bobApp, "appid"))
	sent.expect(t, 200, "")
	id := text(sent.json["coupon_id"])
	for as, query := range map[merchant.ID]string{bob: "?appid=" + bobApp} {
		f.get(as, pathVouchers(bobsUser)+"/"+id+query).expect(t, 200, "")
		if got := f.get(as, pathVouchers(bobsUser)+query+"&sender_mchid="+string(bob)); got.json["total_count"] != 1.0 {
			t.Errorf("%s lists %s", as, got.body)
		}
	}
	if shown := f.get(bob, pathVoucherStocks+"/"+stock+stockQuery(alice)); shown.json["distributed_coupons"] != 2.0 {
		t.Errorf("the sender sees %s", shown.body)
	}
	f.command(bob, stock, "pause").expect(t, 403, "REQUEST_BLOCKED")
}

// TestBodiesMayRepeatTheOpenID as some descriptions have it there; it is ignored.
func TestBodiesMayRepeatTheOpenID(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(nil)
	f.post(alice, pathVouchers(openID), set(f.voucherSendBody(stock), "somebody else", "openid")).expect(t, 200, "")
	f.post(alice, pathVouchers(url.PathEscape(openID)), f.voucherSendBody(stock)).expect(t, 200, "")
	f.post(alice, pathVouchers(openID), set(f.voucherSendBody(stock), nil, "out_request_no")).expect(t, 400, "PARAM_ERROR")
}

// TestGoodsAreChangedInBothSpellings is the conflict of 4.10.
func TestGoodsAreChangedInBothSpellings(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.voucherStock(singleItems) // a and b
	for i, c := range []struct {
		body object
		want string
	}{
		{object{"add_goods_id_list": []string{"c"}}, "[a b c]"},
		{object{"add_goods_id_list": "d,e"}, "[a b c d e]"},
		{object{"delete_goods_id_list": []string{"a"}}, "[b c d e]"},
		{object{"Delete_goods_id_list": "b,c"}, "[d e]"},
		{object{"Delete_goods_id_list": []string{"d"}, "add_goods_id_list": "d"}, "[e d]"},
		{object{"add_goods_id_list": "d"}, "[e d]"},
	} {
		f.advance(time.Second)
		c.body["stock_creator_mchid"] = string(alice)
		got := f.post(alice, pathVoucherStocks+"/"+stock+"/modify-goods-id", c.body)
		at := fmt.Sprintf("2026-12-05T12:00:%02d+08:00", i+1)
		if got.status != 200 || got.json["pause_time"] != at || got.json["effect_time"] != at || got.json["stock_id"] != stock {
			t.Errorf("%v: %s", c.body, got.body)
		}
		if items := f.get(alice, pathVoucherStocks+"/"+stock+"/items"+pageQuery(alice, "offset=0&limit=100")); fmt.Sprint(items.json["data"]) != c.want {
			t.Errorf("%v: goods %s, want %s", c.body, items.body, c.want)
		}
	}
	for _, list := range []any{"", 5, []int{1}, "a,", strings.Repeat("x,", 51) + "x"} {
		f.post(alice, pathVoucherStocks+"/"+stock+"/modify-goods-id", object{"stock_creator_mchid": string(alice), "add_goods_id_list": list}).expect(t, 400, "PARAM_ERROR")
	}
}

// TestOnlyOrdinaryMerchantsChangeGoods is the role of 4.10.
func TestOnlyOrdinaryMerchantsChangeGoods(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := set(f.voucherBody(), string(provider), "belong_merchant")
	singleItems(body)
	stock := text(f.post(provider, pathVoucherCreate, body).json["stock_id"])
	creator := object{"stock_creator_mchid": string(provider)}
	f.post(provider, pathVoucherStocks+"/"+stock+"/start", creator).expect(t, 200, "")
	f.post(provider, pathVoucherStocks+"/"+stock+"/modify-goods-id", set(creator, []string{"c"}, "add_goods_id_list")).expect(t, 403, "REQUEST_BLOCKED")
}

// TestPathsThatWereNeverPublicAreUnknown is chapter 2.
func TestPathsThatWereNeverPublicAreUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.plannedStock(nil)
	for _, path := range []string{"/modify-merchants", "/max-amount-modify"} {
		f.post(alice, pathVoucherStocks+"/"+stock+path, object{}).expect(t, 404, "")
	}
	for _, path := range []string{"nocash-stocks", "nocash-singleitem-stocks", "platform-favor"} {
		f.post(alice, "/v3/marketing/favor/"+path, object{}).expect(t, 404, "")
	}
	f.post(alice, pathVoucherStocks+"/"+stock, object{}).expect(t, 405, "")
}
