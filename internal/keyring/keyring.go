// Package keyring owns every key: the platform's, with which answers are signed and
// fields opened, and the merchants', with which requests are verified and resources
// sealed. Key bytes do not leave it; others get signers, verifiers and boxes.
//
// Everything here goes by signature time, the real clock.
package keyring

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/rsakey"
	"github.com/favord/favord/internal/store"
)

// Keyring loads keys and keeps the ones in use parsed. It is safe for concurrent
// use.
type Keyring struct {
	store  store.Store
	clock  clock.Clock
	sealer *Sealer

	mu    sync.RWMutex
	cache map[merchant.ID]*Keys
	// changes counts calls of Forget: keys that were loaded before one may be
	// out of date, and are not kept.
	changes uint64
}

// maxCached is how many merchants' keys stay parsed; each takes some ten kilobytes.
const maxCached = 10_000

// New returns a keyring over a store. The clock is signature time.
func New(s store.Store, c clock.Clock, sealer *Sealer) *Keyring {
	return &Keyring{store: s, clock: c, sealer: sealer, cache: map[merchant.ID]*Keys{}}
}

// Refusals of encrypted fields (protocol 5.3).
var (
	ErrSerialMissing = fault.New(fault.Invalid,
		"HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)",
		"The header Wechatpay-Serial is missing: it names the key that fields are encrypted for.")
	ErrSerialWrong = fault.New(fault.Invalid,
		"平台证书序列号Wechatpay-Serial错误",
		"The header Wechatpay-Serial names no platform key of the merchant.")
	ErrDecrypt = fault.New(fault.Invalid,
		"平台私钥解密失败",
		"The field cannot be decrypted: it was encrypted for another key than Wechatpay-Serial names.")
	ErrNotEncrypted = fault.New(fault.Invalid,
		"请确认待处理的消息是否为加密后的密文",
		"The field is not encrypted: it is not base64 of 256 bytes.")
	// ErrNoPlatformCertificate is the answer to a merchant that uses the public
	// key (protocol 4.3).
	ErrNoPlatformCertificate = fault.New(fault.NotFound,
		"无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
		"There is no platform certificate for this merchant. Use the platform's public key.")
)

// Keys are the keys of one merchant, parsed, as they were when they were loaded. It
// never changes, so that a request sees one state from its first check to its
// signature.
type Keys struct {
	// Merchant is who they belong to.
	Merchant merchant.Merchant

	certificates []merchantKey
	platform     []merchant.PlatformKey
	private      []*rsa.PrivateKey // beside platform
	signers      []apiv3.Signer    // beside platform
	box          *apiv3.Box        // nil without APIv3 key
}

// merchantKey is a certificate ready to verify with.
type merchantKey struct {
	merchant.Certificate
	key      *rsa.PublicKey
	verifier apiv3.Verifier
}

// Of returns the keys of a merchant. An unknown merchant is refused like an unknown
// serial.
func (k *Keyring) Of(ctx context.Context, id merchant.ID) (*Keys, error) {
	k.mu.RLock()
	keys, changes := k.cache[id], k.changes
	k.mu.RUnlock()
	if keys != nil {
		return keys, nil
	}
	keys, err := k.load(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, merchant.ErrSerial
	}
	if err != nil {
		return nil, fmt.Errorf("load keys of %s: %w", id, err)
	}
	k.remember(keys, changes)
	return keys, nil
}

func (k *Keyring) remember(keys *Keys, changes uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changes != changes {
		return
	}
	for id := range k.cache { // any one will do: the map's order is random
		if len(k.cache) < maxCached {
			break
		}
		delete(k.cache, id)
	}
	k.cache[keys.Merchant.ID] = keys
}

// Forget drops a merchant's parsed keys after they were changed.
func (k *Keyring) Forget(id merchant.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changes++
	delete(k.cache, id)
}

// rows is what the store has about one merchant's keys.
type rows struct {
	merchant     merchant.Merchant
	certificates []merchant.Certificate
	platform     []merchant.PlatformKey
	secrets      []store.Secret // beside platform
	apiv3        *store.Secret
}

func (k *Keyring) load(ctx context.Context, id merchant.ID) (*Keys, error) {
	var r rows
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		r, err = readRows(ctx, tx, id)
		return err
	}); err != nil {
		return nil, err
	}
	return k.parse(r)
}

func readRows(ctx context.Context, tx store.ReadTx, id merchant.ID) (r rows, err error) {
	if r.merchant, err = tx.Merchant(ctx, id); err != nil {
		return r, err
	}
	if r.certificates, err = tx.Certificates(ctx, id); err != nil {
		return r, err
	}
	if r.platform, err = tx.PlatformKeys(ctx, id); err != nil {
		return r, err
	}
	for i := range r.platform {
		secret, err := tx.Secret(ctx, id, store.PurposePlatformKey, r.platform[i].Serial)
		if errors.Is(err, store.ErrNotFound) { // the merchant is there, so it must not look unknown
			return r, fmt.Errorf("private key of %s is missing", r.platform[i].Serial)
		}
		if err != nil {
			return r, err
		}
		r.secrets = append(r.secrets, secret)
	}
	secret, err := tx.Secret(ctx, id, store.PurposeAPIv3, "")
	switch {
	case err == nil:
		r.apiv3 = &secret
	case !errors.Is(err, store.ErrNotFound):
		return r, err
	}
	return r, nil
}

