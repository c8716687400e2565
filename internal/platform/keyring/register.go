package keyring

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Registration is what a new merchant is handed, once: its private key is not kept.
type Registration struct {
	Credentials
	APIv3Key string
	APIv2Key string
	// PublicKeyID and PublicKeyPEM are the platform's public key, which only RSA
	// has.
	PublicKeyID  string
	PublicKeyPEM []byte
}

// Credentials are the keys of one algorithm that a merchant is handed.
type Credentials struct {
	// Scheme is what they sign with.
	Scheme         apiv3.Scheme
	SerialNo       string
	PrivateKeyPEM  []byte
	CertificatePEM []byte

	PlatformSerialNo       string
	PlatformCertificatePEM []byte
	AuthorityPEM           []byte
}

// generated are the private keys of a merchant in one algorithm. Making one takes time,
// and none depends on another.
type generated struct {
	merchant, platform privateKey
	public             privateKey // nil but for RSA
}

func (k *Keyring) generate(scheme apiv3.Scheme) (generated, error) {
	var g generated
	wanted := []*privateKey{&g.merchant, &g.platform}
	if scheme == apiv3.SchemeRSA {
		wanted = append(wanted, &g.public)
	}
	var group errgroup.Group
	for _, into := range wanted {
		group.Go(func() (err error) {
			*into, err = k.newKey(scheme)
			return err
		})
	}
	return g, group.Wait()
}

// grant is what a merchant gets in one algorithm.
type grant struct {
	certificate merchant.Certificate
	platform    []merchant.PlatformKey
	secrets     []store.Secret // of platform
	credentials Credentials
}

// Draft is a merchant with new keys that is not registered yet.
type Draft struct {
	merchant     merchant.Merchant
	grant        grant
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
	return k.draft(ctx, m, apiv3.SchemeRSA)
}

// DraftSM2 is Draft for a merchant that uses SM2 only (protocol 11). There is no platform
// public key in SM2.
func (k *Keyring) DraftSM2(ctx context.Context, m merchant.Merchant) (*Draft, error) {
	return k.draft(ctx, m, apiv3.SchemeSM2)
}

func (k *Keyring) draft(ctx context.Context, m merchant.Merchant, scheme apiv3.Scheme) (*Draft, error) {
	keys, err := k.generate(scheme)
	if err != nil {
		return nil, err
	}
	d := &Draft{merchant: m, at: k.clock.Now()}
	if d.grant, err = k.grant(ctx, m, keys, d.at); err != nil {
		return nil, err
	}
	d.registration = Registration{Credentials: d.grant.credentials, APIv3Key: apiv3.NewAPIKey(), APIv2Key: apiv3.NewAPIKey()}
	if keys.public != nil {
		public, secret, err := k.newPublicKey(m.ID, keys.public, d.at)
		if err != nil {
			return nil, err
		}
		d.grant.add(public, secret)
		d.registration.PublicKeyID, d.registration.PublicKeyPEM = public.Serial, []byte(public.PEM)
	}
	for purpose, key := range map[store.Purpose]string{
		store.PurposeAPIv3: d.registration.APIv3Key, store.PurposeAPIv2: d.registration.APIv2Key,
	} {
		d.secrets = append(d.secrets, k.sealer.seal(store.Secret{Owner: m.ID, Purpose: purpose, Version: 1}, []byte(key)))
	}
	return d, nil
}

// grant makes an API certificate and a platform certificate.
func (k *Keyring) grant(ctx context.Context, m merchant.Merchant, keys generated, now time.Time) (grant, error) {
	scheme := keys.merchant.scheme()
	a, err := k.authority(ctx, scheme)
	if err != nil {
		return grant{}, err
	}
	certificate, err := a.issueLeaf(pkix.Name{
		Country: []string{"CN"}, Organization: []string{organization + " Merchants"},
		OrganizationalUnit: []string{m.Name}, CommonName: string(m.ID),
	}, keys.merchant.public(), now)
	if err != nil {
		return grant{}, err
	}
	private, err := privateKeyPEM(keys.merchant)
	if err != nil {
		return grant{}, err
	}
	platform, secret, err := k.newPlatformCertificate(a, m.ID, keys.platform, now)
	if err != nil {
		return grant{}, err
	}
	g := grant{certificate: certificateOf(m.ID, certificate), credentials: Credentials{
		Scheme: scheme, SerialNo: apiv3.SerialOf(certificate), PrivateKeyPEM: private, CertificatePEM: certificatePEM(certificate),
		PlatformSerialNo: platform.Serial, PlatformCertificatePEM: []byte(platform.PEM), AuthorityPEM: certificatePEM(a.certificate),
	}}
	g.add(platform, secret)
	return g, nil
}

