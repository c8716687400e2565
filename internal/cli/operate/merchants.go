package operate

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Merchants registers merchants and says what they may do.
type Merchants struct {
	List       merchantsList       `cmd:"" help:"merchantslist"`
	Show       merchantsShow       `cmd:"" help:"merchantsshow"`
	Add        merchantsAdd        `cmd:"" help:"merchantsadd"`
	Rename     merchantsRename     `cmd:"" help:"merchantsrename"`
	KeyMode    merchantsKeyMode    `cmd:"" help:"merchantskeymode"`
	AppID      merchantsAppID      `cmd:"" name:"appid" help:"merchantsappid"`
	Permission merchantsPermission `cmd:"" help:"merchantspermission"`
	Sub        merchantsSub        `cmd:"" help:"merchantssub"`
	Brand      merchantsBrand      `cmd:"" help:"merchantsbrand"`
	Certify    merchantsCertify    `cmd:"" help:"merchantscertify"`
}

// MerchantTexts are the help of the commands about merchants, in Chinese and English, by their keys.
func MerchantTexts() map[string][2]string {
	return map[string][2]string{
		"merchants":           {"商户：登记、appid、权限、子商户", "Manage merchants: register, appids, permissions, sub-merchants."},
		"merchantslist":       {"列出商户", "List merchants."},
		"merchantsshow":       {"查看商户", "Show a merchant."},
		"merchantsadd":        {"登记商户；私钥由商户自己保管，只需提供证书", "Register a merchant; it keeps its private key, and you only need its certificate."},
		"merchantsrename":     {"更改商户简称", "Change a merchant's short name."},
		"merchantsappid":      {"绑定或解绑appid", "Bind or unbind appids."},
		"merchantspermission": {"授予或收回权限", "Grant or revoke permissions."},
		"merchantssub":        {"添加或解除服务商的子商户", "Add or remove a sub-merchant of a service provider."},
		"merchantid":          {"商户号", "Merchant ID (mchid)."},
		"merchantname":        {"商户简称，显示在券上", "Short name, shown on coupons."},
		"merchantprovider":    {"登记为服务商", "Register as a service provider."},
		"merchantmode":        {"平台密钥模式：CERTIFICATE、MIGRATING或PUBLIC_KEY", "Platform key mode: CERTIFICATE, MIGRATING or PUBLIC_KEY."},
		"merchantcert":        {"商户API证书文件（PEM）", "API certificate file (PEM)."},
		"merchantv3":          {"存放APIv3密钥的文件", "File with the APIv3 key."},
		"merchantv2":          {"存放APIv2密钥的文件", "File with the APIv2 key."},
		"merchantapps":        {"绑定的appid，可重复", "Appid to bind; repeatable."},
		"merchantappsoff":     {"解绑的appid，可重复", "Appid to unbind; repeatable."},
		"merchantscertify":    {"设置认证品牌：券上展示其名称和logo；不带名称即取消", "Set the certified brand: coupons show its name and logo. Without a name, take it away."},
		"brandname":           {"品牌名称", "Name of the brand."},
		"brandlogo":           {"品牌logo：已上传图片的地址；缺省保留券自己的logo", "Logo: URL of an uploaded image; without it coupons keep theirs."},
		"merchantgrant":       {"授予的权限，可重复，如ISSUE_BY_API", "Permission to grant, such as ISSUE_BY_API; repeatable."},
		"merchantrevoke":      {"收回的权限，可重复", "Permission to revoke; repeatable."},
		"merchantsubid":       {"子商户号", "Mchid of the sub-merchant."},
		"merchantremove":      {"解除关系", "Remove the relationship."},
		"merchantsafter":      {"从该商户号之后开始列", "Start after this mchid."},
		"merchantslimit":      {"最多列出多少个（1至100）", "Maximum number to list (1 to 100)."},
	}
}

type (
	merchantsList struct {
		term.Managed
		After string `help:"merchantsafter" placeholder:"MCHID"`
		Limit int64  `help:"merchantslimit" default:"20"`
	}
	// oneMerchant is what every command about one merchant takes.
	oneMerchant struct {
		term.Managed
		MchID string `arg:"" name:"mchid" help:"merchantid"`
	}
	merchantsShow struct{ oneMerchant }
	merchantsAdd  struct {
		oneMerchant
		Name        string   `required:"" help:"merchantname" placeholder:"NAME"`
		Provider    bool     `help:"merchantprovider"`
		KeyMode     string   `help:"merchantmode" enum:"CERTIFICATE,MIGRATING,PUBLIC_KEY" default:"MIGRATING"`
		AppIDs      []string `name:"appid" help:"merchantapps" placeholder:"APPID"`
		Permissions []string `name:"grant" help:"merchantgrant" placeholder:"PERMISSION"`
		Certificate string   `required:"" help:"merchantcert" placeholder:"FILE" type:"path"`
		APIv3Key    string   `name:"apiv3-key-file" help:"merchantv3" placeholder:"FILE" type:"path"`
		APIv2Key    string   `name:"apiv2-key-file" help:"merchantv2" placeholder:"FILE" type:"path"`
	}
	merchantsRename struct {
		oneMerchant
		Name string `arg:"" help:"merchantname"`
	}
	merchantsCertify struct {
		oneMerchant
		Name string `help:"brandname" placeholder:"NAME"`
		Logo string `help:"brandlogo" placeholder:"URL"`
	}
	merchantsAppID struct {
		oneMerchant
		Bind    []string `help:"merchantapps" placeholder:"APPID"`
		Release []string `help:"merchantappsoff" placeholder:"APPID"`
	}
	merchantsPermission struct {
		oneMerchant
		Grant  []string `help:"merchantgrant" placeholder:"PERMISSION"`
		Revoke []string `help:"merchantrevoke" placeholder:"PERMISSION"`
	}
	merchantsSub struct {
		oneMerchant
		Sub    string `arg:"" name:"sub-mchid" help:"merchantsubid"`
		Remove bool   `help:"merchantremove"`
	}
)

