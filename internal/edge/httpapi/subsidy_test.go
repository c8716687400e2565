package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// TestASubsidyGoesThereAndBack pins every body on the way.
func TestASubsidyGoesThereAndBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock, code := f.usedCoupon()
	paid := f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), 500, "amount"))
	receipt := text(paid.at("subsidy_receipt_id"))
	golden(t, "subsidy_paid", paid, stock, code, receipt)
	if f.balance(alice) != funds-500 || f.balance(shop) != 500 {
		t.Errorf("alice has %d, the shop %d", f.balance(alice), f.balance(shop))
	}
	f.advance(time.Hour)
	returned := f.post(alice, pathReturns, set(f.subsidyReturnBody(stock, code), 200, "amount"))
	back := text(returned.at("subsidy_return_receipt_id"))
	golden(t, "subsidy_returned", returned, stock, code, receipt, back)
	golden(t, "subsidy_partial", f.get(alice, pathSubsidies+"/"+receipt), stock, code, receipt)
	f.post(alice, pathReturns, set(f.subsidyReturnBody(stock, code), 300, "amount")).expect(t, 200, "")
	if got := f.get(alice, pathSubsidies+"/"+receipt); got.at("status") != "PAY_RECEIPT_FULL_RETURN" {
		t.Errorf("status %v", got.at("status"))
	}
	if f.balance(alice) != funds || f.balance(shop) != 0 {
		t.Errorf("alice has %d, the shop %d", f.balance(alice), f.balance(shop))
	}
	// Neither touches the coupon (12.3).
	if got := f.shown(code); got["coupon_state"] != "USED" {
		t.Errorf("the coupon is %v", got)
	}
	if again := f.get(alice, pathReturns+"/"+back); again.body != returned.body {
		t.Errorf("B24 shows %s, B23 said %s", again.body, returned.body)
	}
}

// TestAFailedSubsidyIsAnAnswer has each reason of a transfer that was refused.
func TestAFailedSubsidyIsAnAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock, code := f.usedCoupon()
	fail := func(reason string, body object) {
		t.Helper()
		got := f.post(alice, pathSubsidies, body)
		if got.status != http.StatusOK || got.at("status") != "PAY_RECEIPT_FAIL" || got.at("fail_reason") != "PAY_RECEIPT_"+reason {
			t.Errorf("%s: %d %s", reason, got.status, got.body)
		}
		if _, has := got.json["subsidy_receipt_id"]; has || got.json["success_time"] != nil || got.json["create_time"] == nil {
			t.Errorf("%s: %s", reason, got.body)
		}
	}
	fail("EXCEED_SUBSIDY_AMOUNT_QUOTA", set(f.subsidyBody(stock, code), 501, "amount"))
	f.report(coupon.Order{TransactionID: refundID, Amount: 1000})
	fail("NOT_INCOMESPLIT_ORDER", set(f.subsidyBody(stock, code), refundID, "transaction_id"))
	f.report(coupon.Order{TransactionID: transactionID + "1", Amount: 1000, ProfitSharing: true, Subsidies: coupon.MaxSubsidies})
	fail("EXCEED_SUBSIDY_COUNT_QUOTA", set(f.subsidyBody(stock, code), transactionID+"1", "transaction_id"))
	f.moveAway(alice)
	body := f.subsidyBody(stock, code)
	fail("INSUFFICIENT_BALANCE", body)
	fail("INSUFFICIENT_BALANCE", body) // its repeat
	list := f.get(alice, pathSubsidiesOf(stock, code))
	if entries, _ := list.at("pay_receipt_list").([]any); len(entries) != 4 {
		t.Errorf("%s", list.body)
	}
	one := f.get(alice, pathSubsidiesOf(stock, code)+"&out_subsidy_no="+text(body["out_subsidy_no"]))
	if entries, _ := one.at("pay_receipt_list").([]any); len(entries) != 1 {
		t.Errorf("%s", one.body)
	}
	if f.balance(shop) != 0 {
		t.Errorf("the shop has %d", f.balance(shop))
	}
}

// moveAway takes all the money of a merchant.
func (f *fixture) moveAway(id merchant.ID) {
	f.t.Helper()
	f.openShop()
	from, to := payment.Account{Owner: id, Name: payment.AccountBalance}, payment.Account{Owner: bob, Name: payment.AccountBalance}
	f.write(func(tx store.Tx) error {
		held, err := tx.LockBalances(f.t.Context(), from, to)
		if err != nil {
			return err
		}
		return tx.Post(f.t.Context(), payment.Transfer{From: from, To: to, Amount: held[from], Reference: "away", At: opened()})
	})
}

func TestAReturnWithoutMoneyFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock, code, receipt := f.subsidizedCoupon()
	f.moveAway(shop)
	got := f.post(alice, pathReturns, f.subsidyReturnBody(stock, code))
	if got.status != 200 || got.at("status") != "RETURN_RECEIPT_FAIL" || got.at("fail_reason") != "RETURN_RECEIPT_INSUFFICIENT_BALANCE" ||
		got.at("subsidy_receipt_id") != receipt || got.json["subsidy_return_receipt_id"] != nil || got.json["return_done_time"] != nil {
		t.Errorf("%d %s", got.status, got.body)
	}
	if paid := f.get(alice, pathSubsidies+"/"+receipt); paid.at("status") != "PAY_RECEIPT_SUCCESS" {
		t.Errorf("the payment is %s", paid.body)
	}
}

