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
	// Received is when the calendar's coupon is received; without it when the stock begins.
	Received schema.Time `json:"received,omitzero" title:"假设领取时间" rule:"chars=1..40"`
}

// CheckedDraft is a look at a stock that is not created yet.
type CheckedDraft struct {
	// Problems is everything that stands against it: values first, then what rules say about
	// values that are right.
	Problems []DraftProblem `json:"problems" title:"问题" rule:"required"`
	// Preview is the page on which users would claim it, in HTML; its style sheet and images come
	// from this port.
	Preview string `json:"preview" title:"领券页预览" rule:"required"`
	// Calendar says on which days a coupon may be used; absent while the draft has no time.
	Calendar *DraftCalendar `json:"calendar,omitempty" title:"可用日历"`
}

// DraftCalendar says on which days a coupon may be used, from the day on which the stock begins to
// the one on which it ends, in Beijing.
type DraftCalendar struct {
	First string `json:"first" title:"第一天" rule:"required match=date"`
	// Days has a letter for each day: A for all of it, P for a part, N for none.
	Days string `json:"days" title:"各天能否使用" rule:"required"`
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
