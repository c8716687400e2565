package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// CheckDraft is the id of the operation that looks at a stock before it is created.
const CheckDraft = "manage.drafts.check"

// CheckDraftRequest asks what stands against a stock that is not created yet, and how it would look.
type CheckDraftRequest struct {
	MchID   string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	Product string `json:"product" title:"产品" rule:"required enum=busifavor|favor"`
	// Body is that of the call that would create it, as text.
	Body string `json:"body" title:"请求包体" rule:"required chars=1..1048576"`
	// Language is that of the preview.
	Language string `json:"language,omitempty" title:"预览语言" rule:"enum=zh|en"`
}

// CheckedDraft is a look at a stock that is not created yet.
type CheckedDraft struct {
	// Problems is everything that stands against it: values first, then what rules say about
	// values that are right.
	Problems []DraftProblem `json:"problems" title:"问题" rule:"required"`
	// Preview is the page on which users would claim it, in HTML; its style sheet and images come
	// from this port.
	Preview string `json:"preview" title:"领券页预览" rule:"required"`
}

// DraftProblem is a rule that a stock would break.
type DraftProblem struct {
	// Field is its name, dotted from the top of the body; empty when no field is at fault.
	Field string `json:"field,omitempty" title:"字段"`
	// Status, Code and Message are what the signed call would answer.
	Status  int64  `json:"status" title:"HTTP状态码" rule:"required"`
	Code    string `json:"code" title:"错误码" rule:"required"`
	Message string `json:"message" title:"错误描述" rule:"required"`
	TextZH  string `json:"text_zh" title:"说明" rule:"required"`
	TextEN  string `json:"text_en" title:"说明（英文）" rule:"required"`
}

func draftOperations() []wire.Operation {
	return []wire.Operation{{
		ID: CheckDraft, Title: wire.Text{ZH: "检查并预览新批次", EN: "Check and preview a new stock"}, Section: "management",
		Duty: wire.DutyMarket, Method: http.MethodPost, Path: "/manage/v1/merchants/{mchid}/drafts/check", ReadOnly: true,
		Request: schema.Of[CheckDraftRequest](), Response: schema.Of[CheckedDraft](),
	}}
}
