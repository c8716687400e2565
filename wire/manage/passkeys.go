package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about passkeys (W3C Web Authentication). Binary values are in base64url
// without padding, as the JSON of browsers has them.
const (
	BeginPasskey          = "manage.sessions.passkey.begin"
	CreatePasskeySession  = "manage.sessions.passkey"
	ProvePasskey          = "manage.sessions.prove.passkey"
	ListPasskeys          = "manage.account.passkeys.list"
	BeginNewPasskey       = "manage.account.passkeys.begin"
	AddPasskey            = "manage.account.passkeys.add"
	RenamePasskey         = "manage.account.passkeys.rename"
	RemovePasskey         = "manage.account.passkeys.remove"
	ListOperatorPasskeys  = "manage.operators.passkeys.list"
	RemoveOperatorPasskey = "manage.operators.passkeys.remove"
)

// PasskeyQuestion is what a browser is to ask a device, for a passkey that is there.
type PasskeyQuestion struct {
	// Challenge is to be answered once, within TimeoutMS.
	Challenge string `json:"challenge" title:"挑战值" rule:"required"`
	// RPID is the host that the passkey is for.
	RPID      string `json:"rp_id" title:"依赖方标识" rule:"required"`
	TimeoutMS int64  `json:"timeout_ms" title:"时限（毫秒）" rule:"required"`
}

// PasskeyAnswer shows a passkey: what the browser returns from navigator.credentials.get.
type PasskeyAnswer struct {
	CredentialID      string `json:"credential_id" title:"凭据编号" rule:"required chars=1..1364"`
	ClientData        string `json:"client_data" title:"客户端数据" rule:"required chars=1..4096"`
	AuthenticatorData string `json:"authenticator_data" title:"验证器数据" rule:"required chars=1..4096"`
	Signature         string `json:"signature" title:"签名" rule:"required chars=1..1024"`
	UserHandle        string `json:"user_handle" title:"用户句柄" rule:"required chars=1..88"`
}

// NewPasskeyQuestion is what a browser is to ask a device, for a new passkey.
type NewPasskeyQuestion struct {
	Challenge string `json:"challenge" title:"挑战值" rule:"required"`
	RPID      string `json:"rp_id" title:"依赖方标识" rule:"required"`
	TimeoutMS int64  `json:"timeout_ms" title:"时限（毫秒）" rule:"required"`
	// UserHandle is what the device is to know the person by, Name and Display what it shows.
	UserHandle string `json:"user_handle" title:"用户句柄" rule:"required"`
	Name       string `json:"name" title:"名称" rule:"required"`
	Display    string `json:"display" title:"显示名" rule:"required"`
	// Algorithms are what the key may sign with, the best first (COSE).
	Algorithms []int64 `json:"algorithms" title:"签名算法" rule:"required"`
	// Exclude are the ids of the person's passkeys: no device needs two.
	Exclude []string `json:"exclude" title:"已有的凭据编号" rule:"required"`
}

// AddPasskeyRequest adds a passkey: what the browser returns from navigator.credentials.create.
type AddPasskeyRequest struct {
	// Label is what its owner calls it.
	Label             string `json:"label" title:"名称" rule:"required chars=1..64 line"`
	CredentialID      string `json:"credential_id" title:"凭据编号" rule:"required chars=1..1364"`
	ClientData        string `json:"client_data" title:"客户端数据" rule:"required chars=1..4096"`
	AuthenticatorData string `json:"authenticator_data" title:"验证器数据" rule:"required chars=1..8192"`
	// PublicKey is a SubjectPublicKeyInfo, which browsers return from getPublicKey.
	PublicKey string `json:"public_key" title:"公钥" rule:"required chars=1..2048"`
}

// Passkey is a key in somebody's device, or in the account that the device syncs.
type Passkey struct {
	PasskeyID string `json:"passkey_id" title:"通行密钥编号" rule:"required"`
	Label     string `json:"label" title:"名称" rule:"required"`
	// Host is the host of the pages that it is for.
	Host string `json:"host" title:"适用的主机名" rule:"required"`
	// Synced says that other devices of its owner have it, too.
	Synced     bool        `json:"synced" title:"是否可同步" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"添加时间" rule:"required"`
}

// PasskeyList has the passkeys of a person, the oldest first.
type PasskeyList struct {
	Passkeys []Passkey `json:"passkeys" title:"通行密钥" rule:"required"`
}

