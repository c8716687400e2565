package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/partnership"
)

const (
	pathBuild        = "/v3/marketing/partnerships/build"
	pathTerminate    = "/v3/marketing/partnerships/terminate"
	pathPartnerships = "/v3/marketing/partnerships"
)

func partnershipSubject() subject {
	missing := "输入源“/body/partner”映射到字段“合作方信息”必填性规则校验失败，此字段为必填项"
	return subject{
		samples: map[string]func(f *fixture) request{
			partnership.Build:     func(f *fixture) request { return f.keyed(alice, pathBuild, f.partnerBody(f.stock(nil))) },
			partnership.Terminate: func(f *fixture) request { return f.keyed(alice, pathTerminate, f.built(nil)) },
			partnership.List: func(*fixture) request {
				return request{as: alice, method: http.MethodGet, target: listTarget(`{"business_type":"BUSIFAVOR_STOCK"}`, "")}
			},
		},
		malformed: map[string]string{
			partnership.Build: missing, partnership.Terminate: missing,
			partnership.List: "输入源“/query/authorized_data”映射到字段“被授权数据”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			partnership.List: func(f *fixture) reply { return f.get(alice, pathPartnerships) },
		},
		scenarios: map[string][]scenario{
			partnership.Build:     append(changeScenarios(pathBuild), buildScenarios()...),
			partnership.Terminate: append(changeScenarios(pathTerminate), terminateScenarios()...),
			partnership.List: {
				{400, "PARAM_ERROR", "页大小超过阈值", func(f *fixture) reply {
					return f.get(alice, listTarget(`{"business_type":"BUSIFAVOR_STOCK"}`, "&limit=51"))
				}},
				{401, "SIGN_ERROR", "商户号不存在", func(f *fixture) reply {
					r := f.sample(partnership.List)
					r.spoil = anotherMerchant
					return f.send(r)
				}},
			},
		},
	}
}

// keyed is a signed POST with an idempotency key of its own.
func (f *fixture) keyed(as merchant.ID, target string, body any) request {
	f.t.Helper()
	return request{
		as: as, method: http.MethodPost, target: target, body: f.encode(body), header: http.Header{"Idempotency-Key": {f.number()}},
	}
}

// partnerBody makes bob's appid a partner of a stock.
func (f *fixture) partnerBody(stock string) object {
	return object{
		"partner":         object{"type": "APPID", "appid": bobApp},
		"authorized_data": object{"business_type": "BUSIFAVOR_STOCK", "stock_id": stock},
	}
}

// built builds a partnership, as changed, and returns the body.
func (f *fixture) built(change func(o object)) object {
	f.t.Helper()
	body := f.partnerBody(f.stock(nil))
	if change != nil {
		change(body)
	}
	if got := f.send(f.keyed(alice, pathBuild, body)); got.status != http.StatusOK {
		f.t.Fatalf("build: %d %s", got.status, got.body)
	}
	return body
}

func listTarget(data, more string) string {
	return pathPartnerships + "?authorized_data=" + url.QueryEscape(data) + more
}

// anotherMerchant changes the mchid of a request to one that nobody has.
func anotherMerchant(r *http.Request) {
	a, err := apiv3.ParseAuthorization(r.Header.Get("Authorization"))
	if err == nil {
		a.Identity = "1999999999"
		r.Header.Set("Authorization", a.String())
	}
}

