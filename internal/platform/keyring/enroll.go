package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Refusals of what a merchant brings. The texts are ours: the platform has no such calls.
var (
	ErrCertificateForm = fault.New(fault.Invalid,
		"须为PEM格式的商户API证书（RSA或SM2）", "Give the merchant's API certificate in PEM, RSA or SM2.")
	ErrPrivateKeySent = fault.New(fault.Invalid,
		"请勿上传私钥：只需要证书，私钥须由商户自己保管；该私钥应视为已泄露",
		"Never upload a private key: only the certificate is needed. Consider the key compromised.")
	ErrCertificateWeak = fault.New(fault.Invalid,
		"RSA密钥须为2048位或以上", "An RSA key must have 2048 bits or more.")
	ErrCertificateName = fault.New(fault.Invalid,
		"证书主题的CN须为商户号", "The CN of the certificate's subject must be the mchid.")
	ErrCertificateEnded = fault.New(fault.Invalid,
		"证书已过期", "The certificate has expired.")
	ErrCertificateKnown = fault.New(fault.Exists,
		"该证书已登记", "The certificate is registered already.")
	ErrCertificateUnknown = fault.New(fault.NotFound,
		"该商户没有这个序列号的证书", "The merchant has no certificate with this serial.")
	ErrAPIKeyForm = fault.New(fault.Invalid,
		fmt.Sprintf("密钥须为%d位字母或数字", apiv3.APIKeySize), fmt.Sprintf("A key must have %d letters and digits.", apiv3.APIKeySize))
	// ErrKeyRace refuses a change of a key that another one overtook.
	ErrKeyRace = fault.New(fault.Refused,
		"密钥刚被其他操作更改，请重试", "The key has just been changed. Try again.")
)

// Enrollment is a merchant who brings keys of its own, as in production: its private key
// never reaches the server.
type Enrollment struct {
	// Actor is who asks, for the audit trail.
	Actor    string
	Merchant merchant.Merchant
	// CertificatePEM is the merchant's API certificate. Its algorithm is the one in which
	// the platform answers.
	CertificatePEM []byte
	// APIv3Key and APIv2Key are what the merchant set; "" when it did not yet.
	APIv3Key, APIv2Key string
}

// Enroll registers a merchant, and makes the platform's keys for it. It is refused with
// merchant.ErrRegistered, or for what is wrong with a certificate or key.
func (k *Keyring) Enroll(ctx context.Context, e Enrollment) error {
	if err := k.enroll(ctx, e); err != nil {
		return fmt.Errorf("enroll merchant %s: %w", e.Merchant.ID, err)
	}
	return nil
}

func (k *Keyring) enroll(ctx context.Context, e Enrollment) error {
	now := k.clock.Now()
	certificate, scheme, err := checkCertificate(e.Merchant.ID, e.CertificatePEM, now)
	if err != nil {
		return err
	}
	d := Draft{merchant: e.Merchant, at: now}
	for purpose, key := range map[store.Purpose]string{store.PurposeAPIv3: e.APIv3Key, store.PurposeAPIv2: e.APIv2Key} {
		if key == "" {
			continue
		}
		if err := checkAPIKey(key); err != nil {
			return err
		}
		d.secrets = append(d.secrets, k.sealer.seal(store.Secret{Owner: e.Merchant.ID, Purpose: purpose, Version: 1}, []byte(key)))
	}
	if d.grant, err = k.platformFor(ctx, e.Merchant.ID, scheme, now); err != nil {
		return err
	}
	d.grant.certificate = certificate
	err = k.store.Write(ctx, func(tx store.Tx) error {
		if _, err := tx.Merchant(ctx, e.Merchant.ID); !errors.Is(err, store.ErrNotFound) {
			return orElse(err, merchant.ErrRegistered)
		}
		return d.write(ctx, tx, k, e.Actor)
	})
	if errors.Is(err, store.ErrDuplicate) { // somebody else was faster
		return merchant.ErrRegistered
	}
	return err
}

