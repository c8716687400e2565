package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/user"
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
	// SameBrand reports whether two merchants belong to one chain brand.
	SameBrand(ctx context.Context, a, b merchant.ID) (bool, error)
}

// MerchantWriter changes merchants.
type MerchantWriter interface {
	// InsertMerchant adds a merchant with its appids and permissions.
	InsertMerchant(ctx context.Context, m merchant.Merchant, at time.Time) error
	// UpdateMerchant replaces everything but the id.
	UpdateMerchant(ctx context.Context, m merchant.Merchant) error
	// AddSubMerchant relates two merchants; doing it again changes nothing.
	AddSubMerchant(ctx context.Context, provider, sub merchant.ID) error
	// JoinBrand makes a merchant one of a chain brand; doing it again changes nothing.
	JoinBrand(ctx context.Context, id merchant.ID, brand string) error
}

// UserReader reads registered users. It reports user.ErrNotFound, as user.Lookup
// wants.
type UserReader interface {
	user.Lookup
	// Users returns those of the openids that are registered.
	Users(ctx context.Context, ids []user.OpenID) (map[user.OpenID]user.User, error)
}

// UserWriter registers users.
type UserWriter interface {
	// InsertUsers adds users. An openid that is registered already stays as it
	// is.
	InsertUsers(ctx context.Context, users []user.User) error
}
