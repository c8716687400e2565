package product

import (
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Coupons shows users' coupons and does what a user does on the phone, on the management
// port; and makes the merchant's own calls.
type Coupons struct {
	List   couponsList   `cmd:"" help:"couponslist"`
	Show   couponsShow   `cmd:"" help:"couponsshow"`
	Why    couponsWhy    `cmd:"" help:"couponswhy"`
	Delete couponsDelete `cmd:"" help:"couponsdelete"`

	Send       couponsSend       `cmd:"" help:"couponssend"`
	Use        couponsUse        `cmd:"" help:"couponsuse"`
	Return     couponsReturn     `cmd:"" help:"couponsreturn"`
	Deactivate couponsDeactivate `cmd:"" help:"couponsdeactivate"`
	Get        couponsGet        `cmd:"" help:"couponsget"`
	Held       couponsHeld       `cmd:"" help:"couponsheld"`
}

// CouponTexts are the help of the commands about coupons, in Chinese and English, by their keys.
func CouponTexts() map[string][2]string {
	return map[string][2]string{
		"coupons":       {"用户的商家券：发放、核销、退券、失效，查看、代用户删除", "Issue, redeem, return and deactivate users' merchant coupons; show or delete them for the user."},
		"couponslist":   {"列出用户的券，不分商户，新的在前", "List a user's coupons from all merchants, newest first."},
		"couponsshow":   {"查看一张券", "Show a coupon."},
		"couponsdelete": {"像用户在卡包里那样删除一张券，不可恢复", "Delete a coupon as the user would in the card pack; this cannot be undone."},
		"couponsopenid": {"用户标识（openid），缺省为环境中的用户", "The user's openid; defaults to the user of the environment."},
		"couponsstock":  {"只列出该批次的券", "List only coupons of this stock."},
		"couponsstate":  {"只列出该状态的券：SENDED、USED、EXPIRED、DELETED、DEACTIVATED", "List only coupons in this state: SENDED, USED, EXPIRED, DELETED or DEACTIVATED."},
		"couponsoffset": {"从第几张开始，从0数起", "First coupon to list, counted from 0."},
		"couponslimit":  {"最多列出多少张（1至100）", "Maximum number to list (1 to 100)."},
		"couponcode":    {"券code", "Coupon code."},
	}
}

type (
	couponsList struct {
		term.Managed
		OpenID string `arg:"" optional:"" name:"openid" help:"couponsopenid"`
		Stock  string `help:"couponsstock" placeholder:"ID"`
		State  string `help:"couponsstate" enum:",SENDED,USED,EXPIRED,DELETED,DEACTIVATED" default:""`
		Offset int64  `help:"couponsoffset" default:"0"`
		Limit  int64  `help:"couponslimit" default:"20"`
	}
	// oneCoupon is what every command about one coupon takes.
	oneCoupon struct {
		term.Managed
		Stock string `arg:"" help:"stockid"`
		Code  string `arg:"" help:"couponcode"`
	}
	couponsShow   struct{ oneCoupon }
	couponsDelete struct {
		oneCoupon
		term.Final
	}
)

// Run implements the command.
func (l *couponsList) Run(c *term.Command) error {
	openid, err := l.user(c)
	if err != nil {
		return err
	}
	req := &manage.ListCouponsRequest{OpenID: openid, StockID: l.Stock, State: l.State, Offset: l.Offset, Limit: &l.Limit}
	return term.ManageRun(c, &l.Managed, func(m *client.Management) (*manage.CouponList, error) { return m.Coupons(c.Ctx, req) },
		couponHeads(c), func(list *manage.CouponList) (rows [][]string) {
			for i := range list.Coupons {
				rows = append(rows, couponRow(&list.Coupons[i]))
			}
			return rows
		})
}

// Run implements the command.
func (s *couponsShow) Run(c *term.Command) error {
	return s.run(c, func(m *client.Management, req *manage.CouponRequest) (*manage.Coupon, error) {
		return m.Coupon(c.Ctx, req)
	})
}

// Run implements the command.
func (d *couponsDelete) Run(c *term.Command) error {
	return d.run(c, func(m *client.Management, req *manage.CouponRequest) (*manage.Coupon, error) {
		return m.DeleteCoupon(c.Ctx, req)
	})
}

func (o *oneCoupon) run(c *term.Command, call func(*client.Management, *manage.CouponRequest) (*manage.Coupon, error)) error {
	req := &manage.CouponRequest{StockID: o.Stock, CouponCode: o.Code}
	return term.ManageRun(c, &o.Managed, func(m *client.Management) (*manage.Coupon, error) { return call(m, req) },
		couponHeads(c), func(one *manage.Coupon) [][]string { return [][]string{couponRow(one)} })
}

// user is whose coupons are listed: who was named, or the user of the environment.
func (l *couponsList) user(c *term.Command) (string, error) {
	if l.OpenID != "" {
		return l.OpenID, nil
	}
	e, err := l.Environment(c)
	if err == nil && e.OpenID == "" {
		err = &term.Usage{Text: fault.Text{ZH: "请写明用户的openid", EN: "name the user by the openid"}}
	}
	return e.OpenID, err
}

func couponHeads(c *term.Command) []string {
	return []string{
		c.Head("批次号", "stock"), c.Head("券code", "code"), c.Head("批次名称", "name"), c.Head("商户号", "merchant"), c.Head("状态", "state"),
		c.Head("领取时间", "received"), c.Head("过期时间", "expires"), c.Head("核销时间", "used"),
	}
}

func couponRow(o *manage.Coupon) []string {
	used := ""
	if !o.UseTime.IsZero() {
		used = o.UseTime.String()
	}
	return []string{o.StockID, o.CouponCode, o.StockName, o.MchID, o.State, o.ReceiveTime.String(), o.ExpireTime.String(), used}
}
