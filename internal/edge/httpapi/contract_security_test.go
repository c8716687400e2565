package httpapi_test

import (
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/security"
)

func securitySubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			security.ListCertificates: func(*fixture) request {
				return request{as: alice, method: http.MethodGet, target: "/v3/certificates"}
			},
			security.Echo: func(f *fixture) request {
				return request{
					as: alice, method: http.MethodPost, target: "/v3/security/echo", body: `{"echo_message":"hello"}`,
					header: http.Header{apiv3.HeaderSerial: {f.registration(alice).PlatformSerialNo}},
				}
			},
		},
		malformed: map[string]string{
			security.ListCertificates: "输入源“/query/algorithm_type”映射到值字段“算法类型”字符串规则校验失败，字符串必须是以下取值之一：“RSA”、“SM2”、“ALL”",
			security.Echo:             "输入源“/body/echo_message”映射到字段“回显消息”必填性规则校验失败，此字段为必填项",
		},
		spoilt: map[string]func(f *fixture) reply{
			security.ListCertificates: func(f *fixture) reply { return f.get(alice, "/v3/certificates?algorithm_type=DSA") },
		},
		scenarios: map[string][]scenario{
			security.ListCertificates: {
				{401, "SIGN_ERROR", "商户未设置APIv3密钥。", func(f *fixture) reply { return f.withoutAPIv3Key() }},
				{
					404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
					func(f *fixture) reply {
						if err := f.keyring.SetKeyMode(f.t.Context(), alice, merchant.ModePublicKey); err != nil {
							f.t.Fatal(err)
						}
						return f.get(alice, "/v3/certificates")
					},
				},
			},
			security.Echo: echoScenarios(),
		},
	}
}

func echoScenarios() []scenario {
	echo := func(f *fixture, serial, secret string) reply {
		r := f.sample(security.Echo)
		r.body = f.encode(object{"echo_message": "hello", "encrypted_echo_message": secret})
		r.header = http.Header{apiv3.HeaderSerial: {serial}}
		return f.send(r)
	}
	return append(urlScenariosOf(func(f *fixture, link string) reply {
		r := f.sample(security.Echo)
		r.body = f.encode(object{"echo_message": "hello", "notify_url": link})
		return f.send(r)
	}), []scenario{
		{400, "PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)", func(f *fixture) reply { return echo(f, "", "") }},
		{400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误", func(f *fixture) reply { return echo(f, f.registration(bob).PlatformSerialNo, "") }},
		{400, "PARAM_ERROR", "平台私钥解密失败", func(f *fixture) reply {
			return echo(f, f.registration(alice).PlatformSerialNo, f.sealFor(f.registration(alice).PublicKeyPEM, "secret"))
		}},
		{400, "PARAM_ERROR", "请确认待处理的消息是否为加密后的密文", func(f *fixture) reply { return echo(f, f.registration(alice).PlatformSerialNo, "secret") }},
	}...)
}
