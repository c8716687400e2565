package call

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// Sign signs what lets users claim coupons and cash vouchers.
type Sign struct {
	H5     signH5     `cmd:"" name:"h5" help:"signh5"`
	Plugin signPlugin `cmd:"" help:"signplugin"`
	Pack   signPack   `cmd:"" help:"signpack"`
}

// SignTexts are the help of the command that signs, in Chinese and English, by their keys.
func SignTexts() map[string][2]string {
	return map[string][2]string{
		"sign": {
			"计算领券链接、小程序发券插件参数或卡包链接的签名（APIv2密钥，HMAC-SHA256）",
			"Sign a claim link, mini-program plug-in parameters or a link to a card pack (APIv2 key, HMAC-SHA256).",
		},
		"signh5":     {"生成H5领券链接", "Print an H5 claim link."},
		"signplugin": {"生成小程序发券插件的参数", "Print the parameters of the mini-program plug-in."},
		"signpack": {
			"生成用户卡包的链接，10分钟内有效；卡包只展示该商户创建、归属或发放的券",
			"Print a link to a user's card pack, good for 10 minutes; it shows what the merchant is party to.",
		},
		"signappid": {
			"用户openid所属的appid，缺省为沙箱的演示appid",
			"The appid of the openid; defaults to the sandbox's demo appid.",
		},
		"signpackbase": {
			"链接的地址前缀，缺省为正在运行的沙箱；生产环境为用户访问服务器的地址",
			"Where the link leads; without it the running sandbox. In production where users reach the server.",
		},
		"signstock": {"批次号", "Stock ID."},
		"signstocks": {
			"批次号，1至10个，可写作 批次号=商家券code",
			"1 to 10 stock IDs; write STOCK=CODE to give a coupon code of your own.",
		},
		"signnumber": {
			"发券凭证out_request_no，缺省随机生成；多张券时依次加上序号",
			"out_request_no; random if omitted, with a serial number appended for several coupons.",
		},
		"signcreator": {
			"制券商户号create_coupon_merchant，仅用于代金券，不参与签名",
			"create_coupon_merchant of cash vouchers; it is not part of the signature.",
		},
		"signsender": {"发券商户号，缺省为沙箱的演示商户", "Sending merchant; defaults to the sandbox's demo merchant."},
		"signopenid": {"用户openid，缺省为沙箱的演示用户", "The user's openid; defaults to the sandbox's demo user."},
		"signcode":   {"商家券code（批次为MERCHANT_API时）", "Your own coupon code, for MERCHANT_API stocks."},
		"signtime": {
			"自定义发券时间customize_send_time（RFC 3339，不参与签名）",
			"customize_send_time (RFC 3339); it is not part of the signature.",
		},
		"signkey": {"存放APIv2密钥的文件，缺省为沙箱的密钥", "File with the APIv2 key; defaults to the sandbox's key."},
		"signbase": {
			"链接的地址前缀，缺省为正在运行的沙箱；正式环境为 " + apiv2.Host,
			"Where the link leads; without it the running sandbox. In production " + apiv2.Host + ".",
		},
	}
}

