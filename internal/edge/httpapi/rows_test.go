package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
)

// row is one input on which programs and papers differed from the server, and what is right.
type row struct {
	name string
	try  func(t *testing.T, f *fixture)
}

// TestTheRowsOfTheWire walks the list of inputs on which clients that were tuned to the real service,
// and the documents, found the server wrong. Row 2, how often a callback is repeated, is
// platform/notify's; rows 8 and 23, what callbacks say, are tried with the command line. Other
// inputs of the same kinds have tests of their own.
func TestTheRowsOfTheWire(t *testing.T) {
	t.Parallel()
	for _, r := range append(append(rowsOfRequests(), rowsOfErrors()...), rowsOfAnswers()...) {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.try(t, newFixture(t))
		})
	}
}

// has fails unless an answer has a status, and texts in its body.
func (r reply) has(t *testing.T, status int, texts ...string) {
	t.Helper()
	for _, want := range append(texts, "") {
		if r.status != status || !strings.Contains(r.body, want) {
			t.Errorf("%d %s, want %d with %s", r.status, r.body, status, want)
		}
	}
}

// rowsOfRequests are about what is taken and what is not.
func rowsOfRequests() []row {
	return []row{
		{"row 01: a callback URL may lack a path, and is echoed as it was sent", func(t *testing.T, f *fixture) {
			const url = "https://pay.weixin.qq.com"
			for _, target := range []string{"/v3/marketing/busifavor/callbacks", pathVoucherCallbacks} {
				f.post(alice, target, object{"mchid": string(alice), "notify_url": url}).has(t, 200, `"notify_url":"`+url+`"`)
				f.post(alice, target, object{"mchid": string(alice), "notify_url": url + "/?a=1"}).has(t, 400)
			}
		}},
		{"row 07: a meta part with a file name is not the meta, so that nothing was signed", rowMeta},
		{"row 10: a character beyond the BMP is one like any other", func(t *testing.T, f *fixture) {
			f.post(alice, pathStocks, set(f.stockBody(), "𠮷野家🎁券", "stock_name")).has(t, 200)
			f.post(alice, pathVoucherCreate, set(f.voucherBody(), "𠮷野家券", "stock_name")).has(t, 200)
		}},
		{"row 11: a voucher may begin in this second, and not in the one before", func(t *testing.T, f *fixture) {
			f.post(alice, pathVoucherCreate, set(f.voucherBody(), "2026-12-05T12:00:00+08:00", "available_begin_time")).has(t, 200)
			for _, past := range []string{"2026-12-05T11:59:59+08:00", "2026-12-05T11:59:00+08:00"} {
				f.post(alice, pathVoucherCreate, set(f.voucherBody(), past, "available_begin_time")).has(t, 403, "REQUEST_BLOCKED")
			}
		}},
		{"row 12: a name is one line that shows something", func(t *testing.T, f *fixture) {
			for _, bad := range []string{"a\nb", "a\tb", "a\x00b", "\u200b", "   "} {
				f.post(alice, pathStocks, set(f.stockBody(), bad, "stock_name")).has(t, 400, "PARAM_ERROR")
				f.post(alice, pathVoucherCreate, set(f.voucherBody(), bad, "stock_name")).has(t, 400, "PARAM_ERROR")
			}
			f.post(alice, pathVoucherCreate, set(f.voucherBody(), "测试券", "stock_name")).has(t, 403, "REQUEST_BLOCKED")
		}},
		{"row 14: a partner by APPID reads the stock and its merchants", func(t *testing.T, f *fixture) {
			stock := f.voucherStock(nil)
			f.send(f.keyed(alice, pathBuild, object{
				"partner": object{"type": "APPID", "appid": bobApp}, "authorized_data": object{"business_type": "FAVOR_STOCK", "stock_id": stock},
			})).has(t, 200)
			f.get(bob, pathVoucherStocks+"/"+stock+stockQuery(alice)).has(t, 200)
			f.get(bob, pathVoucherStocks+"/"+stock+"/merchants"+pageQuery(alice, "offset=0&limit=1")).has(t, 200)
		}},
		{"row 17: goods off a whole order, in both lists, and cards without a bank", func(t *testing.T, f *fixture) {
			off := func(o object) { set(o, []string{"wine"}, "coupon_use_rule", "unavailable_items") }
			body := f.payBody(order(func(o object) {
				o["total"] = 2100
				o["goods_detail"] = []object{{"goods_id": "wine", "quantity": 1, "price": 2000}}
			}), f.voucher(f.voucherStock(off)))
			f.post(alice, pathPayments, body).has(t, 403, "未达到代金券的使用门槛")
			both := set(f.voucherBody(), []string{"a", "b"}, "coupon_use_rule", "available_items")
			set(both, []string{"b"}, "coupon_use_rule", "unavailable_items")
			f.post(alice, pathVoucherCreate, both).has(t, 400, "INVALID_REQUEST")
			card := object{"name": "招行", "bin": []string{"622848"}}
			f.post(alice, pathVoucherCreate, set(f.voucherBody(), card, "coupon_use_rule", "limit_card")).has(t, 400, "INVALID_REQUEST")
		}},
	}
}

