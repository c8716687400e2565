package keyring

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/rsakey"
)

// privateKey is what the keyring does with a private key, whatever its algorithm.
type privateKey interface {
	scheme() apiv3.Scheme
	public() publicKey
	signer(serial string) (apiv3.Signer, error)
	openField(ciphertext string) (string, error)
	// certify signs a certificate for a key of the same algorithm.
	certify(template, parent *x509.Certificate, key publicKey) (*x509.Certificate, error)
	pkcs8() ([]byte, error)
}

// publicKey is what the keyring does with a public key.
type publicKey interface {
	verifier(serial string) (apiv3.Verifier, error)
	sealField(plaintext string) (string, error)
	pem() ([]byte, error)
}

var errMixed = errors.New("keyring: an authority certifies keys of its own algorithm only")

// newKey makes a key of the algorithm that goes with a scheme.
func (k *Keyring) newKey(scheme apiv3.Scheme) (privateKey, error) {
	if scheme == apiv3.SchemeSM2 {
		key, err := gm.GenerateKey()
		return sm2Private{key}, err
	}
	key, err := k.makeRSA()
	if err != nil {
		return nil, fmt.Errorf("keyring: generate key: %w", err)
	}
	return rsaPrivate{key}, nil
}

// parsePrivateKey reads a key of either algorithm. The standard library does not know
// the curve of SM2, and package gm no other key.
func parsePrivateKey(der []byte) (privateKey, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if key, ok := parsed.(*rsa.PrivateKey); ok {
		return rsaPrivate{key}, nil
	}
	if key, errSM2 := gm.ParsePKCS8(der); errSM2 == nil {
		return sm2Private{key}, nil
	}
	if err == nil {
		err = fmt.Errorf("%T is neither RSA nor SM2", parsed)
	}
	return nil, fmt.Errorf("keyring: decode key: %w", err)
}

// parseCertificate reads a certificate of either algorithm.
func parseCertificate(text []byte) (*x509.Certificate, publicKey, error) {
	if c, err := gm.ParseCertificate(text); err == nil {
		key, err := gm.CertificateKey(c)
		return c, sm2Public{key}, err
	}
	c, err := apiv3.ParseCertificate(text)
	if err != nil {
		return nil, nil, err
	}
	key, err := apiv3.CertificateRSAKey(c)
	return c, rsaPublic{key}, err
}

type rsaPrivate struct{ key *rsa.PrivateKey }

func (rsaPrivate) scheme() apiv3.Scheme { return apiv3.SchemeRSA }

func (p rsaPrivate) public() publicKey { return rsaPublic{&p.key.PublicKey} }

func (p rsaPrivate) signer(serial string) (apiv3.Signer, error) {
	return rsakey.NewSigner(serial, p.key)
}

func (p rsaPrivate) openField(ciphertext string) (string, error) {
	return apiv3.OpenField(p.key, ciphertext)
}

func (p rsaPrivate) certify(template, parent *x509.Certificate, key publicKey) (*x509.Certificate, error) {
	subject, ok := key.(rsaPublic)
	if !ok {
		return nil, errMixed
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, subject.key, p.key)
	if err != nil {
		return nil, fmt.Errorf("keyring: issue certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("keyring: issue certificate: %w", err)
	}
	return certificate, nil
}

func (p rsaPrivate) pkcs8() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return nil, fmt.Errorf("keyring: encode key: %w", err)
	}
	return der, nil
}

type rsaPublic struct{ key *rsa.PublicKey }

func (p rsaPublic) verifier(serial string) (apiv3.Verifier, error) {
	return rsakey.NewVerifier(serial, p.key)
}

func (p rsaPublic) sealField(plaintext string) (string, error) {
	return apiv3.SealField(p.key, plaintext)
}

func (p rsaPublic) pem() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(p.key)
	if err != nil {
		return nil, fmt.Errorf("keyring: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

type sm2Private struct{ key *gm.PrivateKey }

func (sm2Private) scheme() apiv3.Scheme { return apiv3.SchemeSM2 }

func (p sm2Private) public() publicKey { return sm2Public{p.key.Public()} }

func (p sm2Private) signer(serial string) (apiv3.Signer, error) {
	return gm.NewSigner(serial, p.key), nil
}

func (p sm2Private) openField(ciphertext string) (string, error) {
	return gm.OpenField(p.key, ciphertext)
}

func (p sm2Private) certify(template, parent *x509.Certificate, key publicKey) (*x509.Certificate, error) {
	subject, ok := key.(sm2Public)
	if !ok {
		return nil, errMixed
	}
	return gm.CreateCertificate(template, parent, subject.key, p.key)
}

func (p sm2Private) pkcs8() ([]byte, error) { return p.key.PKCS8() }

type sm2Public struct{ key *gm.PublicKey }

func (p sm2Public) verifier(serial string) (apiv3.Verifier, error) {
	return gm.NewVerifier(serial, p.key), nil
}

func (p sm2Public) sealField(plaintext string) (string, error) {
	return gm.SealField(p.key, plaintext)
}

func (p sm2Public) pem() ([]byte, error) { return p.key.PEM() }
