package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on users.
const (
	ListUsers = "manage.users.list"
	GetUser   = "manage.users.get"
	PutUser   = "manage.users.put"
	// ForgetUser cannot be undone.
	ForgetUser = "manage.users.forget"
)

// ListUsersRequest asks for a page of users in the order of their openids. Of several
// filters the first one counts that is given, in the order of declaration.
type ListUsersRequest struct {
	// SamePersonAs lists the openids of the natural person behind one.
	SamePersonAs string `query:"same_person_as" json:"-" title:"同一自然人的openid" rule:"chars=1..128"`
	UnionID      string `query:"unionid" json:"-" title:"unionid" rule:"chars=1..128"`
	// Suspicious lists suspicious users when it is true.
	Suspicious string `query:"suspicious" json:"-" title:"是否可疑" rule:"enum=true|false"`
	// After is the last openid of the page before; empty begins with the first.
	After string `query:"after" json:"-" title:"起始openid" rule:"chars=1..128"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// UserList is a page of users.
type UserList struct {
	Users []User `json:"users" title:"用户" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始openid"`
}

// UserRequest names a user.
type UserRequest struct {
	OpenID string `path:"openid" json:"-" title:"openid" rule:"required chars=1..128"`
}

// PutUserRequest registers a user or changes one. What is left out stays as it is.
type PutUserRequest struct {
	OpenID string `path:"openid" json:"-" title:"openid" rule:"required chars=1..128"`
	// AppID is whose openid it is; it never changes.
	AppID string `json:"appid" title:"appid" rule:"required chars=1..32"`
	// UnionID is the id across appids: openids that are registered with one share an account.
	UnionID *string `json:"unionid,omitempty" title:"unionid" rule:"chars=0..128"`
	// SamePersonAs makes one natural person of the user and the one with this openid, and of
	// everybody who was linked to either; the user's own openid takes the user's account out
	// again. Coupons that were received before count as they did then.
	SamePersonAs string `json:"same_person_as,omitempty" title:"同一自然人的openid" rule:"chars=1..128"`
	// Suspicious marks the account as one that stocks with prevent_api_abuse refuse.
	Suspicious *bool `json:"suspicious,omitempty" title:"是否可疑"`
}

// User is an openid and whom it stands for.
type User struct {
	OpenID string `json:"openid" title:"openid" rule:"required"`
	AppID  string `json:"appid" title:"appid" rule:"required"`
	// Account is what openids of one user share, Person what accounts of one natural person
	// do. Both are ids of this server.
	Account    string `json:"account" title:"账号" rule:"required"`
	Person     string `json:"person" title:"自然人" rule:"required"`
	UnionID    string `json:"unionid,omitempty" title:"unionid"`
	Suspicious bool   `json:"suspicious" title:"是否可疑" rule:"required"`
}

// ForgottenUser is what became of a user whose openids were forgotten.
type ForgottenUser struct {
	// Account is what openids of one user share. It stays, and so do the coupons that it holds.
	Account string `json:"account" title:"账号" rule:"required"`
	// Name stands where an openid stood.
	Name string `json:"name" title:"替代名称" rule:"required"`
	// OpenIDs is how many were registered for the account; Coupons and Vouchers in how many an openid
	// stood.
	OpenIDs  int64 `json:"openids" title:"已抹去的openid数" rule:"required"`
	Coupons  int64 `json:"coupons" title:"已抹去的商家券数" rule:"required"`
	Vouchers int64 `json:"vouchers" title:"已抹去的代金券数" rule:"required"`
	// Linked is how many openids are left of others who are the same natural person.
	Linked int64 `json:"linked" title:"同一自然人的其余openid数" rule:"required"`
}

func userOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ListUsers, Title: wire.Text{ZH: "查询用户列表", EN: "List users"}, Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/users",
			Request: schema.Of[ListUsersRequest](), Response: schema.Of[UserList](),
		},
		{
			ID: GetUser, Title: wire.Text{ZH: "查询用户", EN: "Show a user"}, Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/users/{openid}",
			Request: schema.Of[UserRequest](), Response: schema.Of[User](),
		},
		{
			ID: PutUser, Title: wire.Text{ZH: "登记或更改用户", EN: "Register or change a user"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPut, Path: "/manage/v1/users/{openid}",
			Request: schema.Of[PutUserRequest](), Response: schema.Of[User](),
		},
		{
			ID: ForgetUser, Title: wire.Text{ZH: "抹去用户的openid", EN: "Forget the openids of a user"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPost, Path: "/manage/v1/users/{openid}/forget",
			Request: schema.Of[UserRequest](), Response: schema.Of[ForgottenUser](),
		},
	}
}
