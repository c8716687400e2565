package httpapi_test

import (
	"net/http"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/busifavor"
)

func couponSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.SendCoupon: func(f *fixture) request {
				return request{as: alice, method: http.MethodPost, target: pathSend, body: f.encode(f.sendBody(f.stock(nil)))}
			},
			busifavor.UseCoupon: func(f *fixture) request {
				stock := f.stock(nil)
				return request{as: alice, method: http.MethodPost, target: pathUse, body: f.encode(f.useBody(stock, f.coupon(stock)))}
			},
		},
		malformed: map[string]string{
			busifavor.SendCoupon: "输入源“/body/openid”映射到字段“用户标识”必填性规则校验失败，此字段为必填项",
			busifavor.UseCoupon:  "输入源“/body/coupon_code”映射到字段“券code”必填性规则校验失败，此字段为必填项",
		},
		scenarios: map[string][]scenario{
			busifavor.SendCoupon: sendScenarios(),
			busifavor.UseCoupon:  useScenarios(),
		},
	}
}

func sendScenarios() []scenario {
	send := func(f *fixture, change func(stock object), path string, value any) reply {
		body := f.sendBody(f.stock(change))
		if path != "" {
			set(body, value, path)
		}
		return f.post(alice, pathSend, body)
	}
	// twice sends two coupons of a stock, the second to another user.
	twice := func(f *fixture, change func(stock object), second string) reply {
		stock := f.stock(change)
		f.coupon(stock)
		return f.post(alice, pathSend, set(f.sendBody(stock), second, "openid"))
	}
	rule := func(name string, value any) func(object) {
		return func(o object) { set(o, value, "stock_send_rule", name) }
	}
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return send(f, nil, "appid", bobApp) }},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
			body := set(f.sendBody(stock), "CODE-1", "coupon_code")
			f.post(alice, pathSend, body)
			return f.post(alice, pathSend, set(body, "CODE-2", "coupon_code"))
		}},
		{400, "RESOURCE_ALREADY_EXISTS", "券code已存在，请更换coupon_code后重试", func(f *fixture) reply {
			stock := f.stock(func(o object) { o["coupon_code_mode"] = "MERCHANT_API" })
			f.post(alice, pathSend, set(f.sendBody(stock), "CODE-1", "coupon_code"))
			return f.post(alice, pathSend, set(f.sendBody(stock), "CODE-1", "coupon_code"))
		}},
		{403, "NO_AUTH", "发券商户无权限使用此API", func(f *fixture) reply { return f.post(bob, pathSend, f.sendBody(f.stock(nil))) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return f.post(provider, pathSend, f.sendBody(f.stock(nil))) }},
		{403, "RULE_LIMIT", "总预算用完", func(f *fixture) reply { return twice(f, rule("max_coupons", 1), otherOpenID) }},
		{403, "RULE_LIMIT", "用户达到单天限领", func(f *fixture) reply { return twice(f, rule("max_coupons_by_day", 1), otherOpenID) }},
		{403, "RULE_LIMIT", "用户领取张数达到上限", func(f *fixture) reply { return twice(f, rule("max_coupons_per_user", 1), openID) }},
		{403, "RULE_LIMIT", "用户自然人限领", func(f *fixture) reply {
			f.linkPersons()
			return twice(f, func(o object) {
				set(o, 1, "stock_send_rule", "max_coupons_per_user")
				set(o, true, "stock_send_rule", "natural_person_limit")
			}, otherOpenID)
		}},
		{403, "RULE_LIMIT", "批次状态非运营中", func(f *fixture) reply {
			stock := f.stock(nil)
			f.setStockState(stock, coupon.StockPaused)
			return f.post(alice, pathSend, f.sendBody(stock))
		}},
		{403, "RULE_LIMIT", "该批次已过期", func(f *fixture) reply {
			stock := f.stock(nil)
			f.advance(27 * 24 * time.Hour)
			return f.post(alice, pathSend, f.sendBody(stock))
		}},
		{403, "RULE_LIMIT", "发券失败，该用户被限制领取", func(f *fixture) reply {
			f.registerUser(user.User{AppID: aliceApp, OpenID: openID, ID: user.ID{1}, Suspicious: true})
			return send(f, rule("prevent_api_abuse", true), "", nil)
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return send(f, nil, "stock_id", "1000000000000000") }},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return send(f, nil, "openid", "nobody") }},
	}
}

func useScenarios() []scenario {
	use := func(f *fixture, as merchant.ID, path string, value any) reply {
		stock := f.stock(nil)
		body := f.useBody(stock, f.coupon(stock))
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathUse, body)
	}
	deleted := func(f *fixture) reply {
		stock := f.stock(nil)
		code := f.coupon(stock)
		f.deleteCoupon(stock, code)
		return f.post(alice, pathUse, f.useBody(stock, code))
	}
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return use(f, alice, "appid", bobApp) }},
		{400, "RESOURCE_ALREADY_EXISTS", "券已被其他订单核销", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			f.post(alice, pathUse, f.useBody(stock, code))
			return f.post(alice, pathUse, f.useBody(stock, code))
		}},
		{400, "INVALID_REQUEST", "券状态非可用态", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			f.post(alice, pathDeactivate, f.deactivateBody(stock, code))
			return f.post(alice, pathUse, f.useBody(stock, code))
		}},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			stock := f.stock(nil)
			body := f.useBody(stock, f.coupon(stock))
			f.post(alice, pathUse, body)
			return f.post(alice, pathUse, set(body, "T1", "out_trade_no"))
		}},
		{400, "INVALID_REQUEST", "核销请求单据号已被使用，请更换use_request_no后重试", func(f *fixture) reply {
			stock := f.stock(nil)
			code := f.coupon(stock)
			body := f.useBody(stock, code)
			f.post(alice, pathUse, body)
			f.post(alice, pathReturn, f.returnBody(stock, code))
			return f.post(alice, pathUse, body)
		}},
		{403, "NO_AUTH", "商户无权限操作该券", func(f *fixture) reply { return use(f, bob, "appid", bobApp) }},
		{403, "RULE_LIMIT", "券不在有效期内", func(f *fixture) reply {
			stock := f.stock(func(o object) {
				set(o, object{"week_day": []int{1}}, "coupon_use_rule", "coupon_available_time", "available_week")
			})
			return f.post(alice, pathUse, f.useBody(stock, f.coupon(stock))) // it is a Saturday
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询不到该券，请确认批次号与coupon_code是否匹配", func(f *fixture) reply { return use(f, alice, "coupon_code", "1200000000000000000000") }},
		{404, "RESOURCE_NOT_EXISTS", "券已被删除", deleted},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return use(f, alice, "openid", otherOpenID) }},
	}
}
