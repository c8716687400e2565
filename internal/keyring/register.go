package keyring

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
)

// Registration is what a new merchant is handed, once: its private key is not kept.
type Registration struct {
	SerialNo       string
	PrivateKeyPEM  []byte
	CertificatePEM []byte
	APIv3Key       string
	APIv2Key       string

	PlatformSerialNo       string
	PlatformCertificatePEM []byte
	PublicKeyID            string
	PublicKeyPEM           []byte
	AuthorityPEM           []byte
}

// generated are the private keys of a new merchant. Making one takes time, and none
// depends on another.
type generated struct {
	merchant, platform, public *rsa.PrivateKey
}

func generate() (generated, error) {
	var g generated
	var group errgroup.Group
	for _, into := range []**rsa.PrivateKey{&g.merchant, &g.platform, &g.public} {
		group.Go(func() (err error) {
			*into, err = rsa.GenerateKey(rand.Reader, keyBits)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return generated{}, fmt.Errorf("keyring: generate key: %w", err)
	}
	return g, nil
}

// Draft is a merchant with new keys that is not registered yet.
type Draft struct {
	merchant     merchant.Merchant
	certificate  merchant.Certificate
	platform     []merchant.PlatformKey
	secrets      []store.Secret
	registration Registration
	at           time.Time
}

// Registration is what the merchant will be handed.
func (d *Draft) Registration() Registration { return d.registration }

// Draft makes everything that a new merchant needs to call: an API certificate, an
// APIv3 and an APIv2 key, a platform certificate and a platform public key. It is for
// sandboxes, where the platform also plays the merchant's part in making keys.
func (k *Keyring) Draft(ctx context.Context, m merchant.Merchant) (*Draft, error) {
	keys, err := generate()
	if err != nil {
		return nil, err
	}
	a, err := k.authority(ctx)
	if err != nil {
		return nil, err
	}
	return k.draft(a, m, keys, k.clock.Now())
}

// Register adds the merchant of a draft with its keys, all or nothing.
func (k *Keyring) Register(ctx context.Context, d *Draft) error {
	if err := k.store.Write(ctx, func(tx store.Tx) error { return d.write(ctx, tx) }); err != nil {
		return fmt.Errorf("register merchant %s: %w", d.merchant.ID, err)
	}
	k.Forget(d.merchant.ID)
	return nil
}

func (k *Keyring) draft(a *authority, m merchant.Merchant, keys generated, now time.Time) (*Draft, error) {
	d := &Draft{merchant: m, at: now}
	d.registration = Registration{
		APIv3Key: apiv3.NewAPIKey(), APIv2Key: apiv3.NewAPIKey(), AuthorityPEM: certificatePEM(a.certificate),
	}
	if err := d.addCertificate(a, keys.merchant, now); err != nil {
		return nil, err
	}
	platform, secret, err := k.newPlatformCertificate(a, m.ID, keys.platform, now)
	if err != nil {
		return nil, err
	}
	d.platform, d.secrets = append(d.platform, platform), append(d.secrets, secret)
	d.registration.PlatformSerialNo, d.registration.PlatformCertificatePEM = platform.Serial, []byte(platform.PEM)

	public, secret, err := k.newPublicKey(m.ID, keys.public, now)
	if err != nil {
		return nil, err
	}
	d.platform, d.secrets = append(d.platform, public), append(d.secrets, secret)
	d.registration.PublicKeyID, d.registration.PublicKeyPEM = public.Serial, []byte(public.PEM)

	for purpose, key := range map[store.Purpose]string{
		store.PurposeAPIv3: d.registration.APIv3Key, store.PurposeAPIv2: d.registration.APIv2Key,
	} {
		d.secrets = append(d.secrets, k.sealer.seal(store.Secret{Owner: m.ID, Purpose: purpose, Version: 1}, []byte(key)))
	}
	return d, nil
}

func (d *Draft) addCertificate(a *authority, key *rsa.PrivateKey, now time.Time) error {
	certificate, err := a.issueLeaf(pkix.Name{
		Country: []string{"CN"}, Organization: []string{organization + " Merchants"},
		OrganizationalUnit: []string{d.merchant.Name}, CommonName: string(d.merchant.ID),
	}, &key.PublicKey, now)
	if err != nil {
		return err
	}
	d.certificate = certificateOf(d.merchant.ID, certificate)
	d.registration.SerialNo = apiv3.SerialOf(certificate)
	d.registration.CertificatePEM = certificatePEM(certificate)
	d.registration.PrivateKeyPEM, err = privateKeyPEM(key)
	return err
}

// certificateOf describes a merchant's certificate for the store.
func certificateOf(owner merchant.ID, c *x509.Certificate) merchant.Certificate {
	return merchant.Certificate{
		Owner: owner, Serial: apiv3.CanonicalSerial(apiv3.SerialOf(c)), PEM: string(certificatePEM(c)),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Status: merchant.CertificateActive,
	}
}

// newPlatformCertificate makes a platform certificate that signs from the given time
// on, or at once when it is the first.
func (k *Keyring) newPlatformCertificate(a *authority, owner merchant.ID, key *rsa.PrivateKey, now time.Time) (merchant.PlatformKey, store.Secret, error) {
	certificate, err := a.issueLeaf(pkix.Name{
		Country: []string{"CN"}, Organization: []string{organization},
		OrganizationalUnit: []string{"Platform"}, CommonName: "Favord Platform",
	}, &key.PublicKey, now)
	if err != nil {
		return merchant.PlatformKey{}, store.Secret{}, err
	}
	platform := merchant.PlatformKey{
		Owner: owner, Serial: apiv3.SerialOf(certificate), PEM: string(certificatePEM(certificate)),
		Effective: certificate.NotBefore, Expire: certificate.NotAfter, SignsFrom: certificate.NotBefore,
	}
	secret, err := k.sealKey(store.Secret{Owner: owner, Purpose: store.PurposePlatformKey, Name: platform.Serial, Version: 1}, key)
	return platform, secret, err
}

func (k *Keyring) newPublicKey(owner merchant.ID, key *rsa.PrivateKey, now time.Time) (merchant.PlatformKey, store.Secret, error) {
	text, err := publicKeyPEM(&key.PublicKey)
	if err != nil {
		return merchant.PlatformKey{}, store.Secret{}, err
	}
	public := merchant.PlatformKey{Owner: owner, Serial: newPublicKeyID(owner, now), Public: true, PEM: string(text)}
	secret, err := k.sealKey(store.Secret{Owner: owner, Purpose: store.PurposePlatformKey, Name: public.Serial, Version: 1}, key)
	return public, secret, err
}

func (d *Draft) write(ctx context.Context, tx store.Tx) error {
	if err := tx.InsertMerchant(ctx, d.merchant, d.at); err != nil {
		return err
	}
	if err := tx.InsertCertificate(ctx, d.certificate); err != nil {
		return err
	}
	for _, key := range d.platform {
		if err := tx.InsertPlatformKey(ctx, key); err != nil {
			return err
		}
	}
	for _, secret := range d.secrets {
		if err := tx.InsertSecret(ctx, secret); err != nil {
			return err
		}
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: d.merchant.ID, At: d.at, Actor: "system:sandbox", Action: "merchants.register", Object: "merchant/" + string(d.merchant.ID),
	}})
}