func (k *Keyring) parse(r rows) (*Keys, error) {
	keys := &Keys{Merchant: r.merchant, platform: r.platform}
	for _, c := range r.certificates {
		parsed, err := parseMerchantKey(c)
		if err != nil {
			return nil, err
		}
		keys.certificates = append(keys.certificates, parsed)
	}
	for i := range r.platform {
		private, err := k.openKey(r.secrets[i])
		if err != nil {
			return nil, fmt.Errorf("platform key %s: %w", r.platform[i].Serial, err)
		}
		signer, err := rsakey.NewSigner(r.platform[i].Serial, private)
		if err != nil {
			return nil, err
		}
		keys.private = append(keys.private, private)
		keys.signers = append(keys.signers, signer)
	}
	if r.apiv3 == nil {
		return keys, nil
	}
	key, err := k.sealer.open(*r.apiv3)
	if err != nil {
		return nil, fmt.Errorf("APIv3 key: %w", err)
	}
	keys.box, err = apiv3.NewBox(key)
	return keys, err
}

func parseMerchantKey(c merchant.Certificate) (merchantKey, error) {
	certificate, err := apiv3.ParseCertificate([]byte(c.PEM))
	if err != nil {
		return merchantKey{}, err
	}
	key, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		return merchantKey{}, err
	}
	verifier, err := rsakey.NewVerifier(c.Serial, key)
	return merchantKey{Certificate: c, key: key, verifier: verifier}, err
}

// Verifier returns who checks a request that names a serial at now, or the refusal
// of protocol 2.4.
func (k *Keys) Verifier(serial string, now time.Time) (apiv3.Verifier, error) {
	if len(k.certificates) == 0 {
		return nil, merchant.ErrNoCertificate
	}
	c := k.certificate(serial)
	if c == nil {
		return nil, merchant.ErrSerial
	}
	if err := c.Usable(now); err != nil {
		return nil, err
	}
	return c.verifier, nil
}

func (k *Keys) certificate(serial string) *merchantKey {
	canonical := apiv3.CanonicalSerial(serial)
	for i := range k.certificates {
		if k.certificates[i].Serial == canonical {
			return &k.certificates[i]
		}
	}
	return nil
}

// Signer returns who signs the answer to a request whose Wechatpay-Serial is named,
// which may be empty or unknown (protocol 3.4).
func (k *Keys) Signer(named string, now time.Time) (apiv3.Signer, error) {
	i := merchant.SigningKey(k.Merchant.KeyMode, k.platform, now, equalTo(named))
	if i < 0 {
		return nil, fmt.Errorf("keyring: merchant %s has no platform key that may sign", k.Merchant.ID)
	}
	return k.signers[i], nil
}

func equalTo(named string) func(string) bool {
	return func(serial string) bool { return apiv3.EqualSerial(serial, named) }
}

// OpenField decrypts a field of a request whose Wechatpay-Serial is named. An empty
// field is no encrypted one.
func (k *Keys) OpenField(named, ciphertext string, now time.Time) (string, error) {
	if strings.TrimSpace(named) == "" {
		return "", ErrSerialMissing
	}
	i := merchant.NamedKey(k.Merchant.KeyMode, k.platform, now, equalTo(named))
	if i < 0 {
		return "", ErrSerialWrong
	}
	plaintext, err := apiv3.OpenField(k.private[i], ciphertext)
	switch {
	case errors.Is(err, apiv3.ErrNotCiphertext):
		return "", ErrNotEncrypted
	case err != nil:
		return "", ErrDecrypt
	}
	return plaintext, nil
}

// SealField encrypts a field for the merchant certificate with the given serial,
// the one that signed the request.
func (k *Keys) SealField(serial, plaintext string) (string, error) {
	c := k.certificate(serial)
	if c == nil {
		return "", merchant.ErrSerial
	}
	return apiv3.SealField(c.key, plaintext)
}

// Box returns the box of the merchant's APIv3 key, or merchant.ErrNoAPIv3Key.
func (k *Keys) Box() (*apiv3.Box, error) {
	if k.box == nil {
		return nil, merchant.ErrNoAPIv3Key
	}
	return k.box, nil
}

// certificateAAD is the associated data of certificates (protocol 4.2).
const certificateAAD = "certificate"

// SealedCertificate is a platform certificate as GET /v3/certificates lists it.
type SealedCertificate struct {
	merchant.PlatformKey
	Sealed apiv3.Sealed
}

// Certificates lists the platform certificates of the merchant at now, sealed with
// its APIv3 key under a fresh nonce each.
func (k *Keys) Certificates(now time.Time) ([]SealedCertificate, error) {
	box, err := k.Box()
	if err != nil {
		return nil, err
	}
	var list []SealedCertificate
	for _, key := range k.platform {
		if k.Merchant.KeyMode == merchant.ModePublicKey || !key.Listed(now) {
			continue
		}
		sealed, err := box.Seal([]byte(key.PEM), apiv3.NewBoxNonce(), certificateAAD)
		if err != nil {
			return nil, err
		}
		list = append(list, SealedCertificate{PlatformKey: key, Sealed: sealed})
	}
	if len(list) == 0 {
		return nil, ErrNoPlatformCertificate
	}
	return list, nil
}