// orElse returns err, or otherwise when it is nil.
func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// platformFor makes the platform's keys for a merchant in the algorithm of a scheme.
func (k *Keyring) platformFor(ctx context.Context, id merchant.ID, scheme apiv3.Scheme, now time.Time) (grant, error) {
	var g grant
	a, err := k.authority(ctx, scheme)
	if err != nil {
		return g, err
	}
	key, err := k.newKey(scheme)
	if err != nil {
		return g, err
	}
	platform, secret, err := k.newPlatformCertificate(a, id, key, now)
	if err != nil {
		return g, err
	}
	g.add(platform, secret)
	if scheme != apiv3.SchemeRSA { // there is no public key in SM2
		return g, nil
	}
	if key, err = k.newKey(scheme); err != nil {
		return g, err
	}
	public, secret, err := k.newPublicKey(id, key, now)
	g.add(public, secret)
	return g, err
}

// rsaBits is the least size of a merchant's key.
const rsaBits = 2048

// checkCertificate reads a merchant's certificate and reports what is wrong with it at now.
func checkCertificate(owner merchant.ID, text []byte, now time.Time) (merchant.Certificate, apiv3.Scheme, error) {
	if strings.Contains(string(text), "PRIVATE KEY") {
		return merchant.Certificate{}, "", ErrPrivateKeySent.At("certificate", "")
	}
	c, key, err := parseCertificate(text)
	if err != nil {
		return merchant.Certificate{}, "", ErrCertificateForm.At("certificate", "")
	}
	scheme := schemeOf(key)
	weak := false
	if public, is := key.(rsaPublic); is {
		weak = public.key.N.BitLen() < rsaBits
	}
	switch {
	case weak:
		err = ErrCertificateWeak.At("certificate", "")
	case c.Subject.CommonName != string(owner):
		err = ErrCertificateName.At("certificate", c.Subject.CommonName)
	case now.After(c.NotAfter):
		err = ErrCertificateEnded.At("certificate", "")
	}
	return certificateOf(owner, c), scheme, err
}

// schemeOf is what a key verifies.
func schemeOf(key publicKey) apiv3.Scheme {
	if _, is := key.(sm2Public); is {
		return apiv3.SchemeSM2
	}
	return apiv3.SchemeRSA
}

func checkAPIKey(key string) error {
	if len(key) != apiv3.APIKeySize || strings.Trim(key, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return ErrAPIKeyForm
	}
	return nil
}

// Owned names who asks for a change of whose keys.
type Owned struct {
	// Actor is who asks, for the audit trail.
	Actor string
	Owner merchant.ID
}

