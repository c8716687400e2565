package gm

import (
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"github.com/emmansun/gmsm/smx509"
)

// ParseCertificate reads the first certificate of a PEM text, which must be one of SM2;
// package crypto/x509 refuses those. What came out is good for reading: apiv3.SerialOf
// gives its serial and [CertificateKey] its key, [CheckIssuer] takes the place of Verify.
func ParseCertificate(text []byte) (*x509.Certificate, error) {
	der, err := firstBlock(text, blockCertificate)
	if err != nil {
		return nil, err
	}
	return parseCertificate(der)
}

func parseCertificate(der []byte) (*x509.Certificate, error) {
	parsed, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("gm: certificate: %w", err)
	}
	c := parsed.ToX509()
	if _, err := CertificateKey(c); err != nil {
		return nil, err
	}
	return c, nil
}

// CertificateKey returns the SM2 key of a certificate, or [ErrKey].
func CertificateKey(c *x509.Certificate) (*PublicKey, error) {
	return newPublicKey(c.PublicKey)
}

// CreateCertificate makes a certificate for key from a template, signed with SM2 and SM3
// by issuer, whose certificate is parent; a parent that is the template itself makes one
// that signs itself. Fields mean what they mean in crypto/x509.
func CreateCertificate(template, parent *x509.Certificate, key *PublicKey, issuer *PrivateKey) (*x509.Certificate, error) {
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, key.key, issuer.key)
	if err != nil {
		return nil, fmt.Errorf("gm: create certificate: %w", err)
	}
	return parseCertificate(der)
}

// CheckIssuer reports nil when the owner of the certificate parent, an authority, signed c.
func CheckIssuer(c, parent *x509.Certificate) error {
	parsed, err := smx509.ParseCertificate(parent.Raw)
	if err != nil {
		return fmt.Errorf("gm: certificate: %w", err)
	}
	child, err := smx509.ParseCertificate(c.Raw)
	if err != nil {
		return fmt.Errorf("gm: certificate: %w", err)
	}
	if err := child.CheckSignatureFrom(parsed); err != nil {
		return fmt.Errorf("gm: issuer: %w", err)
	}
	return nil
}