// TestTheCapOfADiscountFollowsTheOrder: paid 880 fen at 88 % is a discount of 120 (12.2).
func TestTheCapOfADiscountFollowsTheOrder(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) {
		set(o, "DISCOUNT", "stock_type")
		set(o, nil, "coupon_use_rule", "fixed_normal_coupon")
		set(o, object{"discount_percent": 88, "transaction_minimum": 0}, "coupon_use_rule", "discount_coupon")
	})
	code := f.coupon(stock)
	f.post(alice, pathUse, f.useBody(stock, code)).expect(t, 200, "")
	f.report(coupon.Order{TransactionID: transactionID, Amount: 880, ProfitSharing: true})
	for amount, status := range map[int]string{121: "PAY_RECEIPT_FAIL", 120: "PAY_RECEIPT_SUCCESS"} {
		if got := f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), amount, "amount")); got.at("status") != status {
			t.Errorf("%d: %s", amount, got.body)
		}
	}
}

// TestARefundedOrderLetsSubsidiesGoBack: what is known about an order counts.
func TestARefundedOrderLetsSubsidiesGoBack(t *testing.T) {
	t.Parallel()
	f := newStrictFixture(t)
	stock, code := f.usedCoupon()
	f.report(coupon.Order{TransactionID: transactionID, Amount: 1000, ProfitSharing: true})
	f.post(alice, pathSubsidies, f.subsidyBody(stock, code)).expect(t, 200, "")
	f.post(alice, pathReturns, f.subsidyReturnBody(stock, code)).expect(t, 400, "INVALID_REQUEST")
	f.write(func(tx store.Tx) error {
		o, err := tx.LockOrder(f.t.Context(), transactionID)
		if err != nil {
			return err
		}
		o.Refunded = 1
		return tx.UpdateOrder(f.t.Context(), o)
	})
	f.post(alice, pathReturns, f.subsidyReturnBody(stock, code)).expect(t, 200, "")
}

// TestAProviderPaysForItsSubMerchant, and the sub-merchant never for its provider.
func TestAProviderPaysForItsSubMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.openShop()
	f.write(func(tx store.Tx) error {
		m, err := tx.Merchant(t.Context(), sub)
		if err != nil {
			return err
		}
		m.Permissions = merchant.AllPermissions()
		return tx.UpdateMerchant(t.Context(), m)
	})
	created := f.post(provider, pathStocks, set(f.stockBody(), string(sub), "belong_merchant"))
	stock := text(created.json["stock_id"])
	code := text(f.post(provider, pathSend, set(f.sendBody(stock), subApp, "appid")).at("send_coupon_result", "coupon_code"))
	f.post(provider, pathUse, set(f.useBody(stock, code), subApp, "appid")).expect(t, 200, "")
	pay := func(as, payer, payee merchant.ID) reply {
		body := f.subsidyBody(stock, code)
		return f.post(as, pathSubsidies, set(set(body, string(payer), "payer_merchant"), string(payee), "payee_merchant"))
	}
	pay(sub, provider, sub).expect(t, 403, "NO_AUTH")
	pay(provider, alice, sub).expect(t, 403, "NO_AUTH")
	pay(alice, alice, sub).expect(t, 403, "NO_AUTH")
	if got := pay(provider, provider, sub); got.at("fail_reason") != "PAY_RECEIPT_INSUFFICIENT_BALANCE" {
		t.Errorf("the provider has no money: %s", got.body)
	}
	for _, as := range []merchant.ID{provider, sub} {
		f.get(as, pathSubsidiesOf(stock, code)).expect(t, 200, "")
	}
}

func TestEveryLimitOfASubsidyHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock, code := f.usedCoupon()
	_, paidCode, _ := f.subsidizedCoupon()
	long := func(n int) string { return strings.Repeat("1", n) }
	const ok, bad, no = 200, 400, 404
	for _, c := range []struct {
		target string
		field  string
		value  any
		want   int
	}{
		{pathSubsidies, "amount", nil, bad},
		{pathSubsidies, "amount", -1, bad},
		{pathSubsidies, "amount", 0, bad},
		{pathSubsidies, "amount", 1, ok},
		{pathSubsidies, "amount", 500000, ok}, // an answer, though no success
		{pathSubsidies, "amount", 500001, bad},
		{pathSubsidies, "amount", 1.5, bad},
		{pathSubsidies, "amount", "1", bad},
		{pathSubsidies, "transaction_id", long(27), bad},
		{pathSubsidies, "transaction_id", long(28), ok},
		{pathSubsidies, "transaction_id", long(32), ok},
		{pathSubsidies, "transaction_id", long(33), bad},
		{pathSubsidies, "coupon_code", "", bad},
		{pathSubsidies, "coupon_code", long(128), no},
		{pathSubsidies, "coupon_code", long(129), bad},
		{pathSubsidies, "stock_id", long(21), bad},
		{pathSubsidies, "description", "", bad},
		{pathSubsidies, "description", strings.Repeat("补", 1024), ok},
		{pathSubsidies, "description", strings.Repeat("补", 1025), bad},
		{pathSubsidies, "out_subsidy_no", "", bad},
		{pathSubsidies, "out_subsidy_no", long(128), ok},
		{pathSubsidies, "out_subsidy_no", long(129), bad},
		{pathSubsidies, "out_subsidy_no", "a b", bad},
		{pathSubsidies, "payer_merchant", nil, bad},
		{pathSubsidies, "payee_merchant", long(33), bad},
		{pathReturns, "amount", 0, bad},
		{pathReturns, "amount", 1, ok},
		{pathReturns, "amount", 500001, bad},
		{pathReturns, "refund_id", long(27), bad},
		{pathReturns, "refund_id", long(32), ok},
		{pathReturns, "refund_id", long(33), bad},
		{pathReturns, "transaction_id", long(27), bad},
		{pathReturns, "description", nil, bad},
		{pathReturns, "out_subsidy_return_no", nil, bad},
		{pathReturns, "out_subsidy_return_no", long(129), bad},
	} {
		body := set(f.subsidyBody(stock, code), 1, "amount")
		if c.target == pathReturns {
			body = set(f.subsidyReturnBody(f.stockOf(paidCode), paidCode), 1, "amount")
		}
		got := f.post(alice, c.target, set(body, c.value, c.field))
		if got.status != c.want || got.status == bad && got.code() != "PARAM_ERROR" {
			t.Errorf("%s with %s = %v: %d %s, want %d", c.target, c.field, c.value, got.status, got.body, c.want)
		}
	}
	for query, want := range map[string]int{
		"stock_id=" + stock: bad, "coupon_code=" + code: bad, "stock_id=" + stock + "&coupon_code=" + code + "&out_subsidy_no=": bad,
		"stock_id=" + stock + "&coupon_code=" + code + "&out_subsidy_no=none": ok,
	} {
		if got := f.get(alice, pathSubsidies+"?"+query); got.status != want {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

// stockOf is the stock of a coupon of alice's.
func (f *fixture) stockOf(code string) string {
	f.t.Helper()
	return text(f.get(alice, pathCoupon(openID, code, aliceApp)).json["stock_id"])
}

// TestARefusedSubsidyChangesNothing compares money, receipts and the trail.
func TestARefusedSubsidyChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock, code, receipt := f.subsidizedCoupon()
	look := func() string {
		return fmt.Sprint(f.balance(alice), f.balance(shop), f.trail(), f.get(alice, pathSubsidiesOf(stock, code)).body, f.get(alice, pathSubsidies+"/"+receipt).body)
	}
	before := look()
	for _, refused := range []reply{
		f.post(bob, pathSubsidies, f.subsidyBody(stock, code)),
		f.post(provider, pathSubsidies, f.subsidyBody(stock, code)),
		f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), string(bob), "payee_merchant")),
		f.post(alice, pathSubsidies, set(f.subsidyBody(stock, code), 500001, "amount")),
		f.post(alice, pathReturns, set(f.subsidyReturnBody(stock, code), 101, "amount")),
		f.post(alice, pathReturns, set(f.subsidyReturnBody(stock, code), refundID, "transaction_id")),
	} {
		if refused.status < 400 || refused.status >= 500 {
			t.Errorf("%d %s", refused.status, refused.body)
		}
	}
	if after := look(); after != before {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
}

func TestACardIsAnsweredWithItsCode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.registerCard(alice, aliceApp)
	body := f.cardBody()
	sent := f.post(alice, pathCard, body)
	code := text(sent.json["card_code"])
	if sent.status != 200 || len(code) != 12 || len(sent.json) != 1 {
		t.Fatalf("%d %s", sent.status, sent.body)
	}
	f.advance(48 * time.Hour)
	if again := f.post(alice, pathCard, body); again.body != sent.body {
		t.Errorf("the repeat: %d %s", again.status, again.body)
	}
	for field, values := range map[string][]any{
		"appid": {nil, "", strings.Repeat("x", 19)}, "openid": {nil, strings.Repeat("x", 29)},
		"out_request_no": {nil, "", strings.Repeat("x", 33), "a b"}, "send_time": {nil, "", "yesterday", 1},
		"card_id": {cardID}, // in the body, too
	} {
		for _, value := range values {
			if got := f.post(alice, pathCard, set(f.cardBody(), value, field)); got.status != 400 || got.code() != "PARAM_ERROR" {
				t.Errorf("%s = %v: %d %s", field, value, got.status, got.body)
			}
		}
	}
	if got := f.post(alice, "/v3/marketing/busifavor/coupons/"+strings.Repeat("x", 29)+"/send", f.cardBody()); got.code() != "PARAM_ERROR" {
		t.Errorf("a long card id: %s", got.body)
	}
}