// PasskeyRequest names a passkey of one's own.
type PasskeyRequest struct {
	PasskeyID string `path:"passkey_id" json:"-" title:"通行密钥编号" rule:"required chars=1..32"`
}

// RenamePasskeyRequest calls a passkey of one's own something else.
type RenamePasskeyRequest struct {
	PasskeyID string `path:"passkey_id" json:"-" title:"通行密钥编号" rule:"required chars=1..32"`
	Label     string `json:"label" title:"名称" rule:"required chars=1..64 line"`
}

// OperatorPasskeyRequest names a passkey of a person.
type OperatorPasskeyRequest struct {
	Name      string `path:"name" json:"-" title:"名称" rule:"required chars=1..32"`
	PasskeyID string `path:"passkey_id" json:"-" title:"通行密钥编号" rule:"required chars=1..32"`
}

// passkeyOperations are about passkeys of one's own.
func passkeyOperations() []wire.Operation {
	const sessions, account = "/manage/v1/sessions", "/manage/v1/account/passkeys"
	session := schema.Of[Session]()
	return personal([]wire.Operation{
		{
			ID: BeginPasskey, Title: wire.Text{ZH: "开始使用通行密钥", EN: "Begin with a passkey"}, Auth: wire.ByAnyone,
			Method: http.MethodPost, Path: sessions + "/passkey/begin", Response: schema.Of[PasskeyQuestion](),
		},
		{
			ID: CreatePasskeySession, Title: wire.Text{ZH: "用通行密钥登录", EN: "Sign in with a passkey"}, Auth: wire.ByAnyone,
			Method: http.MethodPost, Path: sessions + "/passkey", Request: schema.Of[PasskeyAnswer](), Response: session,
		},
		{
			ID: ProvePasskey, Title: wire.Text{ZH: "再次验证通行密钥", EN: "Show a passkey again"},
			Method: http.MethodPost, Path: sessions + "/current/prove/passkey", Request: schema.Of[PasskeyAnswer](), Response: session,
		},
		{
			ID: ListPasskeys, Title: wire.Text{ZH: "查询自己的通行密钥", EN: "List one's passkeys"},
			Method: http.MethodGet, Path: account, Response: schema.Of[PasskeyList](),
		},
		{
			ID: BeginNewPasskey, Title: wire.Text{ZH: "开始添加通行密钥", EN: "Begin with a new passkey"},
			Method: http.MethodPost, Path: account + "/begin", Response: schema.Of[NewPasskeyQuestion](),
		},
		{
			ID: AddPasskey, Title: wire.Text{ZH: "添加通行密钥", EN: "Add a passkey"},
			Method: http.MethodPost, Path: account, Request: schema.Of[AddPasskeyRequest](), Response: schema.Of[Passkey](),
		},
		{
			ID: RenamePasskey, Title: wire.Text{ZH: "重命名自己的通行密钥", EN: "Rename one of one's passkeys"},
			Method: http.MethodPatch, Path: account + "/{passkey_id}", Request: schema.Of[RenamePasskeyRequest](), Response: schema.Of[Passkey](),
		},
		{
			ID: RemovePasskey, Title: wire.Text{ZH: "移除自己的通行密钥", EN: "Remove one of one's passkeys"}, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: account + "/{passkey_id}", Request: schema.Of[PasskeyRequest](),
		},
	})
}

// lostPasskeyOperations are about passkeys of other people.
func lostPasskeyOperations() []wire.Operation {
	const passkeys = "/manage/v1/operators/{name}/passkeys"
	return []wire.Operation{
		{
			ID: ListOperatorPasskeys, Title: wire.Text{ZH: "查询管理员的通行密钥", EN: "List an operator's passkeys"},
			Section: "management", Duty: wire.DutyOperators,
			Method: http.MethodGet, Path: passkeys, Request: schema.Of[OperatorRequest](), Response: schema.Of[PasskeyList](),
		},
		{
			ID: RemoveOperatorPasskey, Title: wire.Text{ZH: "移除管理员丢失的通行密钥", EN: "Remove an operator's lost passkey"},
			Section: "management", Duty: wire.DutyOperators, Success: http.StatusNoContent,
			Method: http.MethodDelete, Path: passkeys + "/{passkey_id}", Request: schema.Of[OperatorPasskeyRequest](),
		},
	}
}
