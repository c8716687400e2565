package merchant

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Certificate is what the platform keeps of a merchant's API certificate. A
// merchant may have several that are good at once; the serial selects.
type Certificate struct {
	Owner ID
	// Serial is canonical: upper-case hex without leading zeros.
	Serial    string
	PEM       string
	NotBefore time.Time
	NotAfter  time.Time
	Status    CertificateStatus
}

// CertificateStatus is what the merchant did with a certificate.
type CertificateStatus string

// The states of a certificate.
const (
	CertificateActive   CertificateStatus = "ACTIVE"
	CertificateRevoked  CertificateStatus = "REVOKED"
	CertificateReplaced CertificateStatus = "REPLACED"
)

// Refusals of a certificate (protocol 2.4).
var (
	// ErrSerial is E-SER: no such serial, or not of this merchant, or no such
	// merchant. It does not tell which.
	ErrSerial = fault.New(fault.Unauthenticated,
		"商户证书序列号有误。请使用签名私钥匹配的证书序列号",
		"The serial_no is wrong. Use the serial number of the merchant certificate that matches the signing key.")
	// ErrNoCertificate is E-NOCERT.
	ErrNoCertificate = fault.New(fault.Unauthenticated,
		"商户未申请过证书。",
		"The merchant has no API certificate. Apply for one on the merchant platform.")
	// ErrCertificateExpired is E-EXP.
	ErrCertificateExpired = fault.New(fault.Unauthenticated,
		"商户证书已过期。",
		"The merchant certificate has expired. Apply for a new one.")
	// ErrCertificateRevoked is E-REV.
	ErrCertificateRevoked = fault.New(fault.Unauthenticated,
		"商户证书已作废。",
		"The merchant certificate was revoked. Use another one.")
	// ErrCertificateReplaced is E-OLD.
	ErrCertificateReplaced = fault.New(fault.Unauthenticated,
		"已更换证书，请使用新证书",
		"The merchant certificate was replaced. Use the new one.")
	// ErrNoAPIv3Key is E-NOKEY.
	ErrNoAPIv3Key = fault.New(fault.Unauthenticated,
		"商户未设置APIv3密钥。",
		"The merchant has not set an APIv3 key. Set one on the merchant platform.")
)

// Usable reports nil when requests signed with the certificate may be accepted
// at now, which is signature time.
func (c *Certificate) Usable(now time.Time) error {
	switch {
	case c.Status == CertificateRevoked:
		return ErrCertificateRevoked
	case c.Status == CertificateReplaced:
		return ErrCertificateReplaced
	case now.After(c.NotAfter) && !planted.CertificateOver.In():
		return ErrCertificateExpired
	case now.Before(c.NotBefore):
		// Not documented. A key that is not yet valid is as good as unknown.
		return ErrSerial
	}
	return nil
}