// rowMeta is row 7.
func rowMeta(t *testing.T, f *fixture) {
	t.Helper()
	file := pngFile(t)
	meta := metaOf(file, "")
	named := strings.Replace(metaPart(meta), `name="meta";`, `name="meta"; filename="meta.json"`, 1)
	parts := named + filePart(string(file)) + "--" + boundary + "--\r\n"
	f.send(f.imageForm(form{parts: &parts, meta: &meta})).has(t, 401, "SIGN_ERROR")
}

// rowsOfErrors are about how a refusal says what is wrong.
func rowsOfErrors() []row {
	amount := []string{"coupon_use_rule", "fixed_normal_coupon", "discount_amount"}
	create := func(f *fixture, value any, path ...string) reply {
		return f.post(alice, pathStocks, set(f.stockBody(), value, path...))
	}
	return []row{
		{"row 03: a number is a number, a length what was measured, all else text", func(t *testing.T, f *fixture) {
			create(f, 0.01, amount...).has(t, 400, `"value":0.01`)
			create(f, "", "stock_name").has(t, 400, `"value":0`)
			create(f, nil, "stock_name").has(t, 400, `"value":""`)
			create(f, "a b", "out_request_no").has(t, 400, `"value":"a b"`)
		}},
		{"row 04: a path parameter is in the uri_template, unreadable JSON nowhere", func(t *testing.T, f *fixture) {
			f.get(alice, pathStocks+"/"+strings.Repeat("1", 21)).has(t, 400, `"location":"uri_template"`)
			f.post(alice, pathStocks, `{"a"`).has(t, 400, `"location":null`)
		}},
		{"row 05: texts are counted in characters, ids in bytes", func(t *testing.T, f *fixture) {
			create(f, strings.Repeat("券", 25), "stock_name").has(t, 400, "字符数 25", `"value":25`)
			create(f, strings.Repeat("x", 129), "out_request_no").has(t, 400, "字节数 129", `"value":129`)
		}},
		{"row 06: a wrong type has the texts of the service", func(t *testing.T, f *fixture) {
			create(f, 1, "coupon_use_rule", "coupon_available_time", "available_week", "week_day").
				has(t, 400, "映射到多重字段“可用星期数”", "此字段需要 JSON 数组对象")
			f.post(alice, pathVoucherCreate, set(f.voucherBody(), 7, "coupon_use_rule", "available_merchants")).has(t, 400, "此字段需要 JSON 数组对象")
			create(f, 5, "goods_name").has(t, 400, "映射到目标字段“适用商品范围”中，此字段需要一个 string 类型的 Json 值")
		}},
		{"row 13: a merchant number with a blank does not exist", func(t *testing.T, f *fixture) {
			r := request{as: alice, method: http.MethodGet, target: listTarget(`{"business_type":"BUSIFAVOR_STOCK"}`, "")}
			r.spoil = func(sent *http.Request) {
				sent.Header.Set("Authorization", strings.Replace(sent.Header.Get("Authorization"), `"1900000001"`, `"1900000001 "`, 1))
			}
			f.send(r).has(t, 401, "商户号不存在")
		}},
		{"row 15: a field that is empty is missed in the product's own words", func(t *testing.T, f *fixture) {
			f.post(alice, pathVoucherCallbacks, object{"mchid": string(alice), "notify_url": ""}).has(t, 400, "回调url不能为空")
			f.post(alice, pathVoucherCallbacks, object{"mchid": "", "notify_url": callbackURL}).has(t, 400, "回调商户不能为空")
			f.get(alice, pathVouchers(openID)+"?appid=").has(t, 400, "appid必填")
		}},
		{"row 16: the broken rule is named once, in Chinese, with the value", func(t *testing.T, f *fixture) {
			got := f.post(alice, pathVoucherCreate, set(f.voucherBody(), 1, "stock_use_rule", "max_coupons"))
			got.has(t, 400, `"issue":"发放总上限须为5到10000000张"`, `"value":1`, `"message":"批次发放规则或核销规则有误，请修改后重试"`)
		}},
		{"row 19: every error of the pages can be injected, in Chinese, without a status", func(t *testing.T, f *fixture) {
			f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.GetStock, Code: "MCH_NOT_EXISTS", Left: 1})
			f.get(alice, pathStocks+"/1").has(t, 400, "MCH_NOT_EXISTS", "商户号不存在")
			f.wrong(sandbox.Fault{Kind: sandbox.FaultError, Subject: busifavor.GetStock, Code: "RULE_LIMITED", Left: 1})
			f.get(alice, pathStocks+"/1").has(t, 400, "RULE_LIMIT")
		}},
	}
}

