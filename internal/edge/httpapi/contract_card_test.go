package httpapi_test

import (
	"net/http"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/busifavor"
)

const (
	cardID   = "pIJMr5MMiIkO_93VtPyIiEk2DZ4w"
	pathCard = "/v3/marketing/busifavor/coupons/" + cardID + "/send"
)

func (f *fixture) cardBody() object {
	return object{"appid": aliceApp, "openid": openID, "out_request_no": f.number(), "send_time": "2026-12-05T12:00:00+08:00"}
}

// registerCard says whose the card is, unless somebody has.
func (f *fixture) registerCard(owner merchant.ID, appid merchant.AppID) {
	f.t.Helper()
	f.write(func(tx store.Tx) error {
		if _, err := tx.Card(f.t.Context(), cardID); err == nil {
			return nil
		}
		return tx.InsertCard(f.t.Context(), store.Card{Owner: owner, ID: cardID, AppID: appid})
	})
}

func cardSubject() subject {
	return subject{
		samples: map[string]func(f *fixture) request{
			busifavor.SendCard: func(f *fixture) request {
				f.registerCard(alice, aliceApp)
				return request{as: alice, method: http.MethodPost, target: pathCard, body: f.encode(f.cardBody())}
			},
		},
		malformed: map[string]string{
			busifavor.SendCard: "输入源“/body/appid”映射到字段“消费卡归属appid”必填性规则校验失败，此字段为必填项",
		},
		scenarios: map[string][]scenario{busifavor.SendCard: cardScenarios()},
	}
}

func cardScenarios() []scenario {
	send := func(f *fixture, as merchant.ID, path string, value any) reply {
		body := f.cardBody()
		if path != "" {
			set(body, value, path)
		}
		return f.post(as, pathCard, body)
	}
	return []scenario{
		{400, "PARAM_ERROR", "发卡时间不能早于当前时间24小时", func(f *fixture) reply {
			return send(f, alice, "send_time", "2026-12-04T11:59:59+08:00")
		}},
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply { return send(f, alice, "appid", bobApp) }},
		{400, "APPID_MCHID_NOT_MATCH", "AppID与请求方商户无关联关系", func(f *fixture) reply {
			f.shareAppID(alice, "wx7777777777777777")
			f.registerCard(alice, "wx7777777777777777")
			return send(f, alice, "", nil)
		}},
		{400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", func(f *fixture) reply {
			body := f.cardBody()
			f.post(alice, pathCard, body)
			return f.post(alice, pathCard, set(body, otherOpenID, "openid"))
		}},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply { return send(f, bob, "", nil) }},
		{403, "NO_AUTH", "无权限", func(f *fixture) reply {
			f.registerCard(bob, bobApp)
			return send(f, alice, "", nil)
		}},
		{404, "RESOURCE_NOT_EXISTS", "查询的资源不存在", func(f *fixture) reply {
			strict := newStrictFixture(f.t)
			return strict.post(alice, pathCard, strict.cardBody())
		}},
		{404, "USER_NOT_EXISTS", "OpenID不正确", func(f *fixture) reply { return send(f, alice, "openid", "nobody") }},
	}
}
