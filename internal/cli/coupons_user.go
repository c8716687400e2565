package cli

import (
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func couponUserTexts() map[string][2]string {
	return map[string][2]string{
		"couponssend":       {"向用户发券", "Give a coupon to a user."},
		"couponsuse":        {"核销一张券", "Redeem a coupon."},
		"couponsreturn":     {"退券，使其可再次使用", "Undo a redemption."},
		"couponsdeactivate": {"使一张券永久失效", "Void a coupon for good."},
		"couponsget":        {"查看一张券", "Show a coupon."},
		"couponsheld":       {"列出用户的券，新的在前", "List a user's coupons, the newest first."},
		"couponnumber":      {"请求单号，重试时给出同一个", "Request number; give the same one to repeat a call."},
		"couponown":         {"商户自定义的code（MERCHANT_API批次）", "Code of the merchant's own, for stocks of MERCHANT_API."},
		"couponopenid":      {"用户，缺省为环境中的用户", "The user; that of the environment without it."},
		"couponappid":       {"用户所属的appid，缺省为环境中的", "The appid that the openid is of; that of the environment without it."},
		"couponreason":      {"失效原因", "Why."},
		"couponcreator":     {"创建批次的商户，缺省为环境中的商户", "Who created the stocks; the merchant of the environment without it."},
		"couponstate":       {"券状态", "Only those in a state: SENDED, USED, EXPIRED, DELETED or DEACTIVATED."},
	}
}

type (
	// held is whose coupon.
	held struct {
		signed
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
		onCoupon
	}
	couponsReturn struct {
		signed
		onCoupon
	}
	couponsDeactivate struct {
		signed
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
func (h *held) caller(c *command) (*client.Client, error) {
	e, err := c.environment(h.EnvFile)
	if err != nil {
		return nil, err
	}
	h.OpenID, h.AppID = orElse(h.OpenID, e.OpenID), orElse(h.AppID, e.AppID)
	return h.client(c)
}

// Run implements the command.
func (s *couponsSend) Run(c *command) error {
	caller, err := s.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().SendCoupon(c.ctx, &busifavor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: s.Stock, OutRequestNo: s.Number, CouponCode: s.Code,
	})
	if err != nil {
		return c.refused(err)
	}
	result := got.SendCouponResult
	return s.Output.print(c, got, []string{c.choose("批次号", "STOCK"), "CODE"}, [][]string{{result.StockID, result.CouponCode}})
}

// Run implements the command.
func (u *couponsUse) Run(c *command) error {
	caller, err := u.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().UseCoupon(c.ctx, &busifavor.UseCouponRequest{
		CouponCode: u.Code, StockID: u.Stock, AppID: u.AppID, OpenID: u.OpenID, UseTime: schema.TimeOf(c.Clock.Now()), UseRequestNo: u.Number,
	})
	if err != nil {
		return c.refused(err)
	}
	return u.done(c, u.Output, got, got.WechatpayUseTime)
}

// Run implements the command.
func (r *couponsReturn) Run(c *command) error {
	caller, err := r.client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().ReturnCoupon(c.ctx, &busifavor.ReturnCouponRequest{CouponCode: r.Code, StockID: r.Stock, ReturnRequestNo: r.Number})
	if err != nil {
		return c.refused(err)
	}
	return r.done(c, r.Output, got, got.WechatpayReturnTime)
}

// Run implements the command.
func (d *couponsDeactivate) Run(c *command) error {
	caller, err := d.client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().DeactivateCoupon(c.ctx, &busifavor.DeactivateCouponRequest{
		CouponCode: d.Code, StockID: d.Stock, DeactivateRequestNo: d.Number, DeactivateReason: d.Reason,
	})
	if err != nil {
		return c.refused(err)
	}
	return d.done(c, d.Output, got, got.WechatpayDeactivateTime)
}

// done prints when a coupon was changed.
func (o *onCoupon) done(c *command, f format, answer any, at schema.Time) error {
	return f.print(c, answer, []string{"CODE", c.choose("时间", "TIME")}, [][]string{{o.Code, at.String()}})
}

// Run implements the command.
func (g *couponsGet) Run(c *command) error {
	caller, err := g.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().GetUserCoupon(c.ctx, &busifavor.GetUserCouponRequest{OpenID: g.OpenID, CouponCode: g.Code, AppID: g.AppID})
	if err != nil {
		return c.refused(err)
	}
	return g.Output.print(c, got, c.heldCouponHeads(), [][]string{heldCouponRow(got)})
}

// Run implements the command.
func (l *couponsHeld) Run(c *command) error {
	e, err := c.environment(l.EnvFile)
	if err != nil {
		return err
	}
	caller, err := l.caller(c)
	if err != nil {
		return err
	}
	all, rows := []busifavor.Coupon{}, [][]string{}
	for coupon, err := range caller.BusiFavor().UserCoupons(c.ctx, &busifavor.ListUserCouponsRequest{
		OpenID: l.OpenID, AppID: l.AppID, StockID: l.Stock, CreatorMerchant: orElse(l.Creator, e.MchID),
		CouponState: strings.ToUpper(l.State),
	}) {
		if err != nil {
			return c.refused(err)
		}
		all, rows = append(all, coupon), append(rows, heldCouponRow(&coupon))
	}
	return l.Output.print(c, all, c.heldCouponHeads(), rows)
}

func (c *command) heldCouponHeads() []string {
	return []string{"CODE", c.choose("批次号", "STOCK"), c.choose("名称", "NAME"), c.choose("状态", "STATE"), c.choose("开始", "FROM"), c.choose("结束", "UNTIL")}
}

func heldCouponRow(coupon *busifavor.Coupon) []string {
	return []string{
		coupon.CouponCode, coupon.StockID, coupon.StockName, coupon.CouponState, coupon.AvailableStartTime.String(), coupon.ExpireTime.String(),
	}
}
