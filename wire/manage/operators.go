package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on those who use this port.
const (
	ListOperators  = "manage.operators.list"
	AddOperator    = "manage.operators.add"
	ChangeOperator = "manage.operators.change"
	InviteOperator = "manage.operators.invite"
	ListTokens     = "manage.tokens.list"
	CreateToken    = "manage.tokens.create" //nolint:gosec // the name of an operation
	RotateToken    = "manage.tokens.rotate" //nolint:gosec // the name of an operation
	RevokeToken    = "manage.tokens.revoke" //nolint:gosec // the name of an operation
)

// ListOperatorsRequest asks for a page of operators in the order of their names.
type ListOperatorsRequest struct {
	After string `query:"after" json:"-" title:"起始名称" rule:"chars=1..32"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// OperatorList is a page of operators.
type OperatorList struct {
	Operators []Operator `json:"operators" title:"管理员" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始名称"`
}

// Operator is a person who uses this port.
type Operator struct {
	Name    string   `json:"name" title:"名称" rule:"required"`
	Display string   `json:"display,omitempty" title:"显示名"`
	Roles   []string `json:"roles" title:"角色" rule:"required"`
	// State is INVITED until the person has chosen a password.
	State string `json:"state" title:"状态" rule:"required enum=INVITED|ACTIVE|SUSPENDED"`
	// SecondFactor says that a password alone does not let the person in.
	SecondFactor bool `json:"second_factor" title:"两步验证" rule:"required"`
	// TOTP and Passkeys are the person's second factors.
	TOTP       bool        `json:"totp" title:"是否启用验证器" rule:"required"`
	Passkeys   int64       `json:"passkeys" title:"通行密钥个数" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
}

// OperatorRequest names an operator.
type OperatorRequest struct {
	Name string `path:"name" json:"-" title:"名称" rule:"required chars=1..32"`
}

// AddOperatorRequest adds a person. Roles are VIEWER, MARKETER, REDEEMER, DEVELOPER, FINANCE,
// MAINTAINER, AUDITOR and ADMIN.
type AddOperatorRequest struct {
	Name    string   `json:"name" title:"名称" rule:"required chars=1..32"`
	Display string   `json:"display,omitempty" title:"显示名" rule:"chars=1..64 line"`
	Roles   []string `json:"roles" title:"角色" rule:"required items=1..8 chars=1..16"`
}

// ChangeOperatorRequest changes a person. What is left out stays as it is.
type ChangeOperatorRequest struct {
	Name      string    `path:"name" json:"-" title:"名称" rule:"required chars=1..32"`
	Display   *string   `json:"display,omitempty" title:"显示名" rule:"chars=0..64 line"`
	Roles     *[]string `json:"roles,omitempty" title:"角色" rule:"items=1..8 chars=1..16"`
	Suspended *bool     `json:"suspended,omitempty" title:"是否停用"`
}

// InvitedOperator is a person with an invitation, which is shown once.
type InvitedOperator struct {
	Operator Operator `json:"operator" title:"管理员" rule:"required"`
	// Invitation is what the page /setup takes after a #: it lets the person choose a password.
	Invitation string      `json:"invitation" title:"邀请码" rule:"required"`
	ExpireTime schema.Time `json:"expire_time" title:"到期时间" rule:"required"`
}

// TokenList has the tokens of programs.
type TokenList struct {
	Tokens []Token `json:"tokens" title:"令牌" rule:"required"`
}

// Token is what a program shows to use this port; its secret was shown when it was made.
type Token struct {
	Name  string   `json:"name" title:"名称" rule:"required"`
	Roles []string `json:"roles" title:"角色" rule:"required"`
	// CreatedBy is who made it.
	CreatedBy  string      `json:"created_by" title:"创建者" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
	ExpireTime schema.Time `json:"expire_time" title:"到期时间" rule:"required"`
	// UseTime is when it was shown last, to the minute; absent when never.
	UseTime schema.Time `json:"use_time,omitzero" title:"最近使用时间"`
}

// CreateTokenRequest makes a token.
type CreateTokenRequest struct {
	Name  string   `json:"name" title:"名称" rule:"required chars=1..32"`
	Roles []string `json:"roles" title:"角色" rule:"required items=1..8 chars=1..16"`
	// ExpireTime is at most 366 days ahead.
	ExpireTime schema.Time `json:"expire_time" title:"到期时间" rule:"required chars=1..40"`
}

// RotateTokenRequest makes a successor of a token, with its name and roles.
type RotateTokenRequest struct {
	Name string `path:"name" json:"-" title:"名称" rule:"required chars=1..32"`
	// ExpireTime is at most 366 days ahead.
	ExpireTime schema.Time `json:"expire_time" title:"到期时间" rule:"required chars=1..40"`
	// Overlap is for how many seconds the former token counts beside it; nil is a day.
	Overlap *int64 `json:"overlap,omitempty" title:"新旧并用秒数" rule:"range=0..2592000"`
}

// CreatedToken is a new token with its secret, which is shown once.
type CreatedToken struct {
	Token  Token  `json:"token" title:"令牌" rule:"required"`
	Secret string `json:"secret" title:"令牌内容" rule:"required"`
}

// TokenRequest names a token.
type TokenRequest struct {
	Name string `path:"name" json:"-" title:"名称" rule:"required chars=1..32"`
}

func operatorOperations() []wire.Operation {
	const operators, tokens = "/manage/v1/operators", "/manage/v1/tokens"
	operations := []wire.Operation{
		{
			ID: ListOperators, Title: wire.Text{ZH: "查询管理员列表", EN: "List operators"},
			Method: http.MethodGet, Path: operators, Request: schema.Of[ListOperatorsRequest](), Response: schema.Of[OperatorList](),
		},
		{
			ID: AddOperator, Title: wire.Text{ZH: "添加管理员", EN: "Add an operator"},
			Method: http.MethodPost, Path: operators, Request: schema.Of[AddOperatorRequest](), Response: schema.Of[InvitedOperator](),
		},
		{
			ID: ChangeOperator, Title: wire.Text{ZH: "更改管理员", EN: "Change an operator"},
			Method: http.MethodPatch, Path: operators + "/{name}", Request: schema.Of[ChangeOperatorRequest](), Response: schema.Of[Operator](),
		},
		{
			ID: InviteOperator, Title: wire.Text{ZH: "重新邀请管理员", EN: "Invite an operator again"},
			Method: http.MethodPost, Path: operators + "/{name}/invite",
			Request: schema.Of[OperatorRequest](), Response: schema.Of[InvitedOperator](),
		},
		{
			ID: ListTokens, Title: wire.Text{ZH: "查询令牌列表", EN: "List tokens"},
			Method: http.MethodGet, Path: tokens, Response: schema.Of[TokenList](),
		},
		{
			ID: CreateToken, Title: wire.Text{ZH: "创建令牌", EN: "Create a token"},
			Method: http.MethodPost, Path: tokens, Request: schema.Of[CreateTokenRequest](), Response: schema.Of[CreatedToken](),
		},
		{
			ID: RotateToken, Title: wire.Text{ZH: "轮换令牌", EN: "Rotate a token"},
			Method: http.MethodPost, Path: tokens + "/{name}/rotate", Request: schema.Of[RotateTokenRequest](), Response: schema.Of[CreatedToken](),
		},
		{
			ID: RevokeToken, Title: wire.Text{ZH: "吊销令牌", EN: "Revoke a token"}, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: tokens + "/{name}", Request: schema.Of[TokenRequest](),
		},
	}
	for i := range operations {
		operations[i].Section, operations[i].Duty = "management", wire.DutyOperators
	}
	return operations
}
