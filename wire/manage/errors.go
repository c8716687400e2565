package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// ListErrors is the id of the operation that explains the errors of the API.
const ListErrors = "manage.errors.list"

// ErrorList has every error code of the API, by code.
type ErrorList struct {
	Errors []ErrorCode `json:"errors" title:"错误码" rule:"required"`
}

// ErrorCode is what a code means, and what to do about it.
type ErrorCode struct {
	Code     string      `json:"code" title:"错误码" rule:"required"`
	ReasonZH string      `json:"reason_zh" title:"含义" rule:"required"`
	ReasonEN string      `json:"reason_en" title:"含义（英文）" rule:"required"`
	FixZH    string      `json:"fix_zh" title:"怎么办" rule:"required"`
	FixEN    string      `json:"fix_en" title:"怎么办（英文）" rule:"required"`
	Cases    []ErrorCase `json:"cases" title:"情形" rule:"required"`
}

// ErrorCase is one documented answer with a code.
type ErrorCase struct {
	Status int64 `json:"status" title:"HTTP状态码" rule:"required"`
	// Message is absent when it differs.
	Message string `json:"message,omitempty" title:"错误描述"`
	// MessagesEN are the texts by which a call that asks for English is told the message.
	MessagesEN []string `json:"messages_en,omitempty" title:"错误描述（英文）"`
	// WhenZH and WhenEN say what leads to it.
	WhenZH string `json:"when_zh" title:"何时" rule:"required"`
	WhenEN string `json:"when_en" title:"何时（英文）" rule:"required"`
	// Operations are ids, or a product with a star.
	Operations []string `json:"operations" title:"接口" rule:"required"`
}

func errorOperations() []wire.Operation {
	return []wire.Operation{{
		ID: ListErrors, Title: wire.Text{ZH: "查看错误码", EN: "List the error codes"}, Duty: wire.DutyBasic, Section: "management",
		Method: http.MethodGet, Path: "/manage/v1/errors", Response: schema.Of[ErrorList](),
	}}
}
