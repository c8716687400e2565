package httpapi_test

import (
	"net/http"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

func stockSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.CreateStock: func(f *fixture) request {
				return request{as: alice, method: http.MethodPost, target: pathStocks, body: f.encode(f.stockBody())}
			},
			busifavor.GetStock: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathStocks + "/" + f.stock(nil)}
			},
		},
		malformed: map[string]string{
			busifavor.CreateStock: "输入源“/body/stock_name”映射到字段“商家券批次名称”必填性规则校验失败，此字段为必填项",
			busifavor.GetStock:    "输入源“/uri_template/stock_id”映射到值字段“批次号”字符串规则校验失败，字节数 21，大于最大值 20",
		},
		spoilt: map[string]func(f *fixture) reply{
			busifavor.GetStock: func(f *fixture) reply { return f.get(alice, pathStocks+"/123456789012345678901") },
		},
		scenarios: map[string][]scenario{
			busifavor.CreateStock: createScenarios(),
			busifavor.GetStock:    getStockScenarios(),
		},
	}
}

func createScenarios() []scenario {
	create := func(f *fixture, as merchant.ID, value any, path ...string) reply {
		return f.post(as, pathStocks, set(f.stockBody(), value, path...))
	}
	return []scenario{
		{400, "PARAM_ERROR", "非法敏感图片", func(f *fixture) reply {
			return create(f, alice, "https://example.com/logo.png", "display_pattern_info", "merchant_logo_url")
		}},
		{400, "INVALID_REQUEST", "只允许普通商户和子商户给自己创建批次", func(f *fixture) reply { return create(f, alice, string(bob), "belong_merchant") }},
		{400, "APPID_MCHID_NOT_MATCH", "传入的小程序appid或商户appid，必须与调用方商户号存在关联关系", func(f *fixture) reply {
			return create(f, alice, bobApp, "notify_config", "notify_appid")
		}},
		{400, "MCH_NOT_EXISTS", "商户号不存在", func(f *fixture) reply { return create(f, alice, "1999999999", "belong_merchant") }},
		{400, "RESOURCE_ALREADY_EXISTS", "创建请求重入，但本次请求与上次请求信息不一致", func(f *fixture) reply {
			body := f.stockBody()
			f.post(alice, pathStocks, body)
			return f.post(alice, pathStocks, set(body, "另一个名称", "stock_name"))
		}},
	}
}

func getStockScenarios() []scenario {
	return []scenario{
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathStocks+"/1000000000000000") }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.get(bob, pathStocks+"/"+f.stock(nil)) }},
	}
}
