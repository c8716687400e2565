package explain

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/fault"
)

// Causes that lie in the serial.
const (
	SerialOfPlatform   Cause = "SERIAL_OF_PLATFORM"
	SerialOfOther      Cause = "SERIAL_OF_OTHER_MERCHANT"
	SerialSpelling     Cause = "SERIAL_SPELLING"
	SerialUnknown      Cause = "SERIAL_UNKNOWN"
	MerchantUnknown    Cause = "MERCHANT_UNKNOWN"
	CertificateRefused Cause = "CERTIFICATE_REFUSED"
	SchemeOfOtherKey   Cause = "SCHEME_OF_OTHER_KEY"
)

// ringKey is a key ready to use: one of the two halves is nil.
type ringKey struct {
	Key
	rsa *rsa.PublicKey
	sm2 *gm.Verifier
}

// scheme is what requests that the key signs begin with.
func (k *ringKey) scheme() apiv3.Scheme {
	if k.sm2 != nil {
		return apiv3.SchemeSM2
	}
	return apiv3.SchemeRSA
}

// describe names a key in a sentence.
func (k *ringKey) describe() fault.Text {
	if k.Role == OfPlatform {
		return fault.Text{ZH: "平台密钥 " + k.Serial, EN: "the platform key " + k.Serial}
	}
	return fault.Text{ZH: "商户 " + k.Owner + " 的证书 " + k.Serial, EN: "the certificate " + k.Serial + " of merchant " + k.Owner}
}

// ring is all keys.
type ring []ringKey

// newRing parses keys; what does not parse cannot have signed.
func newRing(keys []Key) ring {
	var r ring
	for _, k := range keys {
		parsed := ringKey{Key: k}
		text := []byte(k.PEM)
		if c, err := gm.ParseCertificate(text); err == nil {
			if key, err := gm.CertificateKey(c); err == nil {
				parsed.sm2 = gm.NewVerifier(k.Serial, key)
			}
		} else {
			parsed.rsa = rsaKeyOf(text)
		}
		if parsed.rsa != nil || parsed.sm2 != nil {
			r = append(r, parsed)
		}
	}
	return r
}

func rsaKeyOf(text []byte) *rsa.PublicKey {
	if c, err := apiv3.ParseCertificate(text); err == nil {
		if key, err := apiv3.CertificateRSAKey(c); err == nil {
			return key
		}
	}
	if key, err := apiv3.ParseRSAPublicKey(text); err == nil {
		return key
	}
	return nil
}

// find returns the key that a request names, or why it cannot be used.
func (r ring) find(a *apiv3.Authorization, known *Known) (*ringKey, *Finding) {
	var mine, others *ringKey
	registered := false
	for i := range r {
		k := &r[i]
		registered = registered || k.Owner == a.Identity && k.Role == OfMerchant
		if !apiv3.EqualSerial(k.Serial, a.Serial) {
			continue
		}
		if k.Role == OfMerchant && k.Owner == a.Identity {
			mine = k
		} else {
			others = k
		}
	}
	switch {
	case mine != nil:
		f := mine.unusable(a)
		return mine, f
	case !registered && others == nil:
		return nil, stop(known.missed(unknownMerchant(a, nil)))
	case !registered:
		return nil, stop(unknownMerchant(a, others))
	case others != nil:
		return nil, stop(strangeSerial(others))
	}
	return nil, stop(r.unknownSerial(a, known))
}

func unknownMerchant(a *apiv3.Authorization, owner *ringKey) clause {
	c := clause{
		cause: MerchantUnknown, zh: "没有商户 " + a.Identity + "，或它没有证书", en: "there is no merchant " + a.Identity + ", or it has no certificate",
		advice: advice{"请核对 mchid", "check the mchid"},
	}
	if owner != nil {
		who := owner.describe()
		c.zh, c.en = c.zh+"，而 serial_no 是"+who.ZH, c.en+", and serial_no is that of "+who.EN
	}
	return c
}

// unusable says why a merchant's own certificate is not taken.
func (k *ringKey) unusable(a *apiv3.Authorization) *Finding {
	if refused := new(fault.Error); errors.As(k.Refused, &refused) {
		first, _, _ := strings.Cut(refused.Text.EN, ". ")
		return stop(clause{
			cause: CertificateRefused, zh: "证书 " + k.Serial + " 不可用（" + strings.TrimSuffix(refused.Text.ZH, "。") + "）",
			en:     "the certificate " + k.Serial + " is not taken (" + strings.TrimSuffix(lowered(first), ".") + ")",
			advice: advice{"应换用有效的证书及其私钥", "use a certificate that is good, with its private key"},
		})
	}
	if k.scheme() == a.Scheme {
		return nil
	}
	return stop(clause{
		cause: SchemeOfOtherKey, zh: fmt.Sprintf("认证类型 %s 与证书 %s 的算法不符", a.Scheme, k.Serial),
		en:     fmt.Sprintf("the scheme %s is not that of the certificate %s", a.Scheme, k.Serial),
		advice: advice{"应为 " + string(k.scheme()), "it must be " + string(k.scheme())},
	})
}

func lowered(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// adviceSerial is which serial to send.
func adviceSerial() advice {
	return advice{
		ZH: "应填写签名私钥所对应的商户API证书的序列号",
		EN: "send the serial of the merchant's own API certificate, the one whose private key signs",
	}
}

func strangeSerial(k *ringKey) clause {
	if k.Role == OfPlatform {
		return clause{
			cause: SerialOfPlatform, zh: "serial_no 是平台证书或平台公钥的编号", en: "the serial_no is that of a platform certificate or public key",
			advice: adviceSerial(),
		}
	}
	return clause{
		cause: SerialOfOther, zh: "serial_no 是商户 " + k.Owner + " 的证书的序列号", en: "the serial_no is that of a certificate of merchant " + k.Owner,
		advice: adviceSerial(),
	}
}

// unknownSerial looks for a spelling of a serial that would be known.
func (r ring) unknownSerial(a *apiv3.Authorization, known *Known) clause {
	for i := range r {
		k := &r[i]
		if spelled := spelling(a.Serial, k.Serial); spelled.ZH != "" && k.Owner == a.Identity {
			return clause{
				cause: SerialSpelling, zh: "serial_no " + spelled.ZH, en: "the serial_no " + spelled.EN,
				advice: advice{"应写作 " + k.Serial, "write " + k.Serial},
			}
		}
	}
	return known.missed(clause{
		cause: SerialUnknown, zh: "商户 " + a.Identity + " 没有序列号为 " + cut(a.Serial) + " 的证书",
		en:     "merchant " + a.Identity + " has no certificate with the serial " + cut(a.Serial),
		advice: adviceSerial(),
	})
}

// spelling says how a text spells a serial in a way that is not taken; empty when it is
// another serial.
func spelling(text, serial string) fault.Text {
	if n, ok := new(big.Int).SetString(text, 10); ok && apiv3.EqualSerial(fmt.Sprintf("%X", n), serial) {
		return fault.Text{ZH: "写成了十进制", EN: "is written in decimal"}
	}
	plain := strings.TrimPrefix(strings.TrimPrefix(text, "0x"), "0X")
	if apiv3.EqualSerial(plain, serial) {
		return fault.Text{ZH: "带有 0x 前缀", EN: "begins with 0x"}
	}
	plain = strings.NewReplacer(":", "", " ", "", "-", "").Replace(text)
	if apiv3.EqualSerial(plain, serial) {
		return fault.Text{ZH: "含有冒号、空格或连字符", EN: "has colons, blanks or hyphens in it"}
	}
	return fault.Text{}
}
