package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on merchants.
const (
	ListMerchants     = "manage.merchants.list"
	GetMerchant       = "manage.merchants.get"
	CreateMerchant    = "manage.merchants.create"
	ChangeMerchant    = "manage.merchants.change"
	AddSubMerchant    = "manage.merchants.add_sub"
	RemoveSubMerchant = "manage.merchants.remove_sub"
)

// ListMerchantsRequest asks for a page of merchants in the order of their mchids.
type ListMerchantsRequest struct {
	// After is the last mchid of the page before; empty begins with the first.
	After string `query:"after" json:"-" title:"起始商户号" rule:"chars=1..15"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// MerchantList is a page of merchants, without their sub-merchants.
type MerchantList struct {
	Merchants []Merchant `json:"merchants" title:"商户" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始商户号"`
}

// MerchantRequest names a merchant.
type MerchantRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
}

// CreateMerchantRequest registers a merchant who brings keys of its own. The permission PUSH_EVENTS is
// granted besides those that are named.
type CreateMerchantRequest struct {
	MchID string `json:"mchid" title:"商户号" rule:"required chars=8..10 match=mchid"`
	// Name is the short name on cards.
	Name string `json:"name" title:"商户简称" rule:"required chars=1..16 line"`
	// Kind is ORDINARY, which is the default, or PROVIDER.
	Kind string `json:"kind,omitempty" title:"商户类型" rule:"enum=ORDINARY|PROVIDER"`
	// KeyMode says which kind of platform key the merchant trusts; the default is MIGRATING:
	// both, as a request names them.
	KeyMode     string   `json:"key_mode,omitempty" title:"平台密钥模式" rule:"enum=CERTIFICATE|MIGRATING|PUBLIC_KEY"`
	AppIDs      []string `json:"appids,omitempty" title:"appid" rule:"items=0..100 chars=1..32"`
	Permissions []string `json:"permissions,omitempty" title:"权限" rule:"items=0..100 chars=1..32"`
	// Certificate is the merchant's API certificate in PEM, RSA or SM2, whose subject has the
	// mchid as CN. The private key stays with the merchant.
	Certificate string `json:"certificate" title:"商户API证书" rule:"required"`
	// APIv3Key and APIv2Key are 32 letters and digits. No operation shows them again.
	APIv3Key string `json:"apiv3_key,omitempty" title:"APIv3密钥"`
	APIv2Key string `json:"apiv2_key,omitempty" title:"APIv2密钥"`
}

// ChangeMerchantRequest changes a merchant. What is left out stays as it is; lists replace
// those that there are.
type ChangeMerchantRequest struct {
	MchID          string          `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	Name           string          `json:"name,omitempty" title:"商户简称" rule:"chars=1..16 line"`
	Kind           string          `json:"kind,omitempty" title:"商户类型" rule:"enum=ORDINARY|PROVIDER"`
	KeyMode        string          `json:"key_mode,omitempty" title:"平台密钥模式" rule:"enum=CERTIFICATE|MIGRATING|PUBLIC_KEY"`
	AppIDs         *[]string       `json:"appids,omitempty" title:"appid" rule:"items=0..100 chars=1..32"`
	Permissions    *[]string       `json:"permissions,omitempty" title:"权限" rule:"items=0..100 chars=1..32"`
	CertifiedBrand *CertifiedBrand `json:"certified_brand,omitempty" title:"认证品牌"`
}

// CertifiedBrand is what coupons show in place of the merchant's short name and their
// own logo. One without a name is none.
type CertifiedBrand struct {
	Name string `json:"name,omitempty" title:"品牌名称" rule:"chars=1..16 line blank"`
	// LogoURL is that of an uploaded image; without it coupons keep their logos.
	LogoURL string `json:"logo_url,omitempty" title:"品牌logo" rule:"chars=1..256 line blank"`
}

// SubMerchantRequest names a provider and one of its sub-merchants.
type SubMerchantRequest struct {
	MchID    string `path:"mchid" json:"-" title:"服务商商户号" rule:"required chars=1..15"`
	SubMchID string `path:"sub_mchid" json:"-" title:"子商户号" rule:"required chars=1..15"`
}

// Merchant is a party with an mchid.
type Merchant struct {
	MchID       string   `json:"mchid" title:"商户号" rule:"required"`
	Name        string   `json:"name" title:"商户简称" rule:"required"`
	Kind        string   `json:"kind" title:"商户类型" rule:"required enum=ORDINARY|PROVIDER"`
	KeyMode     string   `json:"key_mode" title:"平台密钥模式" rule:"required enum=CERTIFICATE|MIGRATING|PUBLIC_KEY"`
	AppIDs      []string `json:"appids" title:"appid" rule:"required"`
	Permissions []string `json:"permissions" title:"权限" rule:"required"`
	// CertifiedBrand is what its coupons are shown under; a merchant without one has none.
	CertifiedBrand *CertifiedBrand `json:"certified_brand,omitempty" title:"认证品牌"`
	// SubMerchants are those of a provider.
	SubMerchants []string `json:"sub_merchants,omitempty" title:"子商户"`
	// Brands are the chain brands that it is one of, whose merchants may pay subsidies to each other.
	Brands []string `json:"brands,omitempty" title:"连锁品牌"`
}

func merchantOperations() []wire.Operation {
	const path = "/manage/v1/merchants"
	one := schema.Of[Merchant]()
	return []wire.Operation{
		{
			ID: ListMerchants, Title: wire.Text{ZH: "查询商户列表", EN: "List merchants"}, Duty: wire.DutyLook, Section: "management",
			Method: http.MethodGet, Path: path, Request: schema.Of[ListMerchantsRequest](), Response: schema.Of[MerchantList](),
		},
		{
			ID: CreateMerchant, Title: wire.Text{ZH: "登记商户", EN: "Register a merchant"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPost, Path: path, Request: schema.Of[CreateMerchantRequest](), Response: one,
		},
		{
			ID: GetMerchant, Title: wire.Text{ZH: "查询商户", EN: "Show a merchant"}, Duty: wire.DutyLook, Section: "management",
			Method: http.MethodGet, Path: path + "/{mchid}", Request: schema.Of[MerchantRequest](), Response: one,
		},
		{
			ID: ChangeMerchant, Title: wire.Text{ZH: "更改商户", EN: "Change a merchant"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPatch, Path: path + "/{mchid}", Request: schema.Of[ChangeMerchantRequest](), Response: one,
		},
		{
			ID: AddSubMerchant, Title: wire.Text{ZH: "添加子商户", EN: "Add a sub-merchant to a provider"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodPut, Path: path + "/{mchid}/sub-merchants/{sub_mchid}",
			Request: schema.Of[SubMerchantRequest](), Response: one,
		},
		{
			ID: RemoveSubMerchant, Title: wire.Text{ZH: "解除子商户", EN: "Remove a sub-merchant from a provider"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodDelete, Path: path + "/{mchid}/sub-merchants/{sub_mchid}",
			Request: schema.Of[SubMerchantRequest](), Response: one,
		},
	}
}
