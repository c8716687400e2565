package keyring

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Refusals of encrypted fields (protocol 5.3).
var (
	ErrSerialMissing = fault.New(fault.Invalid,
		"HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)",
		"The header Wechatpay-Serial is missing: it names the key that fields are encrypted for.")
	ErrSerialWrong = fault.New(fault.Invalid,
		"平台证书序列号Wechatpay-Serial错误",
		"The header Wechatpay-Serial does not name one of the merchant's platform keys.")
	ErrDecrypt = fault.New(fault.Invalid,
		"平台私钥解密失败",
		"The field cannot be decrypted: it was not encrypted for the key that Wechatpay-Serial names.")
	ErrNotEncrypted = fault.New(fault.Invalid,
		"请确认待处理的消息是否为加密后的密文",
		"The field is not encrypted: it is not base64 of a ciphertext, which has 256 bytes with RSA and is an ASN.1 sequence with SM2.")
	// ErrNoPlatformCertificate is the answer to a merchant that uses the public
	// key, or has no certificate of the wanted algorithm (protocol 4.3).
	ErrNoPlatformCertificate = fault.New(fault.NotFound,
		"无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
		"There is no platform certificate for this merchant. Use the platform's public key, or name the algorithm that the merchant uses.")
)

// Keys are the keys of one merchant, parsed, as they were when they were loaded. It
// never changes, so that a request sees one state from its first check to its
// signature.
type Keys struct {
	// Merchant is who they belong to.
	Merchant merchant.Merchant

	certificates []merchantKey
	rsa, sm2     platformKeys
	// apiv3 is the APIv3 key; "" while there is none.
	apiv3 string
	// apiv2 is the APIv2 key; "" while there is none.
	apiv2 string
	// boxVersion is the version of the APIv3 key, 0 without one.
	boxVersion int
}

// merchantKey is a certificate ready to verify with.
type merchantKey struct {
	merchant.Certificate
	key      publicKey
	verifier apiv3.Verifier
}

// platformKeys are the platform's keys for a merchant in one algorithm, with the box of
// the merchant's APIv3 key in the cipher that goes with it.
type platformKeys struct {
	mode    merchant.KeyMode
	keys    []merchant.PlatformKey
	private []privateKey   // beside keys
	signers []apiv3.Signer // beside keys
	box     *apiv3.Box     // nil without APIv3 key
}

// parse makes keys out of rows. Of which algorithm a key is, it says itself.
func (k *Keyring) parse(r rows) (*Keys, error) {
	keys := &Keys{Merchant: r.merchant}
	keys.rsa.mode = r.merchant.KeyMode
	// The mode is about the platform's RSA keys. In SM2 it has certificates only
	// (protocol 3.4, 11).
	keys.sm2.mode = merchant.ModeCertificate
	for _, c := range r.certificates {
		parsed, err := parseMerchantKey(c)
		if err != nil {
			return nil, err
		}
		keys.certificates = append(keys.certificates, parsed)
	}
	for i := range r.platform {
		private, err := k.openKey(r.secrets[i])
		if err == nil {
			err = keys.of(private.scheme()).add(r.platform[i], private)
		}
		if err != nil {
			return nil, fmt.Errorf("platform key %s: %w", r.platform[i].Serial, err)
		}
	}
	return keys, k.openAPIKeys(keys, r)
}

// openAPIKeys adds the keys that a merchant set as text.
func (k *Keyring) openAPIKeys(keys *Keys, r rows) error {
	if r.apiv2 != nil {
		key, err := k.sealer.open(*r.apiv2)
		if err != nil {
			return fmt.Errorf("APIv2 key: %w", err)
		}
		keys.apiv2 = string(key)
	}
	if r.apiv3 == nil {
		return nil
	}
	key, err := k.sealer.open(*r.apiv3)
	if err != nil {
		return fmt.Errorf("APIv3 key: %w", err)
	}
	keys.apiv3 = string(key)
	if keys.rsa.box, err = apiv3.NewBox(key); err != nil {
		return err
	}
	keys.boxVersion = r.apiv3.Version
	keys.sm2.box, err = gm.NewBox(key)
	return err
}

// VerifyLink reports whether a claim link is signed with the merchant's APIv2 key
// (busifavor 10.5). Without such a key none is.
func (k *Keys) VerifyLink(l apiv2.Link) bool { return l.Verify(k.apiv2) }

// ClaimLink returns a new claim link of the merchant for a user, signed with its APIv2 key, or reports
// [ErrNoAPIv2Key]. The code is the merchant's own, or empty.
func (k *Keys) ClaimLink(stockID, openID, code string) (apiv2.Link, error) {
	if k.apiv2 == "" {
		return apiv2.Link{}, ErrNoAPIv2Key
	}
	return apiv2.Link{
		StockID: stockID, OutRequestNo: apiv3.NewNonce(), SendCouponMerchant: string(k.Merchant.ID), OpenID: openID, CouponCode: code,
	}.Signed(k.apiv2), nil
}

// ErrNoAPIv2Key is the answer where a merchant's APIv2 key should sign, and there is none.
var ErrNoAPIv2Key = fault.New(fault.Refused,
	"商户没有设置APIv2密钥，无法为领券链接签名：请先在商户的密钥页设置",
	"The merchant has no APIv2 key, which claim links are signed with: set one among the merchant's keys first.")

