package httpapi_test

import (
	"net/http"
	"strings"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

const (
	pathCallbacks        = "/v3/marketing/busifavor/callbacks"
	pathVoucherCallbacks = "/v3/marketing/favor/callbacks"

	callbackURL = "https://www.example.com/notify"
)

func callbackSubject() subject {
	post := func(target string) func(f *fixture) request {
		return func(f *fixture) request {
			return request{as: alice, method: http.MethodPost, target: target, body: f.encode(callbackBody(callbackURL))}
		}
	}
	get := func(target string) func(f *fixture) request {
		return func(f *fixture) request {
			f.post(alice, target, callbackBody(callbackURL))
			return request{as: alice, method: http.MethodGet, target: target + "?mchid=" + string(alice)}
		}
	}
	short := "输入源“/query/mchid”映射到值字段“商户号”字符串规则校验失败，字节数 7，小于最小值 8"
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.SetCallback: post(pathCallbacks), favor.SetCallback: post(pathVoucherCallbacks),
			busifavor.GetCallback: get(pathCallbacks), favor.GetCallback: get(pathVoucherCallbacks),
		},
		malformed: map[string]string{
			busifavor.SetCallback: "输入源“/body/notify_url”映射到字段“通知URL地址”必填性规则校验失败，此字段为必填项",
			busifavor.GetCallback: short,
			favor.SetCallback:     "回调商户不能为空", favor.GetCallback: "回调商户不能为空",
		},
		spoilt: map[string]func(f *fixture) reply{
			busifavor.GetCallback: func(f *fixture) reply { return f.get(alice, pathCallbacks+"?mchid=1234567") },
			favor.GetCallback:     func(f *fixture) reply { return f.get(alice, pathVoucherCallbacks) },
		},
		scenarios: callbackScenarios(),
	}
}

func callbackBody(link string) object {
	return object{"mchid": string(alice), "notify_url": link}
}

func callbackScenarios() map[string][]scenario {
	post := func(target string, body object) func(f *fixture) reply {
		return func(f *fixture) reply { return f.post(alice, target, body) }
	}
	show := func(target string, owner merchant.ID) func(f *fixture) reply {
		return func(f *fixture) reply { return f.get(alice, target+"?mchid="+string(owner)) }
	}
	other := func(owner merchant.ID) object { return set(callbackBody(callbackURL), string(owner), "mchid") }
	const stranger = merchant.ID("1999999999")
	return map[string][]scenario{
		busifavor.SetCallback: append(
			urlScenarios(pathCallbacks),
			scenario{400, "MCH_NOT_EXISTS", "商户号不存在", post(pathCallbacks, other(stranger))},
			scenario{403, "NO_AUTH", "无权限", post(pathCallbacks, other(bob))}),
		busifavor.GetCallback: {
			{400, "MCH_NOT_EXISTS", "商户号不存在", show(pathCallbacks, stranger)},
			{403, "NO_AUTH", "无权限", show(pathCallbacks, bob)},
			{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", show(pathCallbacks, alice)},
		},
		favor.SetCallback: append(
			urlScenarios(pathVoucherCallbacks),
			scenario{400, "PARAM_ERROR", "回调url不能为空", post(pathVoucherCallbacks, object{"mchid": string(alice)})},
			scenario{400, "INVALID_REQUEST", "非法的商户号", post(pathVoucherCallbacks, other(bob))},
			scenario{400, "INVALID_REQUEST", "非法的商户号", post(pathVoucherCallbacks, other(stranger))}),
		favor.GetCallback: {
			{400, "INVALID_REQUEST", "非法的商户号", show(pathVoucherCallbacks, bob)},
			{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", show(pathVoucherCallbacks, alice)},
		},
	}
}

func urlScenarios(target string) []scenario {
	return urlScenariosOf(func(f *fixture, link string) reply { return f.post(alice, target, callbackBody(link)) })
}

// urlScenariosOf are those of a call that names a URL.
func urlScenariosOf(call func(f *fixture, link string) reply) []scenario {
	bad := func(message, link string) scenario {
		return scenario{400, "PARAM_ERROR", message, func(f *fixture) reply { return call(f, link) }}
	}
	const form = "notify_url不是合法的URL，须为完整地址，如https://www.example.com/notify"
	return []scenario{
		bad(form, "https:www.example.com"),
		bad(form, "www.example.com/notify"),
		bad("notify_url必须以https://开头", "http://www.example.com/notify"),
		bad("notify_url不能携带参数", callbackURL+"?a=1"),
		bad("notify_url不能使用IP地址、本机地址或内网地址", "https://8.8.8.8/notify"),
		bad("notify_url不能使用IP地址、本机地址或内网地址", "https://192.168.1.1/notify"),
		bad("notify_url不能使用IP地址、本机地址或内网地址", "https://[::ffff:127.0.0.1]/notify"),
		bad("notify_url的端口不在允许范围内", "https://www.example.com:8443/notify"),
		bad("notify_url必须以https://开头", "ftp://"+strings.Repeat("a", 60)+".example.com/notify"),
	}
}
