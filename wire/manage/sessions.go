package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations by which people sign in and look after themselves.
const (
	CreateSession    = "manage.sessions.create"
	GetSession       = "manage.sessions.current"
	EndSession       = "manage.sessions.end"
	ListSessions     = "manage.sessions.list"
	RemoveSession    = "manage.sessions.remove"
	ProveSession     = "manage.sessions.prove"
	ShowInvitation   = "manage.invitations.show"
	AcceptInvitation = "manage.invitations.accept"
	SetPassword      = "manage.account.password"
	BeginTOTP        = "manage.account.totp.begin"
	ConfirmTOTP      = "manage.account.totp.confirm"
	RemoveTOTP       = "manage.account.totp.remove"
)

// CreateSessionRequest signs a person in. Without a code where one is needed the answer is 401
// with CODE_REQUIRED.
type CreateSessionRequest struct {
	Name     string `json:"name" title:"名称" rule:"required chars=1..32"`
	Password string `json:"password" title:"密码" rule:"required chars=1..256"`
	// Code is that of an authenticator, or a recovery code.
	Code string `json:"code,omitempty" title:"验证码" rule:"chars=1..32"`
}

// Session is who asks, and what that one may do.
type Session struct {
	// Actor is how the audit calls it.
	Actor string `json:"actor" title:"操作者" rule:"required"`
	// SignedIn is true for a person; a program, or whoever uses a sandbox from its machine, is
	// none.
	SignedIn bool     `json:"signed_in" title:"是否已登录" rule:"required"`
	Name     string   `json:"name,omitempty" title:"名称"`
	Display  string   `json:"display,omitempty" title:"显示名"`
	Roles    []string `json:"roles" title:"角色" rule:"required"`
	Duties   []string `json:"duties" title:"权限" rule:"required"`
	// TOTP and Passkeys are the person's second factors.
	TOTP     bool  `json:"totp" title:"是否启用验证器" rule:"required"`
	Passkeys int64 `json:"passkeys" title:"通行密钥个数" rule:"required"`
	// NeedsSecondFactor says that the roles wait until there is one.
	NeedsSecondFactor bool   `json:"needs_second_factor" title:"是否须启用两步验证" rule:"required"`
	Mode              string `json:"mode" title:"模式" rule:"required enum=sandbox|production"`
}

// SessionList has the places where a person is signed in.
type SessionList struct {
	Sessions []OpenSession `json:"sessions" title:"登录会话" rule:"required"`
}

// OpenSession is a place where a person is signed in.
type OpenSession struct {
	SessionID  string      `json:"session_id" title:"会话编号" rule:"required"`
	Current    bool        `json:"current" title:"是否当前会话" rule:"required"`
	Address    string      `json:"address" title:"地址" rule:"required"`
	Agent      string      `json:"agent,omitempty" title:"浏览器"`
	CreateTime schema.Time `json:"create_time" title:"登录时间" rule:"required"`
	SeenTime   schema.Time `json:"seen_time" title:"最近活动时间" rule:"required"`
	ExpireTime schema.Time `json:"expire_time" title:"到期时间" rule:"required"`
}

// SessionRequest names a session of one's own.
type SessionRequest struct {
	SessionID string `path:"session_id" json:"-" title:"会话编号" rule:"required chars=1..32"`
}

// ProveSessionRequest shows the password again, which some changes want to have seen just now.
type ProveSessionRequest struct {
	Password string `json:"password" title:"密码" rule:"required chars=1..256"`
}

// ShowInvitationRequest asks for whom an invitation is.
type ShowInvitationRequest struct {
	Invitation string `json:"invitation" title:"邀请码" rule:"required chars=1..64"`
}

// Invitation says for whom an invitation is.
type Invitation struct {
	// First is true for that of the first operator, who chooses a name and becomes an admin.
	First   bool     `json:"first" title:"是否首位管理员" rule:"required"`
	Name    string   `json:"name,omitempty" title:"名称"`
	Display string   `json:"display,omitempty" title:"显示名"`
	Roles   []string `json:"roles" title:"角色" rule:"required"`
}

// AcceptInvitationRequest takes an invitation, once.
type AcceptInvitationRequest struct {
	Invitation string `json:"invitation" title:"邀请码" rule:"required chars=1..64"`
	// Name and Display are for the first operator only.
	Name     string `json:"name,omitempty" title:"名称" rule:"chars=1..32"`
	Display  string `json:"display,omitempty" title:"显示名" rule:"chars=1..64 line"`
	Password string `json:"password" title:"密码" rule:"required chars=1..256"`
}