func (g *grant) add(key merchant.PlatformKey, secret store.Secret) {
	g.platform, g.secrets = append(g.platform, key), append(g.secrets, secret)
}

// Register adds the merchant of a draft with its keys, all or nothing.
func (k *Keyring) Register(ctx context.Context, d *Draft) error {
	if err := k.store.Write(ctx, func(tx store.Tx) error { return d.write(ctx, tx, k, systemActor) }); err != nil {
		return fmt.Errorf("register merchant %s: %w", d.merchant.ID, err)
	}
	return nil
}

// AddSM2 gives a registered merchant keys in SM2 besides those that it has. Which ones a
// request is signed with it says itself, and is answered in the same algorithm.
func (k *Keyring) AddSM2(ctx context.Context, id merchant.ID) (Credentials, error) {
	added, err := k.addSM2(ctx, id)
	if err != nil {
		return Credentials{}, fmt.Errorf("SM2 keys for merchant %s: %w", id, err)
	}
	return added, nil
}

func (k *Keyring) addSM2(ctx context.Context, id merchant.ID) (Credentials, error) {
	var m merchant.Merchant
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		m, err = tx.Merchant(ctx, id)
		return err
	}); err != nil {
		return Credentials{}, err
	}
	keys, err := k.generate(apiv3.SchemeSM2)
	if err != nil {
		return Credentials{}, err
	}
	now := k.clock.Now()
	g, err := k.grant(ctx, m, keys, now)
	if err != nil {
		return Credentials{}, err
	}
	err = k.store.Write(ctx, func(tx store.Tx) error {
		if err := g.write(ctx, tx, k); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{audit(id, systemActor, "merchants.add_sm2", now)})
	})
	return g.credentials, err
}

// systemActor is who makes the demo merchant of a sandbox.
const systemActor = "system:sandbox"