// rotationLead is how long a successor is listed before it signs answers that name
// no key: longer than any client's refresh (protocol 4.5).
const rotationLead = 5 * 24 * time.Hour

// RotatePlatformCertificate adds a successor to a merchant's platform certificate.
// From now on both are listed and either may be named; the successor signs by
// default after five days.
func (k *Keyring) RotatePlatformCertificate(ctx context.Context, id merchant.ID) (serial string, err error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return "", fmt.Errorf("keyring: generate key: %w", err)
	}
	a, err := k.authority(ctx)
	if err != nil {
		return "", err
	}
	now := k.clock.Now()
	platform, secret, err := k.newPlatformCertificate(a, id, key, now)
	if err != nil {
		return "", err
	}
	platform.SignsFrom = platform.Effective.Add(rotationLead)
	if err := k.store.Write(ctx, func(tx store.Tx) error {
		if err := tx.InsertPlatformKey(ctx, platform); err != nil {
			return err
		}
		return tx.InsertSecret(ctx, secret)
	}); err != nil {
		return "", fmt.Errorf("rotate platform certificate of %s: %w", id, err)
	}
	k.Forget(id)
	return platform.Serial, nil
}

// SetKeyMode changes which kind of platform key a merchant trusts.
func (k *Keyring) SetKeyMode(ctx context.Context, id merchant.ID, mode merchant.KeyMode) error {
	if err := k.store.Write(ctx, func(tx store.Tx) error {
		m, err := tx.Merchant(ctx, id)
		if err != nil {
			return err
		}
		m.KeyMode = mode
		return tx.UpdateMerchant(ctx, m)
	}); err != nil {
		return fmt.Errorf("set key mode of %s: %w", id, err)
	}
	k.Forget(id)
	return nil
}

// SetCertificateStatus revokes or replaces a merchant's certificate, or takes it
// back into use.
func (k *Keyring) SetCertificateStatus(ctx context.Context, id merchant.ID, serial string, status merchant.CertificateStatus) error {
	if err := k.store.Write(ctx, func(tx store.Tx) error {
		return tx.SetCertificateStatus(ctx, id, apiv3.CanonicalSerial(serial), status)
	}); err != nil {
		return fmt.Errorf("certificate %s of %s: %w", serial, id, err)
	}
	k.Forget(id)
	return nil
}

// newPublicKeyID returns an id of the form that real ones have: 01, the mchid with
// ten digits, the date, 14 digits (protocol 3.4, inferred).
func newPublicKeyID(owner merchant.ID, now time.Time) string {
	tail := new(big.Int).Mod(apiv3.NewSerial(), big.NewInt(1e14))
	return fmt.Sprintf("%s01%010s%s%014d", apiv3.PublicKeyIDPrefix, owner, now.In(coupon.Beijing()).Format("20060102"), tail)
}