// SetPasswordRequest replaces one's password, and ends one's other sessions.
type SetPasswordRequest struct {
	Before   string `json:"before" title:"原密码" rule:"required chars=1..256"`
	Password string `json:"password" title:"新密码" rule:"required chars=1..256"`
}

// TOTPEnrollment is what an authenticator is given: by a QR code, or by hand.
type TOTPEnrollment struct {
	Secret string `json:"secret" title:"密钥" rule:"required"`
	URL    string `json:"url" title:"二维码内容" rule:"required"`
	// QRSize and QRPath draw the code: an SVG path in a square of that size.
	QRSize int64  `json:"qr_size" title:"二维码边长" rule:"required"`
	QRPath string `json:"qr_path" title:"二维码路径" rule:"required"`
}

// ConfirmTOTPRequest shows a code of the authenticator.
type ConfirmTOTPRequest struct {
	Code string `json:"code" title:"验证码" rule:"required chars=1..32"`
}

// RecoveryCodes replace a lost authenticator, once each. They are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codes" title:"恢复码" rule:"required"`
}

func sessionOperations() []wire.Operation {
	const sessions, current = "/manage/v1/sessions", "/manage/v1/sessions/current"
	session := schema.Of[Session]()
	return personal([]wire.Operation{
		{
			ID: CreateSession, Title: wire.Text{ZH: "登录", EN: "Sign in"}, Auth: wire.ByAnyone,
			Method: http.MethodPost, Path: sessions, Request: schema.Of[CreateSessionRequest](), Response: session,
		},
		{
			ID: GetSession, Title: wire.Text{ZH: "查看当前身份", EN: "Show who asks"},
			Method: http.MethodGet, Path: current, Response: session,
		},
		{
			ID: EndSession, Title: wire.Text{ZH: "退出登录", EN: "Sign out"}, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: current,
		},
		{
			ID: ListSessions, Title: wire.Text{ZH: "查询自己的登录会话", EN: "List one's sessions"},
			Method: http.MethodGet, Path: sessions, Response: schema.Of[SessionList](),
		},
		{
			ID: RemoveSession, Title: wire.Text{ZH: "结束自己的登录会话", EN: "End one of one's sessions"}, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: sessions + "/{session_id}", Request: schema.Of[SessionRequest](),
		},
		{
			ID: ProveSession, Title: wire.Text{ZH: "再次验证密码", EN: "Show the password again"},
			Method: http.MethodPost, Path: current + "/prove", Request: schema.Of[ProveSessionRequest](), Response: session,
		},
	})
}

// accountOperations are about how one proves who one is.
func accountOperations() []wire.Operation {
	const invitations, account = "/manage/v1/invitations", "/manage/v1/account"
	return personal([]wire.Operation{
		{
			ID: ShowInvitation, Title: wire.Text{ZH: "查看邀请", EN: "Show an invitation"}, Auth: wire.ByAnyone, ReadOnly: true,
			Method: http.MethodPost, Path: invitations + "/show",
			Request: schema.Of[ShowInvitationRequest](), Response: schema.Of[Invitation](),
		},
		{
			ID: AcceptInvitation, Title: wire.Text{ZH: "接受邀请", EN: "Take an invitation"}, Auth: wire.ByAnyone,
			Method: http.MethodPost, Path: invitations + "/accept",
			Request: schema.Of[AcceptInvitationRequest](), Response: schema.Of[Operator](),
		},
		{
			ID: SetPassword, Title: wire.Text{ZH: "修改自己的密码", EN: "Change one's password"}, Success: http.StatusNoContent,
			Method: http.MethodPut, Path: account + "/password", Request: schema.Of[SetPasswordRequest](),
		},
		{
			ID: BeginTOTP, Title: wire.Text{ZH: "开始绑定验证器", EN: "Begin with an authenticator"},
			Method: http.MethodPost, Path: account + "/totp", Response: schema.Of[TOTPEnrollment](),
		},
		{
			ID: ConfirmTOTP, Title: wire.Text{ZH: "启用验证器", EN: "Confirm an authenticator"},
			Method: http.MethodPost, Path: account + "/totp/confirm", Request: schema.Of[ConfirmTOTPRequest](), Response: schema.Of[RecoveryCodes](),
		},
		{
			ID: RemoveTOTP, Title: wire.Text{ZH: "停用验证器", EN: "Remove an authenticator"}, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: account + "/totp",
		},
	})
}

// personal are operations of everyone who may be here, and of those who show that they may.
func personal(operations []wire.Operation) []wire.Operation {
	for i := range operations {
		op := &operations[i]
		op.Section = "management"
		if op.Auth != wire.ByAnyone {
			op.Duty = wire.DutyBasic
		}
	}
	return operations
}
