package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on stocks that are not created yet.
const (
	CheckDraft  = "manage.drafts.check"
	ListDrafts  = "manage.drafts.list"
	GetDraft    = "manage.drafts.get"
	PutDraft    = "manage.drafts.put"
	RemoveDraft = "manage.drafts.remove"
)

// ListDraftsRequest asks for a page of drafts, those that were saved last first.
type ListDraftsRequest struct {
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..15"`
	// After is the Next of the page before.
	After string `query:"after" json:"-" title:"起始位置" rule:"chars=1..64"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..50"`
}

// DraftList is a page of drafts.
type DraftList struct {
	Drafts []Draft `json:"drafts" title:"草稿" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始位置"`
}

// DraftRequest names a draft.
type DraftRequest struct {
	DraftID string `path:"draft_id" json:"-" title:"草稿ID" rule:"required chars=8..32 match=alphanumeric"`
}

// PutDraftRequest saves a draft over the version that was seen. When somebody else has saved it
// since, the answer is 409 and says who and when. Draft ids are chosen by whoever saves first, at
// random: one that another merchant has is refused.
type PutDraftRequest struct {
	DraftID string `path:"draft_id" json:"-" title:"草稿ID" rule:"required chars=8..32 match=alphanumeric"`
	MchID   string `json:"mchid" title:"商户号" rule:"required chars=1..15"`
	// Operation is the call that would create the stock. It and MchID never change.
	Operation string `json:"operation" title:"接口" rule:"required enum=busifavor.stocks.create|favor.stocks.create"`
	// Title is what people call the draft.
	Title string `json:"title,omitempty" title:"标题" rule:"chars=0..64 line"`
	// Body is that of the call, a JSON object as text, as far as it is filled in.
	Body string `json:"body" title:"请求包体" rule:"required bytes=2..65536"`
	// Version is the one that was seen; 0 for a new draft.
	Version int64 `json:"version" title:"版本" rule:"range=0..1000000000"`
}

// Draft is a stock that is being prepared.
type Draft struct {
	DraftID   string `json:"draft_id" title:"草稿ID" rule:"required"`
	MchID     string `json:"mchid" title:"商户号" rule:"required"`
	Operation string `json:"operation" title:"接口" rule:"required"`
	Title     string `json:"title,omitempty" title:"标题"`
	Body      string `json:"body" title:"请求包体" rule:"required"`
	// Version counts how often it was saved; Editor saved it last, at UpdateTime.
	Version    int64       `json:"version" title:"版本" rule:"required"`
	Editor     string      `json:"editor" title:"最近修改人" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
	UpdateTime schema.Time `json:"update_time" title:"修改时间" rule:"required"`
}

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
	const drafts = "/manage/v1/drafts"
	operations := []wire.Operation{{
		ID: ListDrafts, Title: wire.Text{ZH: "查询批次草稿列表", EN: "List drafts of stocks"},
		Method: http.MethodGet, Path: drafts, Request: schema.Of[ListDraftsRequest](), Response: schema.Of[DraftList](),
	}, {
		ID: GetDraft, Title: wire.Text{ZH: "查询批次草稿", EN: "Get a draft of a stock"},
		Method: http.MethodGet, Path: drafts + "/{draft_id}", Request: schema.Of[DraftRequest](), Response: schema.Of[Draft](),
	}, {
		ID: PutDraft, Title: wire.Text{ZH: "保存批次草稿", EN: "Save a draft of a stock"},
		Method: http.MethodPut, Path: drafts + "/{draft_id}", Request: schema.Of[PutDraftRequest](), Response: schema.Of[Draft](),
	}, {
		ID: RemoveDraft, Title: wire.Text{ZH: "删除批次草稿", EN: "Discard a draft of a stock"}, Success: http.StatusNoContent,
		Method: http.MethodDelete, Path: drafts + "/{draft_id}", Request: schema.Of[DraftRequest](),
	}, {
		ID: CheckDraft, Title: wire.Text{ZH: "检查并预览新批次", EN: "Check and preview a new stock"},
		Method: http.MethodPost, Path: "/manage/v1/merchants/{mchid}/drafts/check", ReadOnly: true,
		Request: schema.Of[CheckDraftRequest](), Response: schema.Of[CheckedDraft](),
	}}
	for i := range operations {
		operations[i].Section, operations[i].Duty = "management", wire.DutyMarket
	}
	return operations
}
