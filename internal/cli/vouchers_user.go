package cli

import (
	"strconv"

	"github.com/favord/favord/wire/favor"
)

func voucherUserTexts() map[string][2]string {
	return map[string][2]string{
		"voucherssend": {"向用户发代金券", "Send a voucher to a user."},
		"vouchersget":  {"查看用户的一张代金券", "Show a user's voucher."},
		"vouchersheld": {"列出用户的代金券，新的在前", "List a user's vouchers, the newest first."},
		"voucherid":    {"代金券id", "Id of the voucher."},
	}
}

type (
	vouchersSend struct {
		held
		Stock   string `arg:"" help:"stockid"`
		Number  string `arg:"" name:"request-no" help:"couponnumber"`
		Creator string `help:"vouchersmchid" placeholder:"MCHID"`
	}
	vouchersGet struct {
		held
		ID string `arg:"" help:"voucherid"`
	}
	vouchersHeld struct {
		held
		Stock string `help:"stockid" placeholder:"ID"`
	}
)

// Run implements the command.
func (s *vouchersSend) Run(c *command) error {
	e, err := c.environment(s.EnvFile)
	if err != nil {
		return err
	}
	caller, err := s.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.Favor().SendCoupon(c.ctx, &favor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: s.Stock, StockCreatorMchID: orElse(s.Creator, e.MchID), OutRequestNo: s.Number,
	})
	if err != nil {
		return c.refused(err)
	}
	return s.Output.print(c, got, []string{c.choose("批次号", "STOCK"), c.choose("代金券", "VOUCHER")}, [][]string{{s.Stock, got.CouponID}})
}

// Run implements the command.
func (g *vouchersGet) Run(c *command) error {
	caller, err := g.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.Favor().GetCoupon(c.ctx, &favor.GetCouponRequest{OpenID: g.OpenID, CouponID: g.ID, AppID: g.AppID})
	if err != nil {
		return c.refused(err)
	}
	return g.Output.print(c, got, c.heldHeads(), [][]string{heldRow(got)})
}

// Run implements the command.
func (l *vouchersHeld) Run(c *command) error {
	e, err := c.environment(l.EnvFile)
	if err != nil {
		return err
	}
	caller, err := l.caller(c)
	if err != nil {
		return err
	}
	all, rows := []favor.Coupon{}, [][]string{}
	for voucher, err := range caller.Favor().Coupons(c.ctx, &favor.ListCouponsRequest{
		OpenID: l.OpenID, AppID: l.AppID, StockID: l.Stock, CreatorMchID: e.MchID,
	}) {
		if err != nil {
			return c.refused(err)
		}
		all, rows = append(all, voucher), append(rows, heldRow(&voucher))
	}
	return l.Output.print(c, all, c.heldHeads(), rows)
}

func (c *command) heldHeads() []string {
	return []string{
		c.choose("代金券", "VOUCHER"), c.choose("批次号", "STOCK"), c.choose("名称", "NAME"), c.choose("面额（分）", "FEN"), c.choose("状态", "STATE"),
		c.choose("结束", "UNTIL"),
	}
}

func heldRow(v *favor.Coupon) []string {
	amount := ""
	if v.NormalCouponInformation != nil {
		amount = strconv.FormatInt(v.NormalCouponInformation.CouponAmount, 10)
	}
	return []string{v.CouponID, v.StockID, v.CouponName, amount, v.Status, v.AvailableEndTime.String()}
}
