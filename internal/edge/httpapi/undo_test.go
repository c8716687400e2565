package httpapi_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
)

// shown returns what B17 tells about what happened to a coupon, and that B16 tells the same.
func (f *fixture) shown(code string) object {
	f.t.Helper()
	one := f.get(alice, pathCoupon(openID, code, aliceApp))
	list := f.get(alice, pathUser(openID)+"?appid="+aliceApp+"&limit=100&creator_merchant="+string(alice))
	if one.status != http.StatusOK || list.status != http.StatusOK {
		f.t.Fatalf("%d %s, %d %s", one.status, one.body, list.status, list.body)
	}
	entries, _ := list.json["data"].([]any)
	for _, entry := range entries {
		if listed := entry.(object); text(listed["coupon_code"]) == code {
			if diff := cmp.Diff(happened(one.json), happened(listed)); diff != "" {
				f.t.Errorf("B16 tells otherwise (-B17 +B16):\n%s", diff)
			}
		}
	}
	return happened(one.json)
}

// happened keeps the fields about what happened to a coupon.
func happened(all object) object {
	kept := object{}
	for name, value := range all {
		for _, prefix := range []string{"coupon_state", "use_", "return_", "deactivate_", "associate_"} {
			if strings.HasPrefix(name, prefix) {
				kept[name] = value
			}
		}
	}
	return kept
}

// TestACouponTellsWhatHappenedToIt is the table of 4.10, state by state.
func TestACouponTellsWhatHappenedToIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	code := f.coupon(stock)
	must := func(target string, body object) {
		t.Helper()
		f.post(alice, target, body).expect(t, http.StatusOK, "")
		f.advance(time.Second)
	}
	want := object{"coupon_state": "SENDED"}
	expect := func(step string, changes object) {
		t.Helper()
		maps.Copy(want, changes)
		maps.DeleteFunc(want, func(_ string, value any) bool { return value == nil })
		if diff := cmp.Diff(want, f.shown(code)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
	}
	expect("never used", object{})
	must(pathAssociate, f.orderBody(stock, code))
	expect("associated", object{"associate_out_trade_no": "MCH_102233445"})
	must(pathUse, set(f.useBody(stock, code), "u1", "use_request_no"))
	expect("used", object{"coupon_state": "USED", "use_request_no": "u1", "use_time": "2026-12-05T12:00:01+08:00"})
	must(pathReturn, set(f.returnBody(stock, code), "r1", "return_request_no"))
	expect("returned", object{
		"coupon_state": "SENDED", "use_request_no": nil, "use_time": nil,
		"return_request_no": "r1", "return_time": "2026-12-05T12:00:02+08:00",
	})
	must(pathUse, set(f.useBody(stock, code), "u2", "use_request_no"))
	expect("used again", object{"coupon_state": "USED", "use_request_no": "u2", "use_time": "2026-12-05T12:00:03+08:00"})
	must(pathReturn, set(f.returnBody(stock, code), "r2", "return_request_no"))
	expect("returned again", object{
		"coupon_state": "SENDED", "use_request_no": nil, "use_time": nil,
		"return_request_no": "r2", "return_time": "2026-12-05T12:00:04+08:00",
	})
	must(pathDisassociate, f.orderBody(stock, code))
	expect("disassociated", object{"associate_out_trade_no": nil})
	must(pathDeactivate, set(set(f.deactivateBody(stock, code), "d1", "deactivate_request_no"), "停止活动", "deactivate_reason"))
	expect("deactivated", object{
		"coupon_state": "DEACTIVATED", "deactivate_request_no": "d1", "deactivate_time": "2026-12-05T12:00:06+08:00", "deactivate_reason": "停止活动",
	})

	// A coupon that was deleted or has expired keeps what it had.
	stock, code = f.usedCoupon()
	before := f.shown(code)
	f.deleteCoupon(stock, code)
	want = before
	expect("deleted", object{"coupon_state": "DELETED"})
	stock, code = f.usedCoupon()
	f.post(alice, pathReturn, set(f.returnBody(stock, code), "r3", "return_request_no")).expect(t, http.StatusOK, "")
	want = f.shown(code)
	f.advance(60 * 24 * time.Hour)
	expect("expired", object{"coupon_state": "EXPIRED"})
}

