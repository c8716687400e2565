package operate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Keys shows and changes merchants' keys. Secrets go in and never come out.
type Keys struct {
	Show        keysShow        `cmd:"" help:"keysshow"`
	Export      keysExport      `cmd:"" help:"keysexport"`
	Certificate keysCertificate `cmd:"" help:"keyscertificate"`
	Revoke      keysRevoke      `cmd:"" help:"keysrevoke"`
	Replace     keysReplace     `cmd:"" help:"keysreplace"`
	Activate    keysActivate    `cmd:"" help:"keysactivate"`
	APIv3       keysAPIv3       `cmd:"" name:"apiv3" help:"keysapiv3"`
	APIv2       keysAPIv2       `cmd:"" name:"apiv2" help:"keysapiv2"`
	Rotate      keysRotate      `cmd:"" help:"keysrotate"`
	Rekey       keysRekey       `cmd:"" help:"keysrekey"`
}

// KeyTexts are the help of the commands about keys, in Chinese and English, by their keys.
func KeyTexts() map[string][2]string {
	return map[string][2]string{
		"keys":            {"商户密钥：证书、APIv3与APIv2密钥、平台证书轮换；密钥只进不出", "Manage merchant keys: certificates, APIv3 and APIv2 keys, platform rotation; secrets are never shown."},
		"keysshow":        {"查看商户的证书与平台密钥", "Show a merchant's certificates and platform keys."},
		"keysexport":      {"把该商户应得的平台密钥（按其密钥模式：证书、公钥或两者）写入目录", "Write the platform keys that the merchant's key mode calls for to a directory: certificates, the public key, or both."},
		"keyscertificate": {"添加商户API证书", "Add an API certificate."},
		"keysrevoke":      {"作废商户API证书", "Revoke an API certificate."},
		"keysreplace":     {"标记商户API证书已被更换", "Mark an API certificate as replaced."},
		"keysactivate":    {"恢复商户API证书", "Reactivate an API certificate."},
		"keysapiv3":       {"设置APIv3密钥", "Set the APIv3 key."},
		"keysapiv2":       {"设置APIv2密钥", "Set the APIv2 key."},
		"keysrotate":      {"轮换平台证书：新旧并列，五天后由新证书签名", "Rotate the platform certificate: both are listed, and the new one signs after five days."},
		"keysrekey": {
			"用密钥文件的首个密钥重新密封所有密钥；可随时中断后重来，服务照常运行",
			"Seal all secrets anew with the first key of the key file, while the server works; may be broken off and begun anew.",
		},
		"keysserial":   {"证书序列号", "Serial number of the certificate."},
		"keysfile":     {"存放密钥的文件（32位字母或数字）", "File with the key (32 letters and digits)."},
		"keyscertfile": {"证书文件（PEM）", "Certificate file (PEM)."},
		"keysdir":      {"目录", "Directory."},
		"keyssm2":      {"国密证书", "Use the SM2 certificate."},
	}
}

type (
	keysShow   struct{ oneMerchant }
	keysExport struct {
		oneMerchant
		Dir string `arg:"" help:"keysdir" type:"path"`
	}
	keysCertificate struct {
		oneMerchant
		File string `arg:"" help:"keyscertfile" type:"path"`
	}
	oneCertificate struct {
		oneMerchant
		SerialNo string `arg:"" name:"serial" help:"keysserial"`
	}
	keysRevoke struct {
		oneCertificate
		term.Final
	}
	keysReplace struct {
		oneCertificate
		term.Final
	}
	keysActivate struct{ oneCertificate }
	oneKey       struct {
		oneMerchant
		File string `arg:"" help:"keysfile" type:"path"`
	}
	keysAPIv3 struct {
		oneKey
		term.Final
	}
	keysAPIv2 struct {
		oneKey
		term.Final
	}
	keysRotate struct {
		oneMerchant
		SM2 bool `name:"sm2" help:"keyssm2"`
	}
)

// Run implements the command.
func (k *keysShow) Run(c *term.Command) error {
	return k.show(c, func(m *client.Management) (*manage.Keys, error) {
		return m.Keys(c.Ctx, &manage.MerchantRequest{MchID: k.MchID})
	})
}

// Run implements the command.
func (k *keysExport) Run(c *term.Command) error {
	var write error
	err := k.show(c, func(m *client.Management) (*manage.Keys, error) {
		owner, err := m.Merchant(c.Ctx, &manage.MerchantRequest{MchID: k.MchID})
		if err != nil {
			return nil, err
		}
		keys, err := m.Keys(c.Ctx, &manage.MerchantRequest{MchID: k.MchID})
		if err == nil {
			keys.Platform = slices.DeleteFunc(keys.Platform, func(p manage.PlatformKey) bool { return !isFor(owner.KeyMode, &p, c.Clock.Now()) })
			write = k.write(keys)
		}
		return keys, err
	})
	return errors.Join(err, write)
}

