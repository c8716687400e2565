package busifavor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about callbacks.
const (
	SetCallback = "busifavor.callbacks.set"
	GetCallback = "busifavor.callbacks.get"
)

// SetCallbackRequest is B18.
type SetCallbackRequest struct {
	// MchID, if given, must be the caller.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"blank bytes=8..15"`
	// NotifyURL begins with https:// and has a path, no query and no address of a local
	// network. A sandbox takes http:// for its own machine.
	NotifyURL string `json:"notify_url" title:"通知URL地址" rule:"required bytes=10..256"`
}

// SetCallbackResponse is the result of B18.
type SetCallbackResponse struct {
	UpdateTime schema.Time `json:"update_time" title:"修改时间" rule:"required"`
	NotifyURL  string      `json:"notify_url" title:"通知URL地址" rule:"required"`
	MchID      string      `json:"mchid" title:"商户号" rule:"required"`
}

// GetCallbackRequest is B19.
type GetCallbackRequest struct {
	// MchID, if given, must be the caller.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"blank bytes=8..15"`
}

// GetCallbackResponse is the result of B19.
type GetCallbackResponse struct {
	NotifyURL string `json:"notify_url" title:"通知URL地址" rule:"required"`
	MchID     string `json:"mchid" title:"商户号" rule:"required"`
}

func callbackOperations() []wire.Operation {
	const path = "/v3/marketing/busifavor/callbacks"
	own := []wire.Failure{
		{Status: http.StatusBadRequest, Code: "MCH_NOT_EXISTS", Message: "商户号不存在", When: "mchid does not exist."},
		{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "mchid names a merchant other than the caller."},
	}
	return []wire.Operation{
		{
			ID: SetCallback, Title: wire.Text{ZH: "设置商家券事件通知地址", EN: "Set the callback URL"}, Section: "busifavor B18",
			Method: http.MethodPost, Path: path, Success: http.StatusOK,
			Request: schema.Of[SetCallbackRequest](), Response: schema.Of[SetCallbackResponse](),
			Failures: append(wire.BadCallbackURL(), own...),
		},
		{
			ID: GetCallback, Title: wire.Text{ZH: "查询商家券事件通知地址", EN: "Get the callback URL"}, Section: "busifavor B19",
			Method: http.MethodGet, Path: path, Success: http.StatusOK,
			Request: schema.Of[GetCallbackRequest](), Response: schema.Of[GetCallbackResponse](),
			Failures: append(own, notFound("No callback URL was set.")),
		},
	}
}
