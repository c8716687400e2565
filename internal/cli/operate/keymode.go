package operate

import (
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// KeyModeTexts explain which of the platform's keys a merchant gets.
func KeyModeTexts() map[string][2]string {
	return map[string][2]string{
		"merchantskeymode": {"更改商户信任的平台密钥：证书、公钥，或正从证书切换到公钥", "Change which platform keys the merchant trusts: certificates, the public key, or moving from one to the other."},
		"merchantmodearg":  {"certificate（平台证书）、public_key（微信支付公钥）或migrating（切换中，两者都用）", "certificate, public_key, or migrating for both."},
		"keymode":          {"演示商户信任的平台密钥：certificate（平台证书）、public_key（微信支付公钥）或migrating（两者，新沙箱的缺省值）", "Which platform keys the demo merchant trusts: certificate, public_key, or migrating for both, as in a new sandbox."},
	}
}

// merchantsKeyMode is `favord merchants key-mode`.
type merchantsKeyMode struct {
	oneMerchant
	Mode string `arg:"" enum:"certificate,public_key,migrating" help:"merchantmodearg"`
}

// Run implements the command.
func (k *merchantsKeyMode) Run(c *term.Command) error {
	return k.run(c, func(m *client.Management) (*manage.Merchant, error) {
		return m.ChangeMerchant(c.Ctx, &manage.ChangeMerchantRequest{MchID: k.MchID, KeyMode: strings.ToUpper(k.Mode)})
	})
}

// Modes and kinds of the platform's keys.
const (
	modeCertificate = "CERTIFICATE"
	modePublicKey   = "PUBLIC_KEY"
	algorithmRSA    = "RSA"
)

// isFor reports whether a merchant with a key mode gets one of the platform's keys at now. The
// mode is about RSA: in SM2 there are certificates only.
func isFor(mode string, p *manage.PlatformKey, now time.Time) bool {
	if p.Kind == modePublicKey {
		return mode != modeCertificate
	}
	return !now.After(p.ExpireTime.Time) && (p.Algorithm != algorithmRSA || mode != modePublicKey)
}
