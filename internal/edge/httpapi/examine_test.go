package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
)

// drafts are stocks that are wrong in several ways, with the fields at fault in their order.
func (f *fixture) drafts() map[string]struct {
	product merchant.Product
	body    object
	fields  []string
} {
	available := []string{"coupon_use_rule", "coupon_available_time"}
	at := func(name string) string { return "coupon_use_rule.coupon_available_time." + name }
	several := set(set(f.stockBody(), "2025-01-01T00:00:00+08:00", append(available, "available_end_time")...), 3, append(available, "wait_days_after_receive")...)
	wrong := set(set(f.stockBody(), "一二三四五六七八九十一二三四五六七八九十一二", "stock_name"), nil, "goods_name")
	vouchers := set(set(f.voucherBody(), 3, "stock_use_rule", "max_coupons"), "a_b", "stock_name")
	past := set(set(f.voucherBody(), "2025-01-02T00:00:00+08:00", "available_begin_time"), "2025-01-01T00:00:00+08:00", "available_end_time")
	return map[string]struct {
		product merchant.Product
		body    object
		fields  []string
	}{
		"times":    {merchant.Favor, past, []string{"available_begin_time", "available_end_time"}},
		"rules":    {merchant.BusiFavor, several, []string{at("available_end_time"), at("available_day_after_receive"), at("available_end_time")}},
		"values":   {merchant.BusiFavor, wrong, []string{"stock_name", "goods_name"}},
		"another":  {merchant.BusiFavor, set(f.stockBody(), string(bob), "belong_merchant"), []string{"belong_merchant"}},
		"vouchers": {merchant.Favor, vouchers, []string{"stock_name", "stock_use_rule.max_coupons", "stock_use_rule.max_amount"}},
		"nothing": {merchant.Favor, object{"belong_merchant": string(alice)}, []string{
			"stock_name", "available_begin_time", "available_end_time", "stock_use_rule", "coupon_use_rule", "no_cash", "stock_type", "out_request_no",
		}},
	}
}

// TestADraftIsToldAllThatStandsAgainstIt compares the first problem of a draft with what the signed
// call answers, and looks that the others are there.
func TestADraftIsToldAllThatStandsAgainstIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	paths := map[merchant.Product]string{merchant.BusiFavor: pathStocks, merchant.Favor: pathVoucherCreate}
	for name, d := range f.drafts() {
		body := f.encode(d.body)
		got, err := f.acting.Examine(t.Context(), httpapi.Draft{MchID: alice, Product: d.product, Body: []byte(body)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var fields []string
		for _, p := range got.Problems {
			fields = append(fields, p.Field)
			if p.Text.ZH == "" || p.Text.EN == "" {
				t.Errorf("%s: %s is not explained: %+v", name, p.Field, p)
			}
		}
		if !slices.Equal(fields, d.fields) {
			t.Errorf("%s: fields %q, want %q", name, fields, d.fields)
			continue
		}
		answered := f.send(request{as: alice, method: http.MethodPost, target: paths[d.product], body: body})
		first := got.Problems[0]
		if answered.status != first.Status || answered.code() != first.Code || answered.message() != first.Message {
			t.Errorf("%s: the call answers %d %s, the draft says %+v", name, answered.status, answered.body, first)
		}
	}
}

func TestADraftWithoutProblemsIsNotAStock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := f.encode(f.stockBody())
	for range 2 {
		got, err := f.acting.Examine(t.Context(), httpapi.Draft{MchID: alice, Product: merchant.BusiFavor, Body: []byte(body)})
		if err != nil || len(got.Problems) > 0 || got.MerchantName == "" || got.Coupon.Name == "" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if made := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: body}); made.status != http.StatusOK {
		t.Errorf("it cannot be created afterwards: %d %s", made.status, made.body)
	}
	if _, err := f.acting.Examine(t.Context(), httpapi.Draft{MchID: alice, Product: merchant.Favor, Body: []byte(`{"a"`)}); err == nil {
		t.Error("what is no JSON is taken")
	}
}