// TestNothingGivesQuotaBack: neither return nor deactivation nor deletion (5.2).
func TestNothingGivesQuotaBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { set(o, 3, "stock_send_rule", "max_coupons_per_user") })
	used, voided, deleted := f.coupon(stock), f.coupon(stock), f.coupon(stock)
	f.post(alice, pathUse, f.useBody(stock, used)).expect(t, 200, "")
	f.post(alice, pathReturn, f.returnBody(stock, used)).expect(t, 200, "")
	f.post(alice, pathDeactivate, f.deactivateBody(stock, voided)).expect(t, 200, "")
	f.deleteCoupon(stock, deleted)
	f.post(alice, pathSend, f.sendBody(stock)).expect(t, 403, "RULE_LIMIT")
	if n := f.get(alice, pathStocks+"/"+stock).at("send_count_information", "total_send_num"); n != float64(3) {
		t.Errorf("total_send_num %v", n)
	}
	// The deleted one still shows up (B16, real).
	for state, want := range map[string]int{"SENDED": 1, "USED": 0, "EXPIRED": 0, "DELETED": 1, "DEACTIVATED": 1} {
		got := f.get(alice, pathUser(openID)+"?appid="+aliceApp+"&coupon_state="+state+"&creator_merchant="+string(alice))
		if got.json["total_count"] != float64(want) {
			t.Errorf("%s: %s", state, got.body)
		}
	}
}

// TestEveryLimitOfTheChangesHolds walks the bounds of B10 to B14 at, below and above.
func TestEveryLimitOfTheChangesHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { set(o, 100, "stock_send_rule", "max_coupons_per_user") })
	long := func(n int) string { return strings.Repeat("x", n) }
	const ok, bad, no = 200, 400, 404
	for target, c := range map[string]struct {
		body    func(stock, code string) object
		number  string
		missing int // the status for a coupon that does not exist
	}{
		pathUse:          {f.useBody, "use_request_no", no},
		pathReturn:       {f.returnBody, "return_request_no", no},
		pathDeactivate:   {f.deactivateBody, "deactivate_request_no", no},
		pathAssociate:    {f.orderBody, "out_request_no", bad},
		pathDisassociate: {f.orderBody, "out_request_no", bad},
	} {
		body := func() object {
			code := f.coupon(stock)
			switch target {
			case pathReturn:
				f.post(alice, pathUse, f.useBody(stock, code)).expect(t, 200, "")
			case pathDisassociate:
				f.post(alice, pathAssociate, f.orderBody(stock, code)).expect(t, 200, "")
			}
			return c.body(stock, code)
		}
		for _, limit := range []struct {
			field string
			value any
			want  int
		}{
			{c.number, nil, bad},
			{c.number, "", bad},
			{c.number, 1, bad},
			{c.number, "x", ok},
			{c.number, long(128), ok},
			{c.number, long(129), bad},
			{c.number, "a|b_c*d-E", ok},
			{c.number, "a b", bad},
			{c.number, "券", bad},
			{"coupon_code", nil, bad},
			{"coupon_code", "", bad},
			{"coupon_code", long(32), c.missing},
			{"coupon_code", long(33), bad},
			{"stock_id", "", bad},
			{"stock_id", long(20), c.missing},
			{"stock_id", long(21), bad},
		} {
			got := f.post(alice, target, set(body(), limit.value, limit.field))
			if got.status != limit.want {
				t.Errorf("%s with %s = %v: %d %s, want %d", target, limit.field, limit.value, got.status, got.body, limit.want)
			}
		}
	}
}

func TestEveryLimitOfTheRestHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { set(o, 100, "stock_send_rule", "max_coupons_per_user") })
	long := func(n int) string { return strings.Repeat("券", n) }
	const ok, bad = 200, 400
	for _, c := range []struct {
		target string
		body   func(stock, code string) object
		field  string
		value  any
		want   int
	}{
		{pathDeactivate, f.deactivateBody, "deactivate_reason", "", bad},
		{pathDeactivate, f.deactivateBody, "deactivate_reason", nil, ok},
		{pathDeactivate, f.deactivateBody, "deactivate_reason", long(64), ok},
		{pathDeactivate, f.deactivateBody, "deactivate_reason", long(65), bad},
		{pathAssociate, f.orderBody, "out_trade_no", nil, bad},
		{pathAssociate, f.orderBody, "out_trade_no", "", bad},
		{pathAssociate, f.orderBody, "out_trade_no", long(1), ok},
		{pathAssociate, f.orderBody, "out_trade_no", long(128), ok},
		{pathAssociate, f.orderBody, "out_trade_no", long(129), bad},
		{pathReturn, f.returnBody, "stock_id", nil, bad},
		{pathDeactivate, f.deactivateBody, "stock_id", nil, bad},
		{pathAssociate, f.orderBody, "stock_id", nil, bad},
		{pathUse, f.useBody, "use_time", nil, bad},
		{pathUse, f.useBody, "use_time", "", bad},
		{pathUse, f.useBody, "use_time", "2026-12-05", bad},
		{pathUse, f.useBody, "use_time", "2026-12-05T12:00:00Z", ok},
		{pathUse, f.useBody, "use_time", "2026-12-05T12:00:00.123456+08:00", ok},
		{pathUse, f.useBody, "use_time", "2026-12-05T12:00:00.1234567+08:00", bad}, // 33 characters
		{pathUse, f.useBody, "use_time", "1999-01-01T00:00:00+08:00", ok},          // only its form counts
		{pathUse, f.useBody, "use_time", 1795312800, bad},
		{pathUse, f.useBody, "out_trade_no", "MCH_1", ok},
		{pathUse, f.useBody, "out_trade_no", "", bad},
		{pathUse, f.useBody, "mch_id", string(bob), ok},
		{pathUse, f.useBody, "transaction_id", "4200000913202101152566792388", ok},
		{pathUse, f.useBody, "transaction_id", strings.Repeat("4", 33), bad},
		{pathUse, f.useBody, "appid", nil, bad},
		{pathUse, f.useBody, "openid", nil, ok},
		{pathUse, f.useBody, "openid", "", bad},
	} {
		got := f.post(alice, c.target, set(c.body(stock, f.coupon(stock)), c.value, c.field))
		if got.status != c.want || got.status == bad && got.code() != "PARAM_ERROR" {
			t.Errorf("%s with %s = %v: %d %s, want %d", c.target, c.field, c.value, got.status, got.body, c.want)
		}
	}
}