// rowsOfAnswers are about what a success says.
func rowsOfAnswers() []row {
	return []row{
		{"row 09: a stock that says nothing of subsidies has none", func(t *testing.T, f *fixture) {
			f.get(alice, pathStocks+"/"+f.stock(nil)).has(t, 200, `"subsidy":false`)
		}},
		{"row 18: vouchers that others made and that are usable at the caller are listed", func(t *testing.T, f *fixture) {
			f.shareAppID(bob, aliceApp)
			id := f.voucher(f.voucherStock(func(o object) {
				set(o, []merchant.ID{alice, bob}, "coupon_use_rule", "available_merchants")
			}))
			f.get(bob, pathVouchers(openID)+"?appid="+aliceApp+"&available_mchid="+string(bob)).has(t, 200, id)
		}},
		{"row 20: a 204 names its type and language, and no length", func(t *testing.T, f *fixture) {
			got := f.patch(alice, pathStocks+"/"+f.stock(nil), f.modifyBody("x", "comment"))
			got.has(t, 204)
			h := got.header
			if h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Content-Language") != "zh-CN" || h.Get("Content-Length") != "" {
				t.Errorf("%v", h)
			}
		}},
		{"row 21: an offset of a user's coupons is the number of a page", func(t *testing.T, f *fixture) {
			stock := f.stock(nil)
			var codes []string
			for range 5 {
				codes = append(codes, f.coupon(stock))
			}
			for page, want := range [][]string{{codes[4], codes[3]}, {codes[2], codes[1]}, {codes[0]}} {
				got := f.get(alice, fmt.Sprintf("%s?appid=%s&creator_merchant=%s&limit=2&offset=%d", pathUser(openID), aliceApp, alice, page))
				got.has(t, 200, `"total_count":5`)
				if list, _ := got.json["data"].([]any); len(list) != len(want) {
					t.Errorf("page %d: %s", page, got.body)
				}
				got.has(t, 200, want...)
			}
		}},
		{"row 22: a stock of vouchers has no card_id", func(t *testing.T, f *fixture) {
			got := f.get(alice, pathVoucherStocks+"/"+f.voucherStock(nil)+stockQuery(alice))
			got.has(t, 200, `"stock_id"`)
			if _, has := got.json["card_id"]; has {
				t.Error(got.body)
			}
		}},
	}
}