func audit(id merchant.ID, actor, action string, at time.Time) store.AuditEntry {
	return store.AuditEntry{Owner: id, At: at.Truncate(time.Second), Actor: actor, Action: action, Object: "merchant/" + string(id)}
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
func (k *Keyring) newPlatformCertificate(a *authority, owner merchant.ID, key privateKey, now time.Time) (merchant.PlatformKey, store.Secret, error) {
	certificate, err := a.issueLeaf(pkix.Name{
		Country: []string{"CN"}, Organization: []string{organization},
		OrganizationalUnit: []string{"Platform"}, CommonName: "Favord Platform",
	}, key.public(), now)
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

func (k *Keyring) newPublicKey(owner merchant.ID, key privateKey, now time.Time) (merchant.PlatformKey, store.Secret, error) {
	text, err := key.public().pem()
	if err != nil {
		return merchant.PlatformKey{}, store.Secret{}, err
	}
	public := merchant.PlatformKey{Owner: owner, Serial: newPublicKeyID(owner, now), Public: true, PEM: string(text)}
	secret, err := k.sealKey(store.Secret{Owner: owner, Purpose: store.PurposePlatformKey, Name: public.Serial, Version: 1}, key)
	return public, secret, err
}

func (g *grant) write(ctx context.Context, tx store.Tx, k *Keyring) error {
	if err := tx.InsertCertificate(ctx, g.certificate); err != nil {
		return err
	}
	for i := range g.platform {
		if err := tx.InsertPlatformKey(ctx, g.platform[i]); err != nil {
			return err
		}
		if err := k.insertSecret(ctx, tx, g.secrets[i]); err != nil {
			return err
		}
	}
	return nil
}

// write leaves the draft as it is: a transaction may run twice, and a draft be registered in
// several stores at once.
func (d *Draft) write(ctx context.Context, tx store.Tx, k *Keyring, actor string) error {
	added := d.merchant
	added.SetKeyMode(added.KeyMode, d.at)
	if err := tx.InsertMerchant(ctx, added, d.at); err != nil {
		return err
	}
	if err := d.grant.write(ctx, tx, k); err != nil {
		return err
	}
	for _, secret := range d.secrets {
		if err := k.insertSecret(ctx, tx, secret); err != nil {
			return err
		}
	}
	entry := audit(d.merchant.ID, actor, "merchants.register", d.at)
	_, entry.After = trail.Between(nil, added.Said())
	return tx.AppendAudit(ctx, []store.AuditEntry{entry})
}

// rotationLead is how long a successor is listed before it signs answers that name
// no key: longer than any client's refresh (protocol 4.5).
const rotationLead = 5 * 24 * time.Hour

// RotatePlatformCertificate adds a successor to a merchant's platform certificate.
// From now on both are listed and either may be named; the successor signs by
// default after five days.
func (k *Keyring) RotatePlatformCertificate(ctx context.Context, id merchant.ID) (serial string, err error) {
	return k.rotate(ctx, id, apiv3.SchemeRSA)
}

// RotateSM2PlatformCertificate is RotatePlatformCertificate for the certificate in SM2.
func (k *Keyring) RotateSM2PlatformCertificate(ctx context.Context, id merchant.ID) (serial string, err error) {
	return k.rotate(ctx, id, apiv3.SchemeSM2)
}

func (k *Keyring) rotate(ctx context.Context, id merchant.ID, scheme apiv3.Scheme) (serial string, err error) {
	return k.succeed(ctx, id, scheme, func(_ context.Context, _ store.Tx, successor *merchant.PlatformKey) (bool, error) {
		successor.SignsFrom = successor.Effective.Add(rotationLead)
		return true, nil
	})
}

// decision is whether a successor is wanted, and from when on it signs.
type decision func(ctx context.Context, tx store.Tx, successor *merchant.PlatformKey) (wanted bool, err error)

// succeed makes a successor to a platform certificate. In the transaction that adds it, decide says
// from when on it signs, or that it is not wanted; the serial is empty then.
func (k *Keyring) succeed(ctx context.Context, id merchant.ID, scheme apiv3.Scheme, decide decision) (serial string, err error) {
	key, err := k.newKey(scheme)
	if err != nil {
		return "", err
	}
	a, err := k.authority(ctx, scheme)
	if err != nil {
		return "", err
	}
	platform, secret, err := k.newPlatformCertificate(a, id, key, k.clock.Now())
	if err != nil {
		return "", err
	}
	if err := k.store.Write(ctx, func(tx store.Tx) error {
		serial = ""
		wanted, err := decide(ctx, tx, &platform)
		if err != nil || !wanted {
			return err
		}
		serial = platform.Serial
		if err := tx.InsertPlatformKey(ctx, platform); err != nil {
			return err
		}
		return k.insertSecret(ctx, tx, secret)
	}); err != nil {
		return "", fmt.Errorf("rotate platform certificate of %s: %w", id, err)
	}
	return serial, nil
}

// SetKeyMode changes which kind of platform key a merchant trusts.
func (k *Keyring) SetKeyMode(ctx context.Context, id merchant.ID, mode merchant.KeyMode) error {
	if err := k.store.Write(ctx, func(tx store.Tx) error {
		m, err := tx.Merchant(ctx, id)
		if err != nil {
			return err
		}
		m.SetKeyMode(mode, k.clock.Now())
		return tx.UpdateMerchant(ctx, m)
	}); err != nil {
		return fmt.Errorf("set key mode of %s: %w", id, err)
	}
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
	return nil
}

// newPublicKeyID returns an id of the form that real ones have: 01, the mchid with
// ten digits, the date, 14 digits (protocol 3.4, inferred).
func newPublicKeyID(owner merchant.ID, now time.Time) string {
	tail := new(big.Int).Mod(apiv3.NewSerial(), big.NewInt(1e14))
	return fmt.Sprintf("%s01%010s%s%014d", apiv3.PublicKeyIDPrefix, owner, now.In(day.Beijing()).Format("20060102"), tail)
}
