package product

import (
	"strconv"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/favor"
)

// VoucherUserTexts are the help of the commands about a user's vouchers, in Chinese and English, by their keys.
func VoucherUserTexts() map[string][2]string {
	return map[string][2]string{
		"voucherssend": {"向用户发代金券", "Send a voucher to a user."},
		"vouchersget":  {"查看用户的一张代金券", "Show a user's voucher."},
		"vouchersheld": {"列出用户的代金券，新的在前", "List a user's vouchers, newest first."},
		"voucherid":    {"代金券id", "Voucher ID."},
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
func (s *vouchersSend) Run(c *term.Command) error {
	e, err := s.Environment(c)
	if err != nil {
		return err
	}
	caller, err := s.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.Favor().SendCoupon(c.Ctx, &favor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: s.Stock, StockCreatorMchID: term.OrElse(s.Creator, e.MchID), OutRequestNo: s.Number,
	})
	if err != nil {
		return c.Refused(err)
	}
	return s.Output.Print(c, got, []string{c.Head("批次号", "STOCK"), c.Head("代金券", "VOUCHER")}, [][]string{{s.Stock, got.CouponID}})
}

// Run implements the command.
func (g *vouchersGet) Run(c *term.Command) error {
	caller, err := g.caller(c)
	if err != nil {
		return err
	}
	got, err := caller.Favor().GetCoupon(c.Ctx, &favor.GetCouponRequest{OpenID: g.OpenID, CouponID: g.ID, AppID: g.AppID})
	if err != nil {
		return c.Refused(err)
	}
	return g.Output.Print(c, got, heldHeads(c), [][]string{heldRow(got)})
}

// Run implements the command.
func (l *vouchersHeld) Run(c *term.Command) error {
	e, err := l.Environment(c)
	if err != nil {
		return err
	}
	caller, err := l.caller(c)
	if err != nil {
		return err
	}
	all, rows := []favor.Coupon{}, [][]string{}
	for voucher, err := range caller.Favor().Coupons(c.Ctx, &favor.ListCouponsRequest{
		OpenID: l.OpenID, AppID: l.AppID, StockID: l.Stock, CreatorMchID: e.MchID,
	}) {
		if err != nil {
			return c.Refused(err)
		}
		all, rows = append(all, voucher), append(rows, heldRow(&voucher))
	}
	return l.Output.Print(c, all, heldHeads(c), rows)
}

func heldHeads(c *term.Command) []string {
	return []string{
		c.Head("代金券", "VOUCHER"), c.Head("批次号", "STOCK"), c.Head("名称", "NAME"), c.Head("面额（分）", "FEN"), c.Head("状态", "STATE"),
		c.Head("结束", "UNTIL"),
	}
}

func heldRow(v *favor.Coupon) []string {
	amount := ""
	if v.NormalCouponInformation != nil {
		amount = strconv.FormatInt(v.NormalCouponInformation.CouponAmount, 10)
	}
	return []string{v.CouponID, v.StockID, v.CouponName, amount, v.Status, v.AvailableEndTime.String()}
}
