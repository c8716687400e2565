package busifavor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// SendCard is the id of the operation that gives a consumption card to a user.
const SendCard = "busifavor.cards.send"

// SendCardRequest is B15. OutRequestNo and SendTime together name the request.
type SendCardRequest struct {
	CardID string `path:"card_id" json:"-" title:"消费卡ID" rule:"required bytes=1..28"`
	// AppID is the one under which the card was made.
	AppID        string `json:"appid" title:"消费卡归属appid" rule:"required bytes=1..18"`
	OpenID       string `json:"openid" title:"用户openid" rule:"required bytes=1..28"`
	OutRequestNo string `json:"out_request_no" title:"商户单据号" rule:"required bytes=1..32 match=number"`
	// SendTime is at most 24 hours ago.
	SendTime schema.Time `json:"send_time" title:"请求发卡时间" rule:"required bytes=1..32"`
}

// SendCardResponse is the result of B15.
type SendCardResponse struct {
	// CardCode is the one code that the user has for the card.
	CardCode string `json:"card_code" title:"消费卡code" rule:"required bytes=1..15"`
}

func cardOperations() []wire.Operation {
	return []wire.Operation{{
		ID: SendCard, Title: wire.Text{ZH: "发放消费卡", EN: "Issue a consumption card"}, Section: "busifavor B15",
		Method: http.MethodPost, Path: "/v3/marketing/busifavor/coupons/{card_id}/send", Success: http.StatusOK,
		RequestNo: "out_request_no",
		Request:   schema.Of[SendCardRequest](),
		Response:  schema.Of[SendCardResponse](),
		Failures: []wire.Failure{
			{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "发卡时间不能早于当前时间24小时", When: "send_time is more than 24 hours ago."},
			appIDMismatch(),
			{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "请求重入时，参数与首次请求时不一致", When: "out_request_no was used before at the same send_time, with other content."},
			{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The caller was not invited, or the card belongs to another merchant."},
			notFound("The card does not exist."),
			userUnknown(),
		},
	}}
}