// Run implements the command.
func (l *merchantsList) Run(c *term.Command) error {
	req := &manage.ListMerchantsRequest{After: l.After, Limit: &l.Limit}
	return term.ManageRun(c, &l.Managed, func(m *client.Management) (*manage.MerchantList, error) { return m.Merchants(c.Ctx, req) },
		merchantHeads(c), func(list *manage.MerchantList) (rows [][]string) {
			for i := range list.Merchants {
				rows = append(rows, merchantRow(&list.Merchants[i]))
			}
			return rows
		})
}

// Run implements the command.
func (s *merchantsShow) Run(c *term.Command) error {
	return s.run(c, func(m *client.Management) (*manage.Merchant, error) {
		return m.Merchant(c.Ctx, &manage.MerchantRequest{MchID: s.MchID})
	})
}

// Run implements the command.
func (a *merchantsAdd) Run(c *term.Command) error {
	certificate, err := os.ReadFile(a.Certificate)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	req := &manage.CreateMerchantRequest{
		MchID: a.MchID, Name: a.Name, KeyMode: a.KeyMode, AppIDs: a.AppIDs, Permissions: a.Permissions, Certificate: string(certificate),
	}
	if a.Provider {
		req.Kind = "PROVIDER"
	}
	if req.APIv3Key, err = readOptionalKey(a.APIv3Key); err != nil {
		return err
	}
	if req.APIv2Key, err = readOptionalKey(a.APIv2Key); err != nil {
		return err
	}
	return a.run(c, func(m *client.Management) (*manage.Merchant, error) { return m.CreateMerchant(c.Ctx, req) })
}

// readOptionalKey reads a key; no file is no key.
func readOptionalKey(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return term.ReadAPIKey(path)
}

// Run implements the command.
func (r *merchantsRename) Run(c *term.Command) error {
	return r.run(c, func(m *client.Management) (*manage.Merchant, error) {
		return m.ChangeMerchant(c.Ctx, &manage.ChangeMerchantRequest{MchID: r.MchID, Name: r.Name})
	})
}

// Run implements the command.
func (b *merchantsCertify) Run(c *term.Command) error {
	return b.run(c, func(m *client.Management) (*manage.Merchant, error) {
		return m.ChangeMerchant(c.Ctx, &manage.ChangeMerchantRequest{MchID: b.MchID, CertifiedBrand: &manage.CertifiedBrand{Name: b.Name, LogoURL: b.Logo}})
	})
}

// Run implements the command.
func (a *merchantsAppID) Run(c *term.Command) error {
	return a.change(c, func(m *manage.Merchant, req *manage.ChangeMerchantRequest) {
		req.AppIDs = new(changed(m.AppIDs, a.Bind, a.Release))
	})
}

// Run implements the command.
func (p *merchantsPermission) Run(c *term.Command) error {
	return p.change(c, func(m *manage.Merchant, req *manage.ChangeMerchantRequest) {
		req.Permissions = new(changed(m.Permissions, p.Grant, p.Revoke))
	})
}

// changed returns a list with some more and some less.
func changed(list, more, less []string) []string {
	all := append(slices.Clone(list), more...)
	return slices.DeleteFunc(all, func(one string) bool { return slices.Contains(less, one) })
}

// Run implements the command.
func (s *merchantsSub) Run(c *term.Command) error {
	req := &manage.SubMerchantRequest{MchID: s.MchID, SubMchID: s.Sub}
	return s.run(c, func(m *client.Management) (*manage.Merchant, error) {
		if s.Remove {
			return m.RemoveSubMerchant(c.Ctx, req)
		}
		return m.AddSubMerchant(c.Ctx, req)
	})
}

// change changes a merchant by what it is.
func (o *oneMerchant) change(c *term.Command, change func(*manage.Merchant, *manage.ChangeMerchantRequest)) error {
	return o.run(c, func(m *client.Management) (*manage.Merchant, error) {
		known, err := m.Merchant(c.Ctx, &manage.MerchantRequest{MchID: o.MchID})
		if err != nil {
			return nil, err
		}
		req := &manage.ChangeMerchantRequest{MchID: o.MchID}
		change(known, req)
		return m.ChangeMerchant(c.Ctx, req)
	})
}

func (o *oneMerchant) run(c *term.Command, call func(*client.Management) (*manage.Merchant, error)) error {
	return term.ManageRun(c, &o.Managed, call, merchantHeads(c), func(one *manage.Merchant) [][]string { return [][]string{merchantRow(one)} })
}

func merchantHeads(c *term.Command) []string {
	return []string{
		c.Head("商户号", "mchid"), c.Head("简称", "name"), c.Head("类型", "kind"), c.Head("密钥模式", "key mode"),
		"appid", c.Head("权限", "permissions"), c.Head("子商户", "sub-merchants"),
		c.Head("认证品牌", "certified brand"), c.Head("连锁品牌", "chain brands"),
	}
}

func merchantRow(m *manage.Merchant) []string {
	certified := ""
	if m.CertifiedBrand != nil {
		certified = m.CertifiedBrand.Name
	}
	return []string{
		m.MchID, m.Name, m.Kind, m.KeyMode, strings.Join(m.AppIDs, " "), strings.Join(m.Permissions, " "), strings.Join(m.SubMerchants, " "),
		certified, strings.Join(m.Brands, " "),
	}
}
