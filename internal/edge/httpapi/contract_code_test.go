package httpapi_test

import (
	"net/http"
	"strings"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

func codeSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.UploadCodes: func(f *fixture) request {
				return request{as: alice, method: http.MethodPost, target: pathCodes(f.pool()), body: f.encode(f.uploadBody("A"))}
			},
			busifavor.ListCodes: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathCodes(f.pool("A"))}
			},
			busifavor.GetCode: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathCode(f.pool("A/B"), "A/B")}
			},
			busifavor.DeleteCode: func(f *fixture) request {
				return request{as: alice, method: http.MethodDelete, target: f.deletion(f.pool("A|B"), "A|B")}
			},
		},
		malformed: map[string]string{
			busifavor.UploadCodes: "输入源“/body/coupon_code_list”映射到字段“券code列表”必填性规则校验失败，此字段为必填项",
			busifavor.ListCodes:   "输入源“/query/status”映射到值字段“code状态”字符串规则校验失败，字符串必须是以下取值之一：“AVAILABLE”、“DISPATCHED”",
			busifavor.GetCode:     "输入源“/uri_template/coupon_code”映射到值字段“券code”字符串规则校验失败，字节数 33，大于最大值 32",
			busifavor.DeleteCode:  "输入源“/query/delete_request_no”映射到字段“删除请求单据号”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			busifavor.ListCodes:  func(f *fixture) reply { return f.get(alice, pathCodes(f.pool())+"?status=SENDED") },
			busifavor.GetCode:    func(f *fixture) reply { return f.get(alice, pathCode(f.pool(), strings.Repeat("x", 33))) },
			busifavor.DeleteCode: func(f *fixture) reply { return f.remove(alice, pathCode(f.pool(), "A")) },
		},
		scenarios: map[string][]scenario{
			busifavor.UploadCodes: uploadScenarios(),
			busifavor.ListCodes:   listCodesScenarios(),
			busifavor.GetCode:     getCodeScenarios(),
			busifavor.DeleteCode:  deleteCodeScenarios(),
		},
	}
}

func uploadScenarios() []scenario {
	upload := func(f *fixture, as merchant.ID, stock string) reply {
		return f.post(as, pathCodes(stock), f.uploadBody("A"))
	}
	return []scenario{
		{400, "INVALID_REQUEST", textMode, func(f *fixture) reply { return upload(f, alice, f.stock(nil)) }},
		{400, "INVALID_REQUEST", "上传的自定义code已达上限", func(f *fixture) reply {
			return f.upload(f.stock(func(o object) {
				set(set(o, "MERCHANT_UPLOAD", "coupon_code_mode"), 2, "stock_send_rule", "max_coupons")
			}), "A", "B", "C")
		}},
		{400, "INVALID_REQUEST", textRepeated, func(f *fixture) reply {
			stock, body := f.pool(), f.uploadBody("A", "B")
			f.post(alice, pathCodes(stock), body)
			return f.post(alice, pathCodes(stock), set(body, []string{"A", "C"}, "coupon_code_list"))
		}},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return upload(f, bob, f.pool()) }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply { return upload(f, alice, unknownStock) }},
	}
}

func listCodesScenarios() []scenario {
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return f.get(alice, pathCodes(f.pool())+"?appid="+bobApp) }},
		{400, "INVALID_REQUEST", textMode, func(f *fixture) reply { return f.get(alice, pathCodes(f.stock(nil))) }},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return f.get(bob, pathCodes(f.pool())) }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply { return f.get(alice, pathCodes(unknownStock)) }},
	}
}

func getCodeScenarios() []scenario {
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return f.get(alice, pathCode(f.pool("A"), "A")+"?appid="+bobApp) }},
		{400, "INVALID_REQUEST", textMode, func(f *fixture) reply { return f.get(alice, pathCode(f.stock(nil), "A")) }},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return f.get(bob, pathCode(f.pool("A"), "A")) }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply { return f.get(alice, pathCode(f.pool("A"), "B")) }},
	}
}

func deleteCodeScenarios() []scenario {
	return []scenario{
		{400, "INVALID_REQUEST", "券code已被领取，无法删除", func(f *fixture) reply {
			stock := f.pool("A")
			f.coupon(stock)
			return f.remove(alice, f.deletion(stock, "A"))
		}},
		{400, "INVALID_REQUEST", textRepeated, func(f *fixture) reply {
			stock := f.pool("A", "B")
			f.remove(alice, pathCode(stock, "A")+"?delete_request_no=once")
			return f.remove(alice, pathCode(stock, "B")+"?delete_request_no=once")
		}},
		{403, "NO_AUTH", textForeign, func(f *fixture) reply { return f.remove(bob, f.deletion(f.pool("A"), "A")) }},
		{404, "RESOURCE_NOT_EXISTS", textUnknown, func(f *fixture) reply { return f.remove(alice, f.deletion(f.stock(nil), "A")) }},
	}
}