// AddCertificate adds an API certificate to those of a merchant. With the first one of an
// algorithm the platform makes its keys in it.
func (k *Keyring) AddCertificate(ctx context.Context, o Owned, text []byte) (merchant.Certificate, error) {
	now := k.clock.Now()
	c, scheme, err := checkCertificate(o.Owner, text, now)
	if err != nil {
		return c, fmt.Errorf("certificate of %s: %w", o.Owner, err)
	}
	known, err := k.Overview(ctx, o.Owner)
	if err != nil {
		return c, err
	}
	g := grant{}
	if !known.answersIn(scheme) {
		if g, err = k.platformFor(ctx, o.Owner, scheme, now); err != nil {
			return c, err
		}
	}
	g.certificate = c
	err = k.change(ctx, o, "manage.keys.add_certificate", func(tx store.Tx) (replaced, error) {
		return replaced{by: serialOf(c.Serial)}, g.write(ctx, tx, k)
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrCertificateKnown.At("certificate", c.Serial)
	}
	return c, err
}

// SetStatus is SetCertificateStatus for an operator.
func (k *Keyring) SetStatus(ctx context.Context, o Owned, serial string, status merchant.CertificateStatus) error {
	return k.change(ctx, o, "manage.keys.set_certificate_status", func(tx store.Tx) (replaced, error) {
		list, err := tx.Certificates(ctx, o.Owner)
		if err != nil {
			return replaced{}, err
		}
		at := slices.IndexFunc(list, func(c merchant.Certificate) bool { return c.Serial == apiv3.CanonicalSerial(serial) })
		if at < 0 {
			return replaced{}, ErrCertificateUnknown.At("serial_no", serial)
		}
		was := &list[at]
		said := replaced{statusOf(was.Serial, was.Status), statusOf(was.Serial, status)}
		return said, tx.SetCertificateStatus(ctx, o.Owner, was.Serial, status)
	})
}

// SetAPIv3Key replaces the APIv3 key of a merchant: from now on resources are sealed with it.
func (k *Keyring) SetAPIv3Key(ctx context.Context, o Owned, key string) error {
	return k.setAPIKey(ctx, o, store.PurposeAPIv3, key)
}

// SetAPIv2Key replaces the APIv2 key of a merchant: from now on claim links and parameters
// of the plug-in are verified with it.
func (k *Keyring) SetAPIv2Key(ctx context.Context, o Owned, key string) error {
	return k.setAPIKey(ctx, o, store.PurposeAPIv2, key)
}

func (k *Keyring) setAPIKey(ctx context.Context, o Owned, purpose store.Purpose, key string) error {
	if err := checkAPIKey(key); err != nil {
		return err
	}
	err := k.change(ctx, o, "manage.keys.set_"+strings.ToLower(string(purpose)), func(tx store.Tx) (replaced, error) {
		old, err := readSecret(ctx, tx, o.Owner, purpose)
		if err != nil {
			return replaced{}, err
		}
		version := versionOf(old) + 1
		said := replaced{by: numbered(version)}
		if old != nil {
			said.what = numbered(old.Version)
		}
		return said, k.insertSecret(ctx, tx, k.sealer.seal(store.Secret{Owner: o.Owner, Purpose: purpose, Version: version}, []byte(key)))
	})
	if errors.Is(err, store.ErrDuplicate) {
		return ErrKeyRace
	}
	return err
}

// AddPlatformCertificate adds a successor to the platform's certificate for a merchant, as
// RotatePlatformCertificate does, in the algorithm of a scheme.
func (k *Keyring) AddPlatformCertificate(ctx context.Context, o Owned, scheme apiv3.Scheme) (serial string, err error) {
	known, err := k.Overview(ctx, o.Owner)
	if err != nil {
		return "", err
	}
	if !known.answersIn(scheme) {
		return "", ErrNoPlatformCertificate
	}
	return k.succeed(ctx, o.Owner, scheme, func(ctx context.Context, tx store.Tx, successor *merchant.PlatformKey) (bool, error) {
		successor.SignsFrom = successor.Effective.Add(rotationLead)
		entry := audit(o.Owner, o.Actor, "manage.keys.add_platform_certificate", k.clock.Now())
		_, entry.After = trail.Between(nil, serialOf(successor.Serial))
		if planted.KeyUnnoted.In() {
			return true, nil
		}
		return true, tx.AppendAudit(ctx, []store.AuditEntry{entry})
	})
}

// replaced is what the audit says of a change: nothing secret.
type replaced struct{ what, by any }

// What the audit says of a certificate, and of a key that nobody sees.
func serialOf(serial string) any { return map[string]string{"serial_no": serial} }

func statusOf(serial string, s merchant.CertificateStatus) any {
	return map[string]string{serial: string(s)}
}

func numbered(version int) any { return map[string]int{"version": version} }

// change makes a change of a merchant's keys with its audit entry, in which is what fn says.
func (k *Keyring) change(ctx context.Context, o Owned, action string, fn func(tx store.Tx) (replaced, error)) error {
	err := k.store.Write(ctx, func(tx store.Tx) error {
		if _, err := tx.Merchant(ctx, o.Owner); err != nil {
			return unregistered(err, o.Owner)
		}
		said, err := fn(tx)
		if err != nil {
			return err
		}
		entry := audit(o.Owner, o.Actor, action, k.clock.Now())
		entry.Before, entry.After = trail.Between(said.what, said.by)
		return tx.AppendAudit(ctx, []store.AuditEntry{entry})
	})
	if err != nil {
		return fmt.Errorf("keys of %s: %w", o.Owner, err)
	}
	return nil
}

func unregistered(err error, id merchant.ID) error {
	if errors.Is(err, store.ErrNotFound) {
		return merchant.ErrNotRegistered.At("mchid", string(id))
	}
	return err
}
