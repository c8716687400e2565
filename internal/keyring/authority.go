package keyring

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/store"
)

// Certificate profile (protocol 4.4).
const (
	keyBits       = 2048
	validityYears = 5
	// authorityYears is longer: the authority outlives what it issues.
	authorityYears = 20
	organization   = "Favord"
)

// authority issues certificates. Clients look at no issuer and no chain, but a
// certificate has to have one.
type authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
}

// newAuthority makes an authority that signs itself.
func newAuthority(key *rsa.PrivateKey, now time.Time) (*authority, error) {
	template := &x509.Certificate{
		SerialNumber:          apiv3.NewSerial(),
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{organization}, CommonName: "Favord Root CA"},
		NotBefore:             now.Truncate(time.Second),
		NotAfter:              now.AddDate(authorityYears, 0, 0).Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a := &authority{certificate: template, key: key}
	certificate, err := a.issue(template, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	a.certificate = certificate
	return a, nil
}

// issue signs a certificate for key.
func (a *authority) issue(template *x509.Certificate, key *rsa.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key, a.key)
	if err != nil {
		return nil, fmt.Errorf("keyring: issue certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("keyring: issue certificate: %w", err)
	}
	return certificate, nil
}

// issueLeaf signs a certificate for signatures and encryption, good from now on.
func (a *authority) issueLeaf(subject pkix.Name, key *rsa.PublicKey, now time.Time) (*x509.Certificate, error) {
	return a.issue(&x509.Certificate{
		SerialNumber: apiv3.NewSerial(),
		Subject:      subject,
		NotBefore:    now.Truncate(time.Second),
		NotAfter:     now.AddDate(validityYears, 0, 0).Truncate(time.Second),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}, key)
}

// authority returns the authority of the database, and makes it on first use.
func (k *Keyring) authority(ctx context.Context) (*authority, error) {
	if a, err := k.loadAuthority(ctx); err == nil || !errors.Is(err, store.ErrNotFound) {
		return a, err
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("keyring: generate key: %w", err)
	}
	a, err := newAuthority(key, k.clock.Now())
	if err != nil {
		return nil, err
	}
	secret, err := k.sealKey(store.Secret{
		Owner: store.Platform, Purpose: store.PurposeAuthority, Version: 1, PEM: string(certificatePEM(a.certificate)),
	}, key)
	if err != nil {
		return nil, err
	}
	err = k.store.Write(ctx, func(tx store.Tx) error { return tx.InsertSecret(ctx, secret) })
	if errors.Is(err, store.ErrDuplicate) { // somebody else was faster
		return k.loadAuthority(ctx)
	}
	return a, err
}

func (k *Keyring) loadAuthority(ctx context.Context) (*authority, error) {
	var secret store.Secret
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		secret, err = tx.Secret(ctx, store.Platform, store.PurposeAuthority, "")
		return err
	}); err != nil {
		return nil, err
	}
	key, err := k.openKey(secret)
	if err != nil {
		return nil, err
	}
	certificate, err := apiv3.ParseCertificate([]byte(secret.PEM))
	if err != nil {
		return nil, err
	}
	return &authority{certificate: certificate, key: key}, nil
}

// sealKey puts a private key into a secret.
func (k *Keyring) sealKey(s store.Secret, key *rsa.PrivateKey) (store.Secret, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return store.Secret{}, fmt.Errorf("keyring: encode key: %w", err)
	}
	return k.sealer.seal(s, der), nil
}

// openKey takes a private key out of a secret.
func (k *Keyring) openKey(s store.Secret) (*rsa.PrivateKey, error) {
	der, err := k.sealer.open(s)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("keyring: decode key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("keyring: key is %T, need RSA", parsed)
	}
	return key, nil
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func publicKeyPEM(key *rsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

func privateKeyPEM(key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
