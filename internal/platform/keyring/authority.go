package keyring

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
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

// authority issues certificates for keys of its own algorithm. Clients look at no issuer
// and no chain, but a certificate has to have one.
type authority struct {
	certificate *x509.Certificate
	key         privateKey
}

// newAuthority makes an authority that signs itself.
func newAuthority(key privateKey, now time.Time) (*authority, error) {
	template := &x509.Certificate{
		SerialNumber:          apiv3.NewSerial(),
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{organization}, CommonName: "Favord Root CA"},
		NotBefore:             now.Truncate(time.Second),
		NotAfter:              now.AddDate(authorityYears, 0, 0).Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	certificate, err := key.certify(template, template, key.public())
	if err != nil {
		return nil, err
	}
	return &authority{certificate: certificate, key: key}, nil
}

// issueLeaf signs a certificate for signatures and encryption, good from now on.
func (a *authority) issueLeaf(subject pkix.Name, key publicKey, now time.Time) (*x509.Certificate, error) {
	return a.key.certify(&x509.Certificate{
		SerialNumber: apiv3.NewSerial(),
		Subject:      subject,
		NotBefore:    now.Truncate(time.Second),
		NotAfter:     now.AddDate(validityYears, 0, 0).Truncate(time.Second),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}, a.certificate, key)
}

// authorityName tells the authorities of a database apart.
func authorityName(scheme apiv3.Scheme) string {
	if scheme == apiv3.SchemeSM2 {
		return "SM2"
	}
	return "" // the first one, when there was no other
}

// authority returns the authority of the database in the algorithm of a scheme, and makes
// it on first use.
func (k *Keyring) authority(ctx context.Context, scheme apiv3.Scheme) (*authority, error) {
	if a, err := k.loadAuthority(ctx, scheme); err == nil || !errors.Is(err, store.ErrNotFound) {
		return a, err
	}
	key, err := k.newKey(scheme)
	if err != nil {
		return nil, err
	}
	a, err := newAuthority(key, k.clock.Now())
	if err != nil {
		return nil, err
	}
	secret, err := k.sealKey(store.Secret{
		Owner: store.Platform, Purpose: store.PurposeAuthority, Name: authorityName(scheme), Version: 1,
		PEM: string(certificatePEM(a.certificate)),
	}, key)
	if err != nil {
		return nil, err
	}
	err = k.store.Write(ctx, func(tx store.Tx) error { return k.insertSecret(ctx, tx, secret) })
	if errors.Is(err, store.ErrDuplicate) { // somebody else was faster
		return k.loadAuthority(ctx, scheme)
	}
	return a, err
}

func (k *Keyring) loadAuthority(ctx context.Context, scheme apiv3.Scheme) (*authority, error) {
	var secret store.Secret
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		secret, err = tx.Secret(ctx, store.Platform, store.PurposeAuthority, authorityName(scheme))
		return err
	}); err != nil {
		return nil, err
	}
	key, err := k.openKey(secret)
	if err != nil {
		return nil, err
	}
	certificate, _, err := parseCertificate([]byte(secret.PEM))
	if err != nil {
		return nil, err
	}
	return &authority{certificate: certificate, key: key}, nil
}

// sealKey puts a private key into a secret.
func (k *Keyring) sealKey(s store.Secret, key privateKey) (store.Secret, error) {
	der, err := key.pkcs8()
	if err != nil {
		return store.Secret{}, err
	}
	return k.sealer.seal(s, der), nil
}

// openKey takes a private key out of a secret.
func (k *Keyring) openKey(s store.Secret) (privateKey, error) {
	der, err := k.sealer.open(s)
	if err != nil {
		return nil, err
	}
	return parsePrivateKey(der)
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func privateKeyPEM(key privateKey) ([]byte, error) {
	der, err := key.pkcs8()
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