// changeScenarios are the failures that both changes share.
func changeScenarios(target string) []scenario {
	return []scenario{
		{400, "PARAM_ERROR", "输入源“/header/Idempotency-Key”映射到字段“业务请求幂等值”必填性规则校验失败，此字段为必填项", func(f *fixture) reply {
			r := f.keyed(alice, target, f.built(nil))
			r.header = nil
			return f.send(r)
		}},
		{400, "INVALID_REQUEST", "幂等值重复，且与之前请求的参数不一致", func(f *fixture) reply {
			r := f.keyed(alice, target, f.built(nil))
			f.send(r)
			r.body = f.encode(f.built(nil)) // of another stock
			return f.send(r)
		}},
		{404, "RESOURCE_NOT_EXISTS", "批次不存在", func(f *fixture) reply {
			return f.send(f.keyed(alice, target, f.partnerBody("1000000000000000")))
		}},
		{403, "REQUEST_BLOCKED", "调用商户无权限", func(f *fixture) reply { return f.send(f.keyed(bob, target, f.built(nil))) }},
		{401, "SIGN_ERROR", "商户号不存在", func(f *fixture) reply {
			r := f.keyed(alice, target, f.built(nil))
			r.spoil = anotherMerchant
			return f.send(r)
		}},
	}
}

func buildScenarios() []scenario {
	build := func(partner object) func(f *fixture) reply {
		return func(f *fixture) reply {
			return f.send(f.keyed(alice, pathBuild, set(f.partnerBody(f.stock(nil)), partner, "partner")))
		}
	}
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与mchid不匹配", build(object{"type": "APPID", "appid": "wx0000000000000000"})},
		{400, "MCH_NOT_EXISTS", "商户号不合法", build(object{"type": "MERCHANT", "merchant_id": "1999999999"})},
		{400, "INVALID_REQUEST", "活动已结束或未激活", func(f *fixture) reply {
			stock := f.stock(nil)
			f.setStockState(stock, "STOPED")
			return f.send(f.keyed(alice, pathBuild, f.partnerBody(stock)))
		}},
		{400, "PARAM_ERROR", "输入源“/body/partner/appid”映射到字段“合作方APPID”必填性规则校验失败，此字段为必填项", build(object{"type": "APPID", "merchant_id": string(bob)})},
		{400, "PARAM_ERROR", "输入源“/body/partner/merchant_id”映射到字段“合作方商户ID”必填性规则校验失败，此字段为必填项", build(object{"type": "MERCHANT", "appid": bobApp})},
		{400, "PARAM_ERROR", "输入源“/body/partner/type”映射到值字段“合作方类别”字符串规则校验失败，字符串必须是以下取值之一：“APPID”、“MERCHANT”", build(object{"type": "appid", "appid": bobApp})},
		{400, "PARAM_ERROR", "输入源“/body/authorized_data/stock_id”映射到字段“授权批次ID”必填性规则校验失败，此字段为必填项", func(f *fixture) reply {
			return f.send(f.keyed(alice, pathBuild, set(f.partnerBody("1"), nil, "authorized_data", "stock_id")))
		}},
		{400, "PARAM_ERROR", "输入源“/header/Idempotency-Key”映射到值字段“业务请求幂等值”字符串规则校验失败，字符串必须匹配正则表达式“^[0-9a-zA-Z_\\-|\\*]{1,}$”", func(f *fixture) reply {
			r := f.keyed(alice, pathBuild, f.partnerBody("1"))
			r.header = http.Header{"Idempotency-Key": {"a b"}}
			return f.send(r)
		}},
		{400, "PARAM_ERROR", "输入源“/header/Idempotency-Key”映射到值字段“业务请求幂等值”字符串规则校验失败，字节数 129，大于最大值 128", func(f *fixture) reply {
			r := f.keyed(alice, pathBuild, f.partnerBody("1"))
			r.header = http.Header{"Idempotency-Key": {strings.Repeat("k", 129)}}
			return f.send(r)
		}},
		{400, "PARAM_ERROR", "参数错误", func(f *fixture) reply {
			r := f.keyed(alice, pathBuild, f.partnerBody("1"))
			r.header = http.Header{"Idempotency-Key": {"a", "b"}}
			return f.send(r)
		}},
	}
}

func terminateScenarios() []scenario {
	return []scenario{
		{404, "RESOURCE_NOT_EXISTS", "合作关系不存在", func(f *fixture) reply {
			return f.send(f.keyed(alice, pathTerminate, f.partnerBody(f.stock(nil))))
		}},
	}
}
