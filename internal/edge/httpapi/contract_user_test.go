package httpapi_test

import (
	"net/http"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

func userSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.ListUserCoupons: func(*fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathUser(openID) + "?appid=" + aliceApp + "&creator_merchant=" + string(alice)}
			},
			busifavor.GetUserCoupon: func(f *fixture) request {
				return request{as: alice, method: http.MethodGet, target: pathCoupon(openID, f.coupon(f.stock(nil)), aliceApp)}
			},
		},
		malformed: map[string]string{
			busifavor.ListUserCoupons: "输入源“/query/appid”映射到字段“公众账号ID”必填性规则校验失败，此字段为必填项",
			busifavor.GetUserCoupon:   "输入源“/uri_template/coupon_code”映射到值字段“券code”字符串规则校验失败，字节数 33，大于最大值 32",
		},
		spoilt: map[string]func(f *fixture) reply{
			busifavor.ListUserCoupons: func(f *fixture) reply { return f.get(alice, pathUser(openID)) },
			busifavor.GetUserCoupon: func(f *fixture) reply {
				return f.get(alice, pathCoupon(openID, "123456789012345678901234567890123", aliceApp))
			},
		},
		scenarios: map[string][]scenario{
			busifavor.ListUserCoupons: listScenarios(),
			busifavor.GetUserCoupon:   getCouponScenarios(),
		},
	}
}

func listScenarios() []scenario {
	list := func(f *fixture, as merchant.ID, openid, query string) reply {
		return f.get(as, pathUser(openid)+"?"+query)
	}
	return []scenario{
		{400, "PARAM_ERROR", "创建方商户、归属方商户、发放方商户，必须至少填一个", func(f *fixture) reply { return list(f, alice, openID, "appid="+aliceApp) }},
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply {
			return list(f, alice, openID, "appid="+bobApp+"&creator_merchant="+string(alice))
		}},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			return list(f, bob, openID, "appid="+bobApp+"&creator_merchant="+string(alice))
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply {
			return list(f, alice, openID, "appid="+aliceApp+"&creator_merchant="+string(alice)+"&stock_id=1")
		}},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply {
			return list(f, alice, "nobody", "appid="+aliceApp+"&creator_merchant="+string(alice))
		}},
	}
}

func getCouponScenarios() []scenario {
	return []scenario{
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply {
			return f.get(alice, pathCoupon(openID, f.coupon(f.stock(nil)), bobApp))
		}},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			f.shareAppID(bob, aliceApp) // and so the user, but not the stock
			return f.get(bob, pathCoupon(openID, f.coupon(f.stock(nil)), aliceApp))
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply { return f.get(alice, pathCoupon(openID, "none", aliceApp)) }},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return f.get(alice, pathCoupon("nobody", "none", aliceApp)) }},
	}
}
