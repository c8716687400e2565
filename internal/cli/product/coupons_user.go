package product

import (
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// CouponUserTexts are the help of the commands about a user's coupons, in Chinese and English, by their keys.
func CouponUserTexts() map[string][2]string {
	return map[string][2]string{
		"couponssend":       {"向用户发券", "Issue a coupon to a user."},
		"couponsuse":        {"核销一张券", "Redeem a coupon."},
		"couponsreturn":     {"退券，使其可再次使用", "Return a redeemed coupon, so that it can be used again."},
		"couponsdeactivate": {"使一张券永久失效", "Deactivate a coupon permanently."},
		"couponsget":        {"查看一张券", "Show a coupon."},
		"couponsheld":       {"列出用户的券，新的在前", "List a user's coupons, newest first."},
		"couponnumber":      {"请求单号，重试时给出同一个", "Request number; use the same one to retry."},
		"couponown":         {"商户自定义的code（MERCHANT_API批次）", "Your own coupon code, for MERCHANT_API stocks."},
		"couponopenid":      {"用户，缺省为环境中的用户", "The user; defaults to the user of the environment."},
		"couponappid":       {"用户所属的appid，缺省为环境中的", "Appid of the openid; defaults to that of the environment."},
		"couponreason":      {"失效原因", "Reason for the deactivation."},
		"couponcreator":     {"创建批次的商户，缺省为环境中的商户", "Merchant that created the stock; defaults to the merchant of the environment."},
		"couponstate":       {"券状态", "Coupon state: SENDED, USED, EXPIRED, DELETED or DEACTIVATED."},
	}
}

type (
	// held is whose coupon.
	held struct {
		term.Signed
		OpenID string `name:"openid" help:"couponopenid" placeholder:"OPENID"`
		AppID  string `name:"appid" help:"couponappid" placeholder:"APPID"`
	}
	// onCoupon is a change of one coupon.
	onCoupon struct {
		Stock  string `arg:"" help:"stockid"`
		Code   string `arg:"" help:"couponcode"`
		Number string `arg:"" name:"request-no" help:"couponnumber"`
	}
	couponsSend struct {
		held
		Stock  string `arg:"" help:"stockid"`
		Number string `arg:"" name:"request-no" help:"couponnumber"`
		Code   string `help:"couponown" placeholder:"CODE"`
	}
	couponsUse struct {
		held
		term.Final
		onCoupon
	}
	couponsReturn struct {
		term.Signed
		onCoupon
	}
	couponsDeactivate struct {
		term.Signed
		term.Final
		onCoupon
		Reason string `help:"couponreason" placeholder:"TEXT"`
	}
	couponsGet struct {
		held
		Code string `arg:"" help:"couponcode"`
	}
	couponsHeld struct {
		held
		Stock   string `help:"stockid" placeholder:"ID"`
		Creator string `help:"couponcreator" placeholder:"MCHID"`
		State   string `help:"couponstate" placeholder:"STATE"`
	}
)

// caller returns a client, and completes the user by the environment.
func (h *held) caller(c *term.Command) (*client.Client, error) {
	e, err := h.Environment(c)
	if err != nil {
		return nil, err
	}
	h.OpenID, h.AppID = term.OrElse(h.OpenID, e.OpenID), term.OrElse(h.AppID, e.AppID)
	return h.Client(c)
}

// Run implements the command.
func (s *couponsSend) Run(c *term.Command) error {
	caller, err := s.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().SendCoupon(c.Ctx, &busifavor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: s.Stock, OutRequestNo: s.Number, CouponCode: s.Code,
	})
	if err != nil {
		return c.Refused(err)
	}
	result := got.SendCouponResult
	return s.Output.Print(c, got, []string{c.Head("批次号", "STOCK"), "CODE"}, [][]string{{result.StockID, result.CouponCode}})
}

// Run implements the command.
func (u *couponsUse) Run(c *term.Command) error {
	caller, err := u.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().UseCoupon(c.Ctx, &busifavor.UseCouponRequest{
		CouponCode: u.Code, StockID: u.Stock, AppID: u.AppID, OpenID: u.OpenID, UseTime: schema.TimeOf(c.Clock.Now()), UseRequestNo: u.Number,
	})
	if err != nil {
		return c.Refused(err)
	}
	return u.done(c, u.Output, got, got.WechatpayUseTime)
}

// Run implements the command.
func (r *couponsReturn) Run(c *term.Command) error {
	caller, err := r.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().ReturnCoupon(c.Ctx, &busifavor.ReturnCouponRequest{CouponCode: r.Code, StockID: r.Stock, ReturnRequestNo: r.Number})
	if err != nil {
		return c.Refused(err)
	}
	return r.done(c, r.Output, got, got.WechatpayReturnTime)
}

// Run implements the command.
func (d *couponsDeactivate) Run(c *term.Command) error {
	caller, err := d.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().DeactivateCoupon(c.Ctx, &busifavor.DeactivateCouponRequest{
		CouponCode: d.Code, StockID: d.Stock, DeactivateRequestNo: d.Number, DeactivateReason: d.Reason,
	})
	if err != nil {
		return c.Refused(err)
	}
	return d.done(c, d.Output, got, got.WechatpayDeactivateTime)
}

// done prints when a coupon was changed.
func (o *onCoupon) done(c *term.Command, f term.Format, answer any, at schema.Time) error {
	return f.Print(c, answer, []string{"CODE", c.Head("时间", "TIME")}, [][]string{{o.Code, at.String()}})
}

// Run implements the command.
func (g *couponsGet) Run(c *term.Command) error {
	caller, err := g.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().GetUserCoupon(c.Ctx, &busifavor.GetUserCouponRequest{OpenID: g.OpenID, CouponCode: g.Code, AppID: g.AppID})
	if err != nil {
		return c.Refused(err)
	}
	return g.Output.Print(c, got, heldCouponHeads(c), [][]string{heldCouponRow(got)})
}

// Run implements the command.
func (l *couponsHeld) Run(c *term.Command) error {
	e, err := l.Environment(c)
	if err != nil {
		return err
	}
	caller, err := l.caller(c)
	if err != nil {
		return err
	}
	all, rows := []busifavor.Coupon{}, [][]string{}
	for coupon, err := range caller.BusiFavor().UserCoupons(c.Ctx, &busifavor.ListUserCouponsRequest{
		OpenID: l.OpenID, AppID: l.AppID, StockID: l.Stock, CreatorMerchant: term.OrElse(l.Creator, e.MchID),
		CouponState: strings.ToUpper(l.State),
	}) {
		if err != nil {
			return c.Refused(err)
		}
		all, rows = append(all, coupon), append(rows, heldCouponRow(&coupon))
	}
	return l.Output.Print(c, all, heldCouponHeads(c), rows)
}

func heldCouponHeads(c *term.Command) []string {
	return []string{"CODE", c.Head("批次号", "STOCK"), c.Head("名称", "NAME"), c.Head("状态", "STATE"), c.Head("开始", "FROM"), c.Head("结束", "UNTIL")}
}

func heldCouponRow(coupon *busifavor.Coupon) []string {
	return []string{
		coupon.CouponCode, coupon.StockID, coupon.StockName, coupon.CouponState, coupon.AvailableStartTime.String(), coupon.ExpireTime.String(),
	}
}