// VerifyPlugin reports whether the parameters of the plug-in are signed with the
// merchant's APIv2 key (busifavor 10.5). Without such a key none are.
func (k *Keys) VerifyPlugin(p apiv2.Plugin) bool { return p.Verify(k.apiv2) }

// VerifyPack reports whether a link to a card pack carries the merchant's sign. A merchant
// without an APIv2 key has none.
func (k *Keys) VerifyPack(p apiv2.Pack) bool { return p.Verify(k.apiv2) }

func parseMerchantKey(c merchant.Certificate) (merchantKey, error) {
	_, key, err := parseCertificate([]byte(c.PEM))
	if err != nil {
		return merchantKey{}, err
	}
	verifier, err := key.verifier(c.Serial)
	return merchantKey{Certificate: c, key: key, verifier: verifier}, err
}

func (p *platformKeys) add(public merchant.PlatformKey, private privateKey) error {
	signer, err := private.signer(public.Serial)
	if err != nil {
		return err
	}
	p.keys, p.private, p.signers = append(p.keys, public), append(p.private, private), append(p.signers, signer)
	return nil
}

// of returns the platform's keys in the algorithm of a scheme.
func (k *Keys) of(scheme apiv3.Scheme) *platformKeys {
	if scheme == apiv3.SchemeSM2 {
		return &k.sm2
	}
	return &k.rsa
}

// Verifier returns who checks a request that names a serial at now, or the refusal
// of protocol 2.4. Its scheme is that of the certificate, which the request must have
// used.
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

// Signer returns who signs the answer to a request of the given scheme, in the same
// algorithm (protocol 11). Its Wechatpay-Serial is named, which may be empty or unknown,
// or a key of another algorithm (protocol 3.4).
func (k *Keys) Signer(scheme apiv3.Scheme, named string, now time.Time) (apiv3.Signer, error) {
	platform := k.of(scheme)
	i := merchant.SigningKey(platform.mode, platform.keys, now, equalTo(named))
	if i < 0 {
		return nil, fmt.Errorf("keyring: merchant %s has no platform key that may sign with %s", k.Merchant.ID, scheme)
	}
	return platform.signers[i], nil
}

func equalTo(named string) func(string) bool {
	return func(serial string) bool { return apiv3.EqualSerial(serial, named) }
}

// OpenField decrypts a field of a request whose Wechatpay-Serial is named, in the
// algorithm of that key. An empty field is no encrypted one.
func (k *Keys) OpenField(named, ciphertext string, now time.Time) (string, error) {
	if strings.TrimSpace(named) == "" {
		return "", ErrSerialMissing
	}
	private := k.named(named, now)
	if private == nil {
		return "", ErrSerialWrong
	}
	plaintext, err := private.openField(ciphertext)
	switch {
	case errors.Is(err, apiv3.ErrNotCiphertext):
		return "", ErrNotEncrypted
	case err != nil:
		return "", ErrDecrypt
	}
	return plaintext, nil
}

// named returns the platform key that a request may have encrypted its fields for, or
// nil.
func (k *Keys) named(named string, now time.Time) privateKey {
	for _, platform := range [...]*platformKeys{&k.rsa, &k.sm2} {
		if i := merchant.NamedKey(platform.mode, platform.keys, now, equalTo(named)); i >= 0 {
			return platform.private[i]
		}
	}
	return nil
}

// SealField encrypts a field for the merchant certificate with the given serial,
// the one that signed the request.
func (k *Keys) SealField(serial, plaintext string) (string, error) {
	c := k.certificate(serial)
	if c == nil {
		return "", merchant.ErrSerial
	}
	return c.key.sealField(plaintext)
}

// Box returns the box of the merchant's APIv3 key in the cipher that goes with a scheme,
// or merchant.ErrNoAPIv3Key.
func (k *Keys) Box(scheme apiv3.Scheme) (*apiv3.Box, error) {
	box := k.of(scheme).box
	if box == nil {
		return nil, merchant.ErrNoAPIv3Key
	}
	return box, nil
}

// certificateAAD is the associated data of certificates (protocol 4.2).
const certificateAAD = "certificate"

// SealedCertificate is a platform certificate as GET /v3/certificates lists it.
type SealedCertificate struct {
	merchant.PlatformKey
	Sealed apiv3.Sealed
}

// Certificates lists the platform certificates of the merchant at now in the algorithms
// of the given schemes, each sealed with its APIv3 key in the cipher that goes with it,
// under a fresh nonce.
func (k *Keys) Certificates(now time.Time, schemes ...apiv3.Scheme) ([]SealedCertificate, error) {
	var list []SealedCertificate
	for _, scheme := range schemes {
		box, err := k.Box(scheme)
		if err != nil {
			return nil, err
		}
		platform := k.of(scheme)
		for _, key := range platform.keys {
			if platform.mode == merchant.ModePublicKey || !key.Listed(now) {
				continue
			}
			sealed, err := box.Seal([]byte(key.PEM), apiv3.NewBoxNonce(), certificateAAD)
			if err != nil {
				return nil, err
			}
			list = append(list, SealedCertificate{PlatformKey: key, Sealed: sealed})
		}
	}
	if len(list) == 0 {
		return nil, ErrNoPlatformCertificate
	}
	return list, nil
}
