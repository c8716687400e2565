// Package partnership is the wire of partnerships (合作关系): the creator of a stock lets a
// mini program or another merchant give it out. Numbers such as 3 are sections of the
// partnerships contract; times are RFC 3339, written in Beijing time.
package partnership

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations.
const (
	Build     = "partnerships.build"
	Terminate = "partnerships.terminate"
	List      = "partnerships.list"
)

// Partner is a mini program or a merchant. The id that does not fit the type is ignored,
// and not answered (2).
type Partner struct {
	Type string `json:"type" title:"合作方类别" rule:"required enum=APPID|MERCHANT"`
	// AppID is needed for the type APPID.
	AppID string `json:"appid,omitempty" title:"合作方APPID" rule:"blank bytes=1..32"`
	// MerchantID is needed for the type MERCHANT.
	MerchantID string `json:"merchant_id,omitempty" title:"合作方商户ID" rule:"blank bytes=1..15"`
}

// AuthorizedData is the stock that a partner may give out.
type AuthorizedData struct {
	BusinessType string `json:"business_type" title:"授权业务类别" rule:"required enum=FAVOR_STOCK|BUSIFAVOR_STOCK"`
	StockID      string `json:"stock_id" title:"授权批次ID" rule:"required bytes=1..20"`
}

// DataFilter chooses partnerships by their stock; the stock itself may be left open.
type DataFilter struct {
	BusinessType string `json:"business_type" title:"授权业务类别" rule:"required enum=FAVOR_STOCK|BUSIFAVOR_STOCK"`
	StockID      string `json:"stock_id,omitempty" title:"授权批次ID" rule:"blank bytes=1..20"`
}

// BuildRequest establishes a partnership (3).
type BuildRequest struct {
	// IdempotencyKey makes a repeat safe. The signature does not cover it.
	IdempotencyKey string         `header:"Idempotency-Key" json:"-" title:"业务请求幂等值" rule:"required blank bytes=1..128 match=number"`
	Partner        Partner        `json:"partner" title:"合作方信息" rule:"required"`
	AuthorizedData AuthorizedData `json:"authorized_data" title:"被授权数据" rule:"required"`
}

// BuildResponse is the partnership as it stands.
type BuildResponse struct {
	Partner        Partner        `json:"partner" title:"合作方信息" rule:"required"`
	AuthorizedData AuthorizedData `json:"authorized_data" title:"被授权数据" rule:"required"`
	State          string         `json:"state" title:"合作状态" rule:"required enum=ESTABLISHED|TERMINATED"`
	BuildTime      schema.Time    `json:"build_time" title:"建立合作关系时间" rule:"required"`
	CreateTime     schema.Time    `json:"create_time" title:"创建时间" rule:"required"`
	UpdateTime     schema.Time    `json:"update_time" title:"更新时间" rule:"required"`
}

// TerminateRequest ends a partnership (4).
type TerminateRequest struct {
	// IdempotencyKey makes a repeat safe. The signature does not cover it.
	IdempotencyKey string         `header:"Idempotency-Key" json:"-" title:"业务请求幂等值" rule:"required blank bytes=1..128 match=number"`
	Partner        Partner        `json:"partner" title:"合作方信息" rule:"required"`
	AuthorizedData AuthorizedData `json:"authorized_data" title:"被授权数据" rule:"required"`
}

// TerminateResponse says when the partnership ended.
type TerminateResponse struct {
	TerminateTime schema.Time `json:"terminate_time" title:"终止合作关系时间" rule:"required"`
}

// ListRequest asks for a page of the caller's partnerships, the newest first (5). The two
// filters travel as the text of JSON objects.
type ListRequest struct {
	AuthorizedData DataFilter `query:"authorized_data" json:"-" title:"被授权数据" rule:"required"`
	Partner        *Partner   `query:"partner" json:"-" title:"合作方信息"`
	// Offset is the number of the page, from 0.
	Offset int64 `query:"offset" json:"-" title:"分页页码" rule:"blank range=0.."`
	// Limit is the size of a page, at most 50; nil is 50.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"blank range=1.."`
}