// signer says who signs.
type signer struct {
	Sender  string `help:"signsender" placeholder:"MCHID"`
	KeyFile string `name:"key-file" help:"signkey" placeholder:"FILE" type:"path"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
}

// sender says who gives out what is claimed, and under which number.
type sender struct {
	signer
	Number string `help:"signnumber" placeholder:"NO"`
	Time   string `name:"send-time" help:"signtime" placeholder:"TIME"`
}

// signH5 signs a claim link.
type signH5 struct {
	sender
	scanned
	Stock   string `arg:"" help:"signstock"`
	OpenID  string `name:"openid" help:"signopenid" placeholder:"OPENID"`
	Code    string `help:"signcode" placeholder:"CODE"`
	BaseURL string `name:"base-url" help:"signbase" placeholder:"URL"`
}

// signPlugin signs the parameters of the plug-in.
type signPlugin struct {
	sender
	Stocks  []string `arg:"" help:"signstocks"`
	Creator string   `help:"signcreator" placeholder:"MCHID"`
}

// Run implements the command.
func (h *signH5) Run(c *term.Command) error {
	e, key, err := h.resolve(c, h.OpenID, h.BaseURL)
	if err != nil {
		return err
	}
	h.draw()
	link := apiv2.Link{
		StockID: h.Stock, OutRequestNo: h.Number, SendCouponMerchant: h.Sender, OpenID: term.OrElse(h.OpenID, e.OpenID),
		CouponCode: h.Code, CustomizeSendTime: h.Time,
	}.Signed(key)
	return h.print(c, link.URL(term.OrElse(h.BaseURL, e.APIURL)))
}

// signPack signs a link to a user's card pack.
type signPack struct {
	signer
	scanned
	AppID   string `name:"appid" help:"signappid" placeholder:"APPID"`
	OpenID  string `name:"openid" help:"signopenid" placeholder:"OPENID"`
	BaseURL string `name:"base-url" help:"signpackbase" placeholder:"URL"`
}

// Run implements the command.
func (p *signPack) Run(c *term.Command) error {
	e, key, err := p.resolve(c, p.AppID, p.OpenID, p.BaseURL)
	if err != nil {
		return err
	}
	link := apiv2.Pack{
		MchID: p.Sender, AppID: term.OrElse(p.AppID, e.AppID), OpenID: term.OrElse(p.OpenID, e.OpenID), Timestamp: c.Clock.Now().Unix(),
	}.Signed(key)
	return p.print(c, link.URL(term.OrElse(p.BaseURL, e.APIURL)))
}

// Run implements the command.
func (p *signPlugin) Run(c *term.Command) error {
	if len(p.Stocks) > apiv2.MaxPluginItems {
		return fault.New(fault.Refused,
			fmt.Sprintf("一次最多%d张券", apiv2.MaxPluginItems), fmt.Sprintf("At most %d coupons at once.", apiv2.MaxPluginItems))
	}
	_, key, err := p.resolve(c)
	if err != nil {
		return err
	}
	p.draw()
	plugin := apiv2.Plugin{SendCouponMerchant: p.Sender}
	for i, stock := range p.Stocks {
		id, code, _ := strings.Cut(stock, "=")
		number := p.Number
		if len(p.Stocks) > 1 {
			number += strconv.Itoa(i)
		}
		plugin.Items = append(plugin.Items, apiv2.PluginItem{
			StockID: id, OutRequestNo: number, CouponCode: code, CustomizeSendTime: p.Time, CreateCouponMerchant: p.Creator,
		})
	}
	text, err := json.Marshal(struct {
		Params []apiv2.PluginItem `json:"send_coupon_params"`
		Sender string             `json:"send_coupon_merchant"`
		Sign   string             `json:"sign"`
	}{plugin.Items, plugin.SendCouponMerchant, plugin.Signed(key).Sign})
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return term.PrintJSON(c.Out, text)
}

// draw makes up a number unless there is one.
func (s *sender) draw() {
	if s.Number == "" {
		s.Number = "favord" + apiv3.NewNonce()[:20]
	}
}

// resolve fills in what was not given, from a sandbox unless nothing is missing, and
// returns the APIv2 key. The others are what else the command needs.
func (s *signer) resolve(c *term.Command, others ...string) (e sandbox.Environment, key string, err error) {
	if slices.Contains(append(others, s.Sender, s.KeyFile), "") {
		if e, err = c.Environment(term.Whom{File: s.EnvFile}); err != nil {
			return e, "", err
		}
	}
	s.Sender = term.OrElse(s.Sender, e.MchID)
	if s.KeyFile == "" {
		return e, e.APIv2Key, nil
	}
	key, err = term.ReadAPIKey(s.KeyFile)
	return e, key, err
}
