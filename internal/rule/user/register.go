package user

import (
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Refusals of a registration. The texts are ours: the platform has no such call.
var (
	// ErrForm refuses an openid that cannot be one.
	ErrForm = fault.New(fault.Invalid,
		"openid须为1至128个字符，可包含英文字母、数字、_和-",
		"An openid has 1 to 128 letters, digits, _ or -.")
	// ErrOtherAppID refuses an openid that is registered under another appid.
	ErrOtherAppID = fault.New(fault.Exists,
		"该openid已登记在另一个appid下", "The openid is registered under another appid.")
	// ErrOtherUnion refuses a unionid that belongs to another account.
	ErrOtherUnion = fault.New(fault.Exists,
		"该unionid属于另一个账号；已登记的openid不能改换账号",
		"The unionid belongs to another account, and an openid that is registered keeps its account.")
	// ErrSecondOpenID refuses a second openid of one account under one appid.
	ErrSecondOpenID = fault.New(fault.Exists,
		"该unionid在此appid下已有另一个openid", "The unionid has another openid under this appid already.")
)

// maxOpenID is the longest openid that may be registered; the platform's have 28
// characters.
const maxOpenID = 128

// CheckOpenID reports [ErrForm] unless an openid may be registered.
func CheckOpenID(id OpenID) error {
	if id == "" || len(id) > maxOpenID || !plain(id) {
		return ErrForm.At("openid", string(id))
	}
	return nil
}

// New returns a user who is not registered yet, with an account that depends on nothing but
// the openid, as in [Policy.Resolve]; openids of one unionid share the account.
func New(appid merchant.AppID, id OpenID, unionID string) User {
	account := derive("account", string(appid), string(id))
	if unionID != "" {
		account = derive("union", unionID)
	}
	return User{AppID: appid, OpenID: id, ID: account, Person: account, UnionID: unionID}
}
