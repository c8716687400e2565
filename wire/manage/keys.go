package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on merchants' keys. Secrets go in and never come out.
const (
	GetKeys                = "manage.keys.get"
	AddCertificate         = "manage.keys.add_certificate"
	SetCertificateStatus   = "manage.keys.set_certificate_status"
	SetAPIv3Key            = "manage.keys.set_apiv3_key"
	SetAPIv2Key            = "manage.keys.set_apiv2_key"
	AddPlatformCertificate = "manage.keys.add_platform_certificate"
	Rekey                  = "manage.keys.rekey"
)

// AddCertificateRequest adds an API certificate to those of a merchant. With the first one
// of an algorithm the platform makes its keys in it.
type AddCertificateRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	// Certificate is in PEM; its subject has the mchid as CN.
	Certificate string `json:"certificate" title:"商户API证书" rule:"required"`
}

// SetCertificateStatusRequest says what became of a certificate: REVOKED and REPLACED ones
// verify nothing, each with a refusal of its own; ACTIVE takes one back into use.
type SetCertificateStatusRequest struct {
	MchID    string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	SerialNo string `path:"serial_no" json:"-" title:"证书序列号" rule:"required chars=1..40"`
	Status   string `json:"status" title:"状态" rule:"required enum=ACTIVE|REVOKED|REPLACED"`
}

// SetAPIKeyRequest sets an APIv3 or APIv2 key: 32 letters and digits.
type SetAPIKeyRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	Key   string `json:"key" title:"密钥" rule:"required"`
}

// AddPlatformCertificateRequest adds a successor to the platform's certificate for a
// merchant. Both are listed; the successor signs answers that name no key after five days.
type AddPlatformCertificateRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	// Algorithm is RSA, which is the default, or SM2.
	Algorithm string `json:"algorithm,omitempty" title:"算法" rule:"enum=RSA|SM2"`
}

// RekeyRequest makes a step of sealing everything anew with the first key of the key file.
type RekeyRequest struct {
	// After is the Next of the step before; empty begins.
	After string `json:"after,omitempty" title:"起始位置" rule:"chars=1..400"`
}

// Rekeyed says what a step has done. Steps are made until one is done; they may be broken off and
// begun anew at any time.
type Rekeyed struct {
	// Looked is how many secrets the step has looked at, Resealed how many it has sealed anew.
	Looked   int64 `json:"looked" title:"检查的密钥数" rule:"required"`
	Resealed int64 `json:"resealed" title:"重新密封的密钥数" rule:"required"`
	// Next is where the next step goes on; empty is the beginning.
	Next string `json:"next,omitempty" title:"下一步起始位置"`
	// Done is true when everything is sealed with the first key.
	Done bool `json:"done" title:"是否完成" rule:"required"`
	// Retired are the fingerprints of the keys that the database knows no more.
	Retired []string `json:"retired" title:"已停用密钥的指纹" rule:"required"`
}

// Keys are what may be shown of a merchant's keys.
type Keys struct {
	MchID string `json:"mchid" title:"商户号" rule:"required"`
	// Certificates are the merchant's, Platform the keys that answer it.
	Certificates []Certificate `json:"certificates" title:"商户API证书" rule:"required"`
	Platform     []PlatformKey `json:"platform_keys" title:"平台密钥" rule:"required"`
	// APIv3KeyVersion and APIv2KeyVersion count how often the keys were set; 0 is never.
	APIv3KeyVersion int64 `json:"apiv3_key_version" title:"APIv3密钥版本" rule:"required"`
	APIv2KeyVersion int64 `json:"apiv2_key_version" title:"APIv2密钥版本" rule:"required"`
}

// Certificate is a merchant's API certificate.
type Certificate struct {
	SerialNo      string      `json:"serial_no" title:"证书序列号" rule:"required"`
	Algorithm     string      `json:"algorithm" title:"算法" rule:"required enum=RSA|SM2"`
	Status        string      `json:"status" title:"状态" rule:"required enum=ACTIVE|REVOKED|REPLACED"`
	EffectiveTime schema.Time `json:"effective_time" title:"启用时间" rule:"required"`
	ExpireTime    schema.Time `json:"expire_time" title:"过期时间" rule:"required"`
}

// PlatformKey is a key of the platform for one merchant: hand it to the merchant.
type PlatformKey struct {
	// SerialNo is the serial of a certificate, or the id of a public key.
	SerialNo  string `json:"serial_no" title:"序列号" rule:"required"`
	Algorithm string `json:"algorithm" title:"算法" rule:"required enum=RSA|SM2"`
	// Kind is CERTIFICATE or PUBLIC_KEY.
	Kind string `json:"kind" title:"类型" rule:"required enum=CERTIFICATE|PUBLIC_KEY"`
	PEM  string `json:"pem" title:"公钥或证书" rule:"required"`
	// The times are those of a certificate; SignsFrom is when it signs answers that name no
	// key.
	EffectiveTime schema.Time `json:"effective_time,omitzero" title:"启用时间"`
	ExpireTime    schema.Time `json:"expire_time,omitzero" title:"过期时间"`
	SignsFrom     schema.Time `json:"signs_from,omitzero" title:"开始签名时间"`
}

func keyOperations() []wire.Operation {
	const path = "/manage/v1/merchants/{mchid}/keys"
	keys := schema.Of[Keys]()
	return []wire.Operation{
		{
			ID: GetKeys, Title: wire.Text{ZH: "查询商户密钥", EN: "Show a merchant's keys, without secrets"}, Section: "management",
			Duty: wire.DutyKeys, Method: http.MethodGet, Path: path, Request: schema.Of[MerchantRequest](), Response: keys,
		},
		{
			ID: AddCertificate, Title: wire.Text{ZH: "添加商户API证书", EN: "Add an API certificate"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodPost, Path: path + "/certificates",
			Request: schema.Of[AddCertificateRequest](), Response: keys,
		},
		{
			ID: SetCertificateStatus, Title: wire.Text{ZH: "更改商户API证书状态", EN: "Revoke or replace an API certificate"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodPatch, Path: path + "/certificates/{serial_no}",
			Request: schema.Of[SetCertificateStatusRequest](), Response: keys,
		},
		{
			ID: SetAPIv3Key, Title: wire.Text{ZH: "设置APIv3密钥", EN: "Set the APIv3 key"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPut, Path: path + "/apiv3", Request: schema.Of[SetAPIKeyRequest](), Response: keys,
		},
		{
			ID: SetAPIv2Key, Title: wire.Text{ZH: "设置APIv2密钥", EN: "Set the APIv2 key"}, Duty: wire.DutyEnroll, Section: "management",
			Method: http.MethodPut, Path: path + "/apiv2", Request: schema.Of[SetAPIKeyRequest](), Response: keys,
		},
		{
			ID: AddPlatformCertificate, Title: wire.Text{ZH: "轮换平台证书", EN: "Rotate the platform certificate"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodPost, Path: path + "/platform-certificates",
			Request: schema.Of[AddPlatformCertificateRequest](), Response: keys,
		},
		{
			ID: Rekey, Title: wire.Text{ZH: "用密钥文件的首个密钥重新密封", EN: "Seal secrets anew with the first key of the key file"}, Section: "management",
			Duty: wire.DutyEnroll, Method: http.MethodPost, Path: "/manage/v1/keys/rekey",
			Request: schema.Of[RekeyRequest](), Response: schema.Of[Rekeyed](),
		},
	}
}
