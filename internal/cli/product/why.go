package product

import (
	"fmt"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// WhyTexts are the help of the commands that tell beforehand, in Chinese and English, by their keys.
func WhyTexts() map[string][2]string {
	return map[string][2]string{
		"couponswhy": {
			"一张券此时此地能否核销，不能则是哪条规则；退出码0为能，1为不能",
			"Tell whether a coupon could be redeemed there and then, and if not, by which rule; exit code 0 if it could, 1 if not.",
		},
		"stockswhy": {
			"一个用户能否领取该批次的券，不能则是哪条规则；退出码0为能，1为不能",
			"Tell whether a user could claim a coupon of the stock, and if not, by which rule; exit code 0 if so, 1 if not.",
		},
		"whyat":      {"什么时候，如 2026-12-05 12:00:00；缺省为当前业务时间", "When, such as 2026-12-05 12:00:00; now in business time if omitted."},
		"whytotal":   {"订单金额（分）", "Order total, in fen."},
		"whyappid":   {"请求中的appid，缺省为该商户的第一个", "Appid of the request; defaults to the merchant's first."},
		"whyopenid":  {"请求中的openid，缺省不核对", "Openid of the request; not compared if omitted."},
		"whymchid":   {"由哪个商户操作，缺省为批次的创建商户", "Merchant who makes the call; defaults to the creator of the stock."},
		"whyuser":    {"领取的用户", "User who claims."},
		"whychannel": {"领取渠道：API、H5或MINIAPP", "How it is claimed: API, H5 or MINIAPP."},
	}
}

type (
	// why is what every question takes.
	why struct {
		term.Managed
		At    string `help:"whyat" placeholder:"TIME"`
		AppID string `name:"appid" help:"whyappid" placeholder:"APPID"`
		MchID string `name:"mchid" help:"whymchid" placeholder:"MCHID"`
	}
	couponsWhy struct {
		why
		Stock  string `arg:"" help:"stockid"`
		Code   string `arg:"" help:"couponcode"`
		OpenID string `name:"openid" help:"whyopenid" placeholder:"OPENID"`
		Total  int64  `help:"whytotal" placeholder:"FEN"`
	}
	stocksWhy struct {
		why
		Stock   string `arg:"" help:"stockid"`
		OpenID  string `arg:"" name:"openid" help:"whyuser"`
		Channel string `help:"whychannel" enum:",API,H5,MINIAPP" default:""`
		Code    string `help:"couponown" placeholder:"CODE"`
	}
)

// Run implements the command.
func (w *couponsWhy) Run(c *term.Command) error {
	req := &manage.AskRequest{Deed: "USE", StockID: w.Stock, CouponCode: w.Code, OpenID: w.OpenID}
	if w.Total > 0 {
		req.Total = &w.Total
	}
	return w.ask(c, req)
}

// Run implements the command.
func (w *stocksWhy) Run(c *term.Command) error {
	return w.ask(c, &manage.AskRequest{Deed: "CLAIM", StockID: w.Stock, OpenID: w.OpenID, CouponCode: w.Code, Channel: w.Channel})
}

// ask asks about a coupon.
func (w *why) ask(c *term.Command, req *manage.AskRequest) error {
	req.AppID, req.MchID = w.AppID, w.MchID
	at, err := w.time()
	if err != nil {
		return err
	}
	req.At = at
	return w.answer(c, func(m *client.Management) (*manage.Foresight, error) { return m.WhatIf(c.Ctx, req) })
}

// answer asks and prints the answer. What would not work ends the command with 1.
func (w *why) answer(c *term.Command, ask func(*client.Management) (*manage.Foresight, error)) error {
	works := false
	err := term.ManageRun(c, &w.Managed, ask,
		[]string{c.Head("可行", "works"), c.Head("时间", "at"), c.Head("商户号", "merchant"), c.Head("规则", "rule"), c.Head("原因", "why")},
		func(f *manage.Foresight) [][]string {
			works = f.Works
			return [][]string{{
				map[bool]string{true: c.Choose("✔ 可行", "✔ yes"), false: c.Choose("✘ 不可行", "✘ no")}[f.Works], f.At.String(), f.MchID, f.Rule,
				c.Choose(reason(f.RefusedZH, f.DetailZH), reason(f.RefusedEN, f.DetailEN)) + discounted(c, f),
			}}
		})
	if err == nil && !works {
		err = term.ErrReported
	}
	return err
}

// reason is what the call would answer, and what would have to be otherwise.
func reason(refused, detail string) string {
	if refused == "" || detail == "" {
		return refused + detail
	}
	return fmt.Sprintf("%s · %s", refused, detail)
}
