// Package security is the wire of the calls that serve the protocol itself:
// platform certificates and the echo that tests encryption (protocol 4, 5.2).
package security

import (
	"net/http"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations.
const (
	ListCertificates = "certificates.list"
	Echo             = "security.echo"
)

// ListCertificatesRequest asks for the platform certificates of the caller.
type ListCertificatesRequest struct {
	// AlgorithmType is RSA, SM2 or ALL; absent means RSA.
	AlgorithmType string `query:"algorithm_type" json:"-" title:"算法类型" rule:"blank enum=RSA|SM2|ALL"`
}

// ListCertificatesResponse lists the certificates that the platform may sign
// with now or soon. The answer itself is signed by one of them.
type ListCertificatesResponse struct {
	Data []Certificate `json:"data" title:"平台证书列表" rule:"required"`
}

// Certificate is a platform certificate, sealed with the caller's APIv3 key.
type Certificate struct {
	EffectiveTime schema.Time `json:"effective_time" title:"证书启用时间" rule:"required"`
	// EncryptCertificate opens to the PEM of the certificate.
	EncryptCertificate EncryptCertificate `json:"encrypt_certificate" title:"证书信息" rule:"required"`
	ExpireTime         schema.Time        `json:"expire_time" title:"证书弃用时间" rule:"required"`
	SerialNo           string             `json:"serial_no" title:"证书序列号" rule:"required bytes=40..40"`
}

// EncryptCertificate is a sealed certificate.
type EncryptCertificate struct {
	Algorithm      string `json:"algorithm" title:"加密算法" rule:"required"`
	AssociatedData string `json:"associated_data" title:"附加数据" rule:"required"`
	Ciphertext     string `json:"ciphertext" title:"数据密文" rule:"required"`
	Nonce          string `json:"nonce" title:"随机串" rule:"required bytes=12..12"`
}

// Sealed returns the box to open with the caller's APIv3 key.
func (c EncryptCertificate) Sealed() apiv3.Sealed {
	return apiv3.Sealed{Algorithm: c.Algorithm, AssociatedData: c.AssociatedData, Ciphertext: c.Ciphertext, Nonce: c.Nonce}
}

// EchoRequest asks the platform to say something back. It needs the header
// Wechatpay-Serial, which names the key that encrypted_echo_message is for.
type EchoRequest struct {
	EchoMessage          string `json:"echo_message" title:"回显消息" rule:"required bytes=1..4096"`
	EncryptedEchoMessage string `json:"encrypted_echo_message,omitempty" title:"加密回显消息" rule:"blank bytes=1..1024"`
	NotifyURL            string `json:"notify_url,omitempty" title:"通知URL" rule:"blank bytes=10..256"`
}

// EchoResponse repeats the message, and encrypts the secret one for the caller's
// certificate.
type EchoResponse struct {
	EchoMessage          string `json:"echo_message" title:"回显消息" rule:"required"`
	EncryptedEchoMessage string `json:"encrypted_echo_message,omitempty" title:"加密回显消息"`
}

// Operations returns the table.
func Operations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ListCertificates, Title: wire.Text{ZH: "下载平台证书", EN: "List platform certificates"},
			Product: wire.Security, Section: "protocol 4", Auth: wire.SignedByMerchant,
			Method: http.MethodGet, Path: "/v3/certificates", Success: http.StatusOK,
			Rate:     wire.Rate{Calls: 1000, Per: time.Second, Scope: wire.PerMerchant},
			Request:  schema.Of[ListCertificatesRequest](),
			Response: schema.Of[ListCertificatesResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusUnauthorized, Code: "SIGN_ERROR", Message: "商户未设置APIv3密钥。", When: "The merchant has no APIv3 key."},
				{
					Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS",
					Message: "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
					When:    "The merchant uses the platform's public key, or there is no certificate of the wanted algorithm.",
				},
			},
		},
		{
			ID: Echo, Title: wire.Text{ZH: "安全回显", EN: "Echo a message"},
			Product: wire.Security, Section: "protocol 5.2", Auth: wire.SignedByMerchant,
			Method: http.MethodPost, Path: "/v3/security/echo", ReadOnly: true, Success: http.StatusOK,
			Request:  schema.Of[EchoRequest](),
			Response: schema.Of[EchoResponse](),
			Failures: append(wire.BadCallbackURL(), []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)", When: "The header Wechatpay-Serial is missing."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "平台证书序列号Wechatpay-Serial错误", When: "The header does not name one of the caller's platform keys."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "平台私钥解密失败", When: "The message was encrypted for another key."},
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "请确认待处理的消息是否为加密后的密文", When: "The message is not encrypted."},
			}...),
		},
	}
}
