package product

import (
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Payments shows what merchants collected with cash vouchers.
type Payments struct {
	List paymentsList `cmd:"" help:"paymentslist"`
}

// PaymentTexts are the help of the commands about merchants' payments, in Chinese and English, by their keys.
func PaymentTexts() map[string][2]string {
	return map[string][2]string{
		"payments":     {"使用了代金券的支付：列出", "List payments made with cash vouchers."},
		"paymentslist": {"列出商户收款的支付单，新的在前", "List the payments that a merchant received, newest first."},
		"paymentsmchid": {
			"收款商户号，缺省为环境中的商户，或唯一的商户",
			"Merchant that received the payments; defaults to the merchant of the environment, or the only one.",
		},
		"paymentsafter": {"从上一页末尾之后开始", "Go on after the end of the page before."},
		"paymentslimit": {"最多列出多少笔（1至100）", "Maximum number to list (1 to 100)."},
	}
}

type paymentsList struct {
	term.Managed
	MchID string `arg:"" optional:"" name:"mchid" help:"paymentsmchid"`
	Since string `help:"deliverysince" placeholder:"TIME"`
	Until string `help:"deliveryuntil" placeholder:"TIME"`
	After string `help:"paymentsafter" placeholder:"PLACE"`
	Limit int64  `short:"n" help:"paymentslimit" default:"20"`
}

// Run implements the command.
func (p *paymentsList) Run(c *term.Command) (err error) {
	req := &manage.ListPaymentsRequest{After: p.After, Limit: &p.Limit}
	if req.MchID, err = p.Merchant(c, p.MchID); err != nil {
		return err
	}
	if req.From, err = c.Moment(p.Since); err != nil {
		return err
	}
	if req.Until, err = c.Moment(p.Until); err != nil {
		return err
	}
	var next string
	err = term.ManageRun(c, &p.Managed, func(m *client.Management) (*manage.PaymentList, error) { return m.Payments(c.Ctx, req) },
		paymentHeads(c), func(list *manage.PaymentList) (rows [][]string) {
			next = list.Next
			for i := range list.Payments {
				rows = append(rows, paymentRow(&list.Payments[i]))
			}
			return rows
		})
	if err == nil && next != "" {
		c.Say("更早的支付：--after %s", "Earlier payments: --after %s", next)
	}
	return err
}

func paymentHeads(c *term.Command) []string {
	return []string{
		c.Head("支付单号", "PAYMENT"), c.Head("商户订单号", "ORDER"), c.Head("时间", "TIME"), c.Head("状态", "STATE"), c.Head("总金额", "TOTAL"),
		c.Head("优惠", "DISCOUNT"), c.Head("实付", "PAID"), c.Head("已退款", "REFUNDED"), c.Head("上报商户", "MADE BY"),
	}
}

func paymentRow(p *manage.Payment) []string {
	fen := func(amount int64) string { return strconv.FormatInt(amount, 10) }
	return []string{
		p.TransactionID, p.OutTradeNo, p.ConsumeTime.String(), p.State,
		fen(p.Total), fen(p.Discount), fen(p.PayerTotal), fen(p.Refunded), p.MakerMchID,
	}
}
