package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// MerchantReader reads merchants and their relations.
type MerchantReader interface {
	// Merchant returns a merchant with its appids and permissions, or
	// ErrNotFound.
	Merchant(ctx context.Context, id merchant.ID) (merchant.Merchant, error)
	// IsSubMerchant reports whether sub was added to provider.
	IsSubMerchant(ctx context.Context, provider, sub merchant.ID) (bool, error)
	// AppIDServes reports whether an appid is bound to the merchant or to one of
	// its sub-merchants.
	AppIDServes(ctx context.Context, a merchant.AppID, id merchant.ID) (bool, error)
	// AppIDBound reports whether an appid is bound to any merchant.
	AppIDBound(ctx context.Context, a merchant.AppID) (bool, error)
	// MerchantPage returns up to limit merchants in the order of their ids, those after
	// the given one.
	MerchantPage(ctx context.Context, after merchant.ID, limit int) ([]merchant.Merchant, error)
	// SubMerchants lists those that were added to a provider, in the order of their ids.
	SubMerchants(ctx context.Context, provider merchant.ID) ([]merchant.ID, error)
	// Brands lists the chain brands of a merchant, in the order of their names.
	Brands(ctx context.Context, id merchant.ID) ([]string, error)
	// SameBrand reports whether two merchants belong to one chain brand.
	SameBrand(ctx context.Context, a, b merchant.ID) (bool, error)
}

// MerchantWriter changes merchants.
type MerchantWriter interface {
	// InsertMerchant adds a merchant with its appids and permissions.
	InsertMerchant(ctx context.Context, m merchant.Merchant, at time.Time) error
	// LockMerchant lets one transaction at a time decide from what a merchant has. It reports
	// ErrNotFound.
	LockMerchant(ctx context.Context, id merchant.ID) error
	// UpdateMerchant replaces everything but the id.
	UpdateMerchant(ctx context.Context, m merchant.Merchant) error
	// AddSubMerchant relates two merchants; doing it again changes nothing. It reports
	// ErrNotFound.
	AddSubMerchant(ctx context.Context, provider, sub merchant.ID) error
	// RemoveSubMerchant ends the relation of two merchants; when there is none nothing
	// changes.
	RemoveSubMerchant(ctx context.Context, provider, sub merchant.ID) error
	// JoinBrand makes a merchant one of a chain brand; doing it again changes nothing. It
	// reports ErrNotFound.
	JoinBrand(ctx context.Context, id merchant.ID, brand string) error
}

// UserReader reads registered users. It reports user.ErrNotFound, as user.Lookup
// wants.
type UserReader interface {
	user.Lookup
	// Users returns those of the openids that are registered.
	Users(ctx context.Context, ids []user.OpenID) (map[user.OpenID]user.User, error)
	// UserPage returns a page of users in the order of their openids.
	UserPage(ctx context.Context, q UserQuery) ([]user.User, error)
	// UsersOfAccount returns up to limit openids of one account, in the order of their
	// appids.
	UsersOfAccount(ctx context.Context, id user.ID, limit int) ([]user.User, error)
	// UsersOfPerson returns up to limit users behind whom there is one natural person, in
	// the order of their openids, those behind after.
	UsersOfPerson(ctx context.Context, person user.ID, after user.OpenID, limit int) ([]user.User, error)
	// LinkedAccounts returns the accounts that were linked to each of the persons, besides
	// the account that a person is named after.
	LinkedAccounts(ctx context.Context, persons []user.ID) (map[user.ID][]user.ID, error)
}

// UserQuery narrows the users. Empty fields do not narrow; UnionID and Suspicious do not
// go together: of both, only UnionID counts.
type UserQuery struct {
	UnionID    string
	Suspicious bool
	// After is the last openid of the page before; Limit must be positive.
	After user.OpenID
	Limit int
}

// Matches reports whether a user belongs to the answer. Engines without a query language
// use it, and it defines what the others must do.
func (q *UserQuery) Matches(u *user.User) bool {
	if u.OpenID <= q.After {
		return false
	}
	if q.UnionID != "" {
		return u.UnionID == q.UnionID
	}
	return u.Suspicious || !q.Suspicious
}

// UserWriter registers users.
type UserWriter interface {
	// InsertUsers adds users. An openid that is registered already stays as it
	// is. One of an account that was forgotten gets its person and its mark.
	InsertUsers(ctx context.Context, users []user.User) error
	// ForgetAccount removes all users of an account and adds one in their place, as user.Forget
	// makes it.
	ForgetAccount(ctx context.Context, forgotten user.User) error
	// UpdateUser replaces the person, the unionid and the mark of a user; appid, openid and
	// account never change. It reports ErrNotFound.
	UpdateUser(ctx context.Context, u user.User) error
}