// write writes each key into a file of its own. They are public.
func (k *keysExport) write(keys *manage.Keys) error {
	const private, public = 0o700, 0o644
	if err := os.MkdirAll(k.Dir, private); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, p := range keys.Platform {
		name := "platform_cert_" + p.SerialNo + ".pem"
		if p.Kind == modePublicKey {
			name = p.SerialNo + ".pem"
		}
		if err := os.WriteFile(filepath.Join(k.Dir, filepath.Base(name)), []byte(p.PEM), public); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// Run implements the command.
func (k *keysCertificate) Run(c *term.Command) error {
	text, err := os.ReadFile(k.File)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	return k.show(c, func(m *client.Management) (*manage.Keys, error) {
		return m.AddCertificate(c.Ctx, &manage.AddCertificateRequest{MchID: k.MchID, Certificate: string(text)})
	})
}

// Run implements the command.
func (k *keysRevoke) Run(c *term.Command) error { return k.set(c, "REVOKED") }

// Run implements the command.
func (k *keysReplace) Run(c *term.Command) error { return k.set(c, "REPLACED") }

// Run implements the command.
func (k *keysActivate) Run(c *term.Command) error { return k.set(c, "ACTIVE") }

func (o *oneCertificate) set(c *term.Command, status string) error {
	return o.show(c, func(m *client.Management) (*manage.Keys, error) {
		return m.SetCertificateStatus(c.Ctx, &manage.SetCertificateStatusRequest{MchID: o.MchID, SerialNo: o.SerialNo, Status: status})
	})
}

// Run implements the command.
func (k *keysAPIv3) Run(c *term.Command) error { return k.set(c, (*client.Management).SetAPIv3Key) }

// Run implements the command.
func (k *keysAPIv2) Run(c *term.Command) error { return k.set(c, (*client.Management).SetAPIv2Key) }

func (o *oneKey) set(c *term.Command, set func(*client.Management, context.Context, *manage.SetAPIKeyRequest) (*manage.Keys, error)) error {
	key, err := term.ReadAPIKey(o.File)
	if err != nil {
		return err
	}
	return o.show(c, func(m *client.Management) (*manage.Keys, error) {
		return set(m, c.Ctx, &manage.SetAPIKeyRequest{MchID: o.MchID, Key: key})
	})
}

// Run implements the command.
func (k *keysRotate) Run(c *term.Command) error {
	req := &manage.AddPlatformCertificateRequest{MchID: k.MchID, Algorithm: algorithmRSA}
	if k.SM2 {
		req.Algorithm = "SM2"
	}
	return k.show(c, func(m *client.Management) (*manage.Keys, error) { return m.AddPlatformCertificate(c.Ctx, req) })
}

// signing says when a platform certificate signs what names no key: the one that began last does.
func signing(c *term.Command, k *manage.PlatformKey, all []manage.PlatformKey) string {
	now := c.Clock.Now()
	if k.SignsFrom.After(now) {
		return c.Head("自 ", "from ") + k.SignsFrom.String()
	}
	for i := range all {
		other := &all[i]
		if other.Kind == k.Kind && other.Algorithm == k.Algorithm && other.SignsFrom.After(k.SignsFrom.Time) && !other.SignsFrom.After(now) {
			return c.Head("不再签名", "no longer")
		}
	}
	return c.Head("现在，自 ", "now, since ") + k.SignsFrom.String()
}

// show prints keys as a table, without what takes more than a line.
func (o *oneMerchant) show(c *term.Command, call func(*client.Management) (*manage.Keys, error)) error {
	heads := []string{
		c.Head("种类", "kind"), c.Head("序列号", "serial"), c.Head("算法", "algorithm"), c.Head("状态", "status"), c.Head("过期时间", "expires"),
		c.Head("签名", "signs"),
	}
	return term.ManageRun(c, &o.Managed, call, heads, func(keys *manage.Keys) (rows [][]string) {
		for _, k := range keys.Certificates {
			rows = append(rows, []string{c.Head("商户证书", "merchant certificate"), k.SerialNo, k.Algorithm, k.Status, k.ExpireTime.String(), ""})
		}
		for _, k := range keys.Platform {
			expires, signs := "", c.Head("指名公钥的请求，或公钥模式", "requests that name it, and merchants with the public key alone")
			if k.Kind == modeCertificate {
				expires, signs = k.ExpireTime.String(), signing(c, &k, keys.Platform)
			}
			kind := c.Head("平台", "platform") + " " + strings.ToLower(strings.ReplaceAll(k.Kind, "_", " "))
			rows = append(rows, []string{kind, k.SerialNo, k.Algorithm, "", expires, signs})
		}
		return append(rows,
			[]string{"APIv3", "", "", setText(c, keys.APIv3KeyVersion), "", ""},
			[]string{"APIv2", "", "", setText(c, keys.APIv2KeyVersion), "", ""})
	})
}

// setText says whether a key was set, and how often.
func setText(c *term.Command, version int64) string {
	if version == 0 {
		return c.Choose("未设置", "not set")
	}
	return fmt.Sprintf(c.Choose("已设置（第%d版）", "set (version %d)"), version)
}