// ListResponse is a page.
type ListResponse struct {
	Data       []Partnership `json:"data" title:"合作关系结果集" rule:"required"`
	TotalCount int64         `json:"total_count" title:"总数量" rule:"required"`
	Offset     int64         `json:"offset" title:"分页页码" rule:"required"`
	Limit      int64         `json:"limit" title:"分页大小" rule:"required"`
}

// Partnership is one of a page. It has no state: one that was terminated says when.
type Partnership struct {
	Partner        Partner        `json:"partner" title:"合作方信息" rule:"required"`
	AuthorizedData AuthorizedData `json:"authorized_data" title:"被授权数据" rule:"required"`
	BuildTime      schema.Time    `json:"build_time" title:"建立合作关系时间" rule:"required"`
	TerminateTime  schema.Time    `json:"terminate_time,omitzero" title:"终止合作关系时间"`
	CreateTime     schema.Time    `json:"create_time" title:"创建时间" rule:"required"`
	UpdateTime     schema.Time    `json:"update_time" title:"更新时间" rule:"required"`
}

// Operations returns the table.
func Operations() []wire.Operation {
	operations := []wire.Operation{
		{
			ID: Build, Title: wire.Text{ZH: "建立合作关系", EN: "Establish a partnership"}, Section: "partnerships 3",
			Method: http.MethodPost, Path: "/v3/marketing/partnerships/build", Success: http.StatusOK,
			RequestNo: "Idempotency-Key",
			Request:   schema.Of[BuildRequest](),
			Response:  schema.Of[BuildResponse](),
			Failures: append(changeFailures(),
				wire.Failure{Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "AppID与mchid不匹配", When: "The appid of the partner is not bound to a merchant."},
				wire.Failure{Status: http.StatusBadRequest, Code: "MCH_NOT_EXISTS", Message: "商户号不合法", When: "The partner merchant does not exist."},
				wire.Failure{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "活动已结束或未激活", When: "The stock was stopped or has ended."},
			),
		},
		{
			ID: Terminate, Title: wire.Text{ZH: "终止合作关系", EN: "Terminate a partnership"}, Section: "partnerships 4",
			Method: http.MethodPost, Path: "/v3/marketing/partnerships/terminate", Success: http.StatusOK,
			RequestNo: "Idempotency-Key",
			Request:   schema.Of[TerminateRequest](),
			Response:  schema.Of[TerminateResponse](),
			Failures: append(changeFailures(),
				wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "合作关系不存在", When: "This partnership never existed."},
			),
		},
		{
			ID: List, Title: wire.Text{ZH: "查询合作关系列表", EN: "List partnerships"}, Section: "partnerships 5",
			Method: http.MethodGet, Path: "/v3/marketing/partnerships", Success: http.StatusOK,
			Request:  schema.Of[ListRequest](),
			Response: schema.Of[ListResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "页大小超过阈值", When: "limit is above 50."},
				unknownCaller(),
			},
		},
	}
	for i := range operations {
		operations[i].Product = wire.Partnership
		operations[i].Auth = wire.SignedByMerchant
	}
	return operations
}

// changeFailures are what the two changes share (7).
func changeFailures() []wire.Failure {
	return []wire.Failure{
		{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "输入源“/header/Idempotency-Key”映射到字段“业务请求幂等值”必填性规则校验失败，此字段为必填项", When: "The header Idempotency-Key is missing."},
		{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "幂等值重复，且与之前请求的参数不一致", When: "The Idempotency-Key was used before with other content."},
		{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "批次不存在", When: "The stock does not exist."},
		{Status: http.StatusForbidden, Code: "REQUEST_BLOCKED", Message: "调用商户无权限", When: "The stock belongs to another merchant."},
		unknownCaller(),
	}
}

func unknownCaller() wire.Failure {
	return wire.Failure{Status: http.StatusUnauthorized, Code: "SIGN_ERROR", Message: "商户号不存在", When: "The signing merchant does not exist: check the mchid of the Authorization header."}
}
