package httpapi_test

import (
	"net/http"
	"net/url"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

func pathBudget(stock string) string { return pathStocks + "/" + stock + "/budget" }

func pathCodes(stock string) string { return pathStocks + "/" + stock + "/couponcodes" }

func pathCode(stock, code string) string { return pathCodes(stock) + "/" + url.PathEscape(code) }

func (f *fixture) patch(as merchant.ID, target string, body any) reply {
	f.t.Helper()
	return f.send(request{as: as, method: http.MethodPatch, target: target, body: f.encode(body)})
}

func (f *fixture) remove(as merchant.ID, target string) reply {
	f.t.Helper()
	return f.send(request{as: as, method: http.MethodDelete, target: target})
}

// pool creates a stock of alice with uploaded codes.
func (f *fixture) pool(codes ...string) string {
	f.t.Helper()
	stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_UPLOAD" })
	if len(codes) > 0 {
		if got := f.upload(stock, codes...); got.status != http.StatusOK {
			f.t.Fatalf("upload: %d %s", got.status, got.body)
		}
	}
	return stock
}

func (f *fixture) upload(stock string, codes ...string) reply {
	f.t.Helper()
	return f.post(alice, pathCodes(stock), f.uploadBody(codes...))
}

func (f *fixture) uploadBody(codes ...string) object {
	return object{"coupon_code_list": codes, "upload_request_no": f.number()}
}

func (f *fixture) modifyBody(value any, path ...string) object {
	return set(object{"out_request_no": f.number()}, value, path...)
}

func (f *fixture) budgetBody(target, current any) object {
	return object{"target_max_coupons": target, "current_max_coupons": current, "modify_budget_request_no": f.number()}
}

func (f *fixture) deletion(stock, code string) string {
	return pathCode(stock, code) + "?delete_request_no=" + f.number()
}

func stockChangeSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.ModifyStock: func(f *fixture) request {
				return request{as: alice, method: http.MethodPatch, target: pathStocks + "/" + f.stock(nil), body: f.encode(f.modifyBody("新备注", "comment"))}
			},
			busifavor.SetBudget: func(f *fixture) request {
				return request{as: alice, method: http.MethodPatch, target: pathBudget(f.stock(nil)), body: f.encode(f.budgetBody(200, 100))}
			},
		},
		malformed: map[string]string{
			busifavor.ModifyStock: "输入源“/body/out_request_no”映射到字段“商户请求单号”必填性规则校验失败，此字段为必填项",
			busifavor.SetBudget:   "输入源“/body/modify_budget_request_no”映射到字段“修改预算请求单据号”必填性规则校验失败，此字段为必填项",
		},
		scenarios: map[string][]scenario{
			busifavor.ModifyStock: modifyScenarios(),
			busifavor.SetBudget:   budgetScenarios(),
		},
	}
}

const (
	textRepeated = "请求重入时，参数与首次请求时不一致"
	textEnded    = "批次已停止或已过期，不能修改"
	textMode     = "发券模式不合法"
	textForeign  = "无权限"
	textUnknown  = "查询的资源不存在"
	unknownStock = "1000000000000000"
)

func modifyScenarios() []scenario {
	modify := func(f *fixture, as merchant.ID, value any, path ...string) reply {
		return f.patch(as, pathStocks+"/"+f.stock(nil), f.modifyBody(value, path...))
	}
	return []scenario{
		{400, "INVALID_REQUEST", textEnded, func(f *fixture) reply {
			stock := f.stock(nil)
			f.setStockState(stock, coupon.StockStopped)
			return f.patch(alice, pathStocks+"/"+stock, f.modifyBody("x", "comment"))
		}},
		{400, "INVALID_REQUEST", "营销补贴开启后不能关闭", func(f *fixture) reply {
			stock := f.stock(func(o object) { o["subsidy"] = true })
			return f.patch(alice, pathStocks+"/"+stock, f.modifyBody(false, "subsidy"))
		}},
		{400, "INVALID_REQUEST", textRepeated, func(f *fixture) reply {
			stock, body := f.stock(nil), f.modifyBody("一", "comment")
			f.patch(alice, pathStocks+"/"+stock, body)
			return f.patch(alice, pathStocks+"/"+stock, set(body, "二", "comment"))
		}},
		{400, "PARAM_ERROR", "非法敏感图片", func(f *fixture) reply {
			return modify(f, alice, "https://example.com/x.png", "display_pattern_info", "coupon_image_url")
		}},
		{400, "APPID_MCHID_NOT_MATCH", "传入的小程序appid或商户appid，必须与调用方商户号存在关联关系", func(f *fixture) reply {
			return modify(f, alice, bobApp, "notify_config", "notify_appid")
		}},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return modify(f, bob, "x", "comment") }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply {
			return f.patch(alice, pathStocks+"/"+unknownStock, f.modifyBody("x", "comment"))
		}},
	}
}

func budgetScenarios() []scenario {
	budget := func(f *fixture, as merchant.ID, target, current int) reply {
		stock := f.stock(nil)
		f.coupon(stock)
		f.coupon(stock)
		return f.patch(as, pathBudget(stock), f.budgetBody(target, current))
	}
	return []scenario{
		{400, "PARAM_ERROR", "目标批次最大发放个数与目标单天发放上限个数必须且只能填写一个", func(f *fixture) reply { return budget(f, alice, 0, 100) }},
		{400, "INVALID_REQUEST", "批次库存的当前值错误，请获取批次详情查看最新值", func(f *fixture) reply { return budget(f, alice, 200, 99) }},
		{400, "INVALID_REQUEST", "目标批次最大发放个数不能小于已发放个数", func(f *fixture) reply { return budget(f, alice, 1, 100) }},
		{400, "INVALID_REQUEST", textEnded, func(f *fixture) reply {
			stock := f.stock(nil)
			f.advance(26*24*time.Hour + 12*time.Hour) // 2027-01-01 00:00:00
			return f.patch(alice, pathBudget(stock), f.budgetBody(200, 100))
		}},
		{400, "INVALID_REQUEST", textRepeated, func(f *fixture) reply {
			stock, body := f.stock(nil), f.budgetBody(200, 100)
			f.patch(alice, pathBudget(stock), body)
			return f.patch(alice, pathBudget(stock), set(body, 300, "target_max_coupons"))
		}},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return budget(f, bob, 200, 100) }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply {
			return f.patch(alice, pathBudget(unknownStock), f.budgetBody(200, 100))
		}},
	}
}
