package favor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about callbacks.
const (
	SetCallback = "favor.callbacks.set"
	GetCallback = "favor.callbacks.get"
)

func callbackOperations() []wire.Operation {
	const path = "/v3/marketing/favor/callbacks"
	nobody := invalid("回调商户不能为空", "mchid is missing.")
	foreign := refused("非法的商户号", "mchid is not the caller.")
	return []wire.Operation{
		{
			ID: SetCallback, Title: wire.Text{ZH: "设置代金券消息通知地址", EN: "Set the callback URL of vouchers"}, Section: "favor 4.18",
			Method: http.MethodPost, Path: path, Success: http.StatusOK, Rate: perMinute(1000),
			Request: schema.Of[SetCallbackRequest](), Response: schema.Of[SetCallbackResponse](),
			Failures: append(wire.BadCallbackURL(), nobody, invalid("回调url不能为空", "notify_url is missing."), foreign),
		},
		{
			ID: GetCallback, Title: wire.Text{ZH: "查询代金券消息通知地址", EN: "Get the callback URL of vouchers"}, Section: "favor 4.19",
			Method: http.MethodGet, Path: path, Success: http.StatusOK, Rate: perSecond(2000),
			Request: schema.Of[GetCallbackRequest](), Response: schema.Of[GetCallbackResponse](),
			Failures: []wire.Failure{nobody, foreign, {
				Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "查询的资源不存在", When: "No callback URL was set.",
			}},
		},
	}
}
