package apiv3

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// PublicKeyIDPrefix begins the id of a platform public key, which stands where
// otherwise a certificate serial does (protocol 3.4).
const PublicKeyIDPrefix = "PUB_KEY_ID_"

// serialSize is the length of a certificate serial in bytes.
const serialSize = 20

// ErrPEM reports text that holds no PEM block of the wanted kind.
var ErrPEM = errors.New("apiv3: no such PEM block")

// NewSerial returns a random certificate serial of 20 bytes whose first hex
// digit is 1 to 7: positive, and with 40 digits however a client prints it
// (protocol 4.4).
func NewSerial() *big.Int {
	var b [serialSize]byte
	for {
		_, _ = rand.Read(b[:]) // never fails, see its documentation
		b[0] &= 0x7f
		if b[0] >= 0x10 {
			return new(big.Int).SetBytes(b[:])
		}
	}
}

// SerialOf returns the serial of a certificate as 40 upper-case hex digits.
func SerialOf(c *x509.Certificate) string {
	return fmt.Sprintf("%040X", c.SerialNumber)
}

// CanonicalSerial returns the one spelling of a serial under which it may be
// compared and stored: hex digits in upper case without leading zeros. Anything
// else, such as the id of a public key, is opaque and stays as it is.
func CanonicalSerial(serial string) string {
	for i := range len(serial) {
		if c := serial[i]; !isAlphanumeric(c) || c|0x20 > 'f' {
			return serial
		}
	}
	return strings.TrimLeft(strings.ToUpper(serial), "0")
}

// EqualSerial reports whether a and b name the same key: certificate serials are
// compared as numbers, whatever their case and leading zeros.
func EqualSerial(a, b string) bool {
	return a != "" && b != "" && CanonicalSerial(a) == CanonicalSerial(b)
}

// ParseCertificate reads the first certificate of a PEM text.
func ParseCertificate(text []byte) (*x509.Certificate, error) {
	der, err := firstBlock(text, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("apiv3: certificate: %w", err)
	}
	return c, nil
}

// ParseRSAPrivateKey reads a PKCS#8 or PKCS#1 private key in PEM, the two forms
// in which merchants hold theirs.
func ParseRSAPrivateKey(text []byte) (*rsa.PrivateKey, error) {
	if der, err := firstBlock(text, "PRIVATE KEY"); err == nil {
		parsed, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, fmt.Errorf("apiv3: private key: %w", err)
		}
		key, ok := parsed.(*rsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("apiv3: private key is %T, need RSA", parsed)
		}
		return key, nil
	}
	der, err := firstBlock(text, "RSA PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("apiv3: private key: %w", err)
	}
	return key, nil
}

// ParseRSAPublicKey reads a public key in PEM (SubjectPublicKeyInfo), as the
// merchant platform hands out the WeChat Pay public key.
func ParseRSAPublicKey(text []byte) (*rsa.PublicKey, error) {
	der, err := firstBlock(text, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("apiv3: public key: %w", err)
	}
	return rsaPublicKey(parsed)
}

// CertificateRSAKey returns the RSA key of a certificate.
func CertificateRSAKey(c *x509.Certificate) (*rsa.PublicKey, error) {
	return rsaPublicKey(c.PublicKey)
}

func rsaPublicKey(parsed any) (*rsa.PublicKey, error) {
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("apiv3: public key is %T, need RSA", parsed)
	}
	return key, nil
}

func firstBlock(text []byte, kind string) ([]byte, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == kind {
			return block.Bytes, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrPEM, kind)
}