// TestEveryChangeInEveryWrongStateChangesNothing sends each command to coupons in states
// that do not allow it.
func TestEveryChangeInEveryWrongStateChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	fresh := func() (stock, code string) {
		stock = f.stock(nil)
		return stock, f.coupon(stock)
	}
	states := map[coupon.State]func() (stock, code string){
		coupon.StateSent: fresh,
		coupon.StateUsed: f.usedCoupon,
		coupon.StateDeleted: func() (string, string) {
			stock, code := fresh()
			f.deleteCoupon(stock, code)
			return stock, code
		},
		coupon.StateDeactivated: func() (string, string) {
			stock, code := fresh()
			f.post(alice, pathDeactivate, f.deactivateBody(stock, code)).expect(t, 200, "")
			return stock, code
		},
	}
	for target, c := range map[string]struct {
		body func(stock, code string) object
		// wrong are the states that do not allow it.
		wrong []coupon.State
	}{
		pathUse:          {f.useBody, []coupon.State{coupon.StateUsed, coupon.StateDeleted, coupon.StateDeactivated}},
		pathReturn:       {f.returnBody, []coupon.State{coupon.StateSent, coupon.StateDeleted, coupon.StateDeactivated}},
		pathDeactivate:   {f.deactivateBody, []coupon.State{coupon.StateUsed, coupon.StateDeleted, coupon.StateDeactivated}},
		pathAssociate:    {f.orderBody, []coupon.State{coupon.StateUsed, coupon.StateDeleted, coupon.StateDeactivated}},
		pathDisassociate: {f.orderBody, []coupon.State{coupon.StateSent, coupon.StateUsed, coupon.StateDeleted, coupon.StateDeactivated}},
	} {
		for _, state := range c.wrong {
			stock, code := states[state]()
			before, trail := f.shown(code), f.trail()
			if before["coupon_state"] != string(state) {
				t.Fatalf("the coupon is %v, want %s", before, state)
			}
			got := f.post(alice, target, c.body(stock, code))
			if got.status != 400 && got.status != 404 {
				t.Errorf("%s of a %s coupon: %d %s", target, state, got.status, got.body)
			}
			if diff := cmp.Diff(before, f.shown(code)); diff != "" || f.trail() != trail {
				t.Errorf("%s of a %s coupon changed something:\n%s", target, state, diff)
			}
		}
	}
}

func TestCodesOfMerchantsSurviveEveryChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
	const code = `A/B C|1=_\x`
	f.post(alice, pathSend, set(f.sendBody(stock), code, "coupon_code")).expect(t, 200, "")
	for _, step := range []struct {
		target string
		body   object
	}{
		{pathAssociate, f.orderBody(stock, code)},
		{pathDisassociate, f.orderBody(stock, code)},
		{pathUse, f.useBody(stock, code)},
		{pathReturn, f.returnBody(stock, code)},
		{pathDeactivate, f.deactivateBody(stock, code)},
	} {
		first := f.post(alice, step.target, step.body)
		first.expect(t, 200, "")
		f.advance(time.Second)
		// A late repeat of a use that was returned since is the one that is refused.
		if again := f.post(alice, step.target, step.body); again.body != first.body {
			t.Errorf("%s: first %s, then %s", step.target, first.body, again.body)
		}
	}
}

// TestOnlyThePartiesChangeACoupon asks as everybody else, with every change.
func TestOnlyThePartiesChangeACoupon(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created := f.post(provider, pathStocks, set(f.stockBody(), string(sub), "belong_merchant"))
	stock := text(created.json["stock_id"])
	sent := f.post(provider, pathSend, set(f.sendBody(stock), subApp, "appid"))
	code := text(sent.at("send_coupon_result", "coupon_code"))
	f.post(provider, pathUse, set(f.useBody(stock, code), subApp, "appid")).expect(t, 200, "")
	f.post(sub, pathReturn, f.returnBody(stock, code)).expect(t, 403, "NO_AUTH")
	f.post(alice, pathReturn, f.returnBody(stock, code)).expect(t, 403, "NO_AUTH")
	f.post(provider, pathReturn, f.returnBody(stock, code)).expect(t, 200, "")
	f.post(alice, pathAssociate, f.orderBody(stock, code)).expect(t, 403, "NO_AUTH")
	f.post(sub, pathAssociate, f.orderBody(stock, code)).expect(t, 200, "")
	f.post(provider, pathDisassociate, f.orderBody(stock, code)).expect(t, 200, "")
	f.post(sub, pathDeactivate, f.deactivateBody(stock, code)).expect(t, 403, "NO_AUTH")
	f.post(provider, pathDeactivate, f.deactivateBody(stock, code)).expect(t, 200, "")
	if states := slices.Collect(maps.Keys(happened(f.get(sub, pathCoupon(openID, code, subApp)).json))); len(states) != 5 {
		t.Errorf("the belong merchant sees %v", states)
	}
}
