package product

import (
	"context"
	"strconv"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Vouchers shows stocks of cash vouchers and does what the signed API has no calls for.
type Vouchers struct {
	List    vouchersList    `cmd:"" help:"voucherslist"`
	Show    vouchersShow    `cmd:"" help:"vouchersshow"`
	Create  vouchersCreate  `cmd:"" help:"voucherscreate"`
	Why     vouchersWhy     `cmd:"" help:"voucherswhy"`
	Review  vouchersReview  `cmd:"" help:"vouchersreview"`
	Approve vouchersApprove `cmd:"" help:"vouchersapprove"`
	Reject  vouchersReject  `cmd:"" help:"vouchersreject"`
	Senders vouchersSenders `cmd:"" help:"voucherssenders"`
	Send    vouchersSend    `cmd:"" help:"voucherssend"`
	Get     vouchersGet     `cmd:"" help:"vouchersget"`
	Held    vouchersHeld    `cmd:"" help:"vouchersheld"`
}

// VoucherTexts are the help of the commands about cash vouchers, in Chinese and English, by their keys.
func VoucherTexts() map[string][2]string {
	return map[string][2]string{
		"vouchers": {
			"代金券：创建、查看、审核批次，发券商户，发放与查看用户的券",
			"Manage cash voucher stocks: create, show, review, senders; send and show users' vouchers.",
		},
		"voucherslist":    {"列出商户的批次，新的在前", "List a merchant's stocks, newest first."},
		"vouchersshow":    {"查看一个批次", "Show a stock."},
		"vouchersreview":  {"置为审核中，通过并重新激活前不能发券", "Put a stock under review; it sends nothing until you approve it and it is activated again."},
		"vouchersapprove": {"通过审核，可由创建商户激活", "Approve a stock under review, so that its creator can activate it."},
		"vouchersreject":  {"驳回审核，永久停止", "Reject a stock under review; this stops it permanently."},
		"voucherssenders": {
			"设置可跨商户发券的商户（覆盖原有，留空为取消）",
			"Set which other merchants may send vouchers of a stock; replaces the list, and clears it if you name none.",
		},
		"vouchersof": {
			"创建批次的商户号，缺省为环境中的商户，或唯一的商户",
			"Merchant that created the stocks; defaults to the merchant of the environment, or the only one.",
		},
		"vouchersmchid": {"创建批次的商户号", "Merchant that created the stocks."},
		"voucherspage":  {"页码，从0开始", "Page number, from 0."},
		"voucherslimit": {"每页多少个（1至200）", "Page size (1 to 200)."},
		"vouchersender": {"发券商户号", "Merchants allowed to send."},
	}
}

type (
	vouchersList struct {
		term.Managed
		MchID string `arg:"" optional:"" name:"mchid" help:"vouchersof"`
		Page  int64  `help:"voucherspage" default:"0"`
		Limit int64  `help:"voucherslimit" default:"20"`
	}
	// oneVoucherStock is what every command about one stock takes.
	oneVoucherStock struct {
		term.Managed
		ID string `arg:"" help:"stockid"`
	}
	vouchersShow    struct{ oneVoucherStock }
	vouchersReview  struct{ oneVoucherStock }
	vouchersApprove struct{ oneVoucherStock }
	vouchersReject  struct {
		oneVoucherStock
		term.Final
	}
	vouchersSenders struct {
		oneVoucherStock
		Senders []string `arg:"" optional:"" name:"mchid" help:"vouchersender"`
	}
)

// Run implements the command.
func (v *vouchersList) Run(c *term.Command) error {
	mchid, err := v.Merchant(c, v.MchID)
	if err != nil {
		return err
	}
	req := &manage.ListVoucherStocksRequest{MchID: mchid, Page: v.Page, Limit: &v.Limit}
	return term.ManageRun(c, &v.Managed, func(m *client.Management) (*manage.VoucherStockList, error) { return m.VoucherStocks(c.Ctx, req) },
		voucherHeads(c), func(list *manage.VoucherStockList) (rows [][]string) {
			for i := range list.Stocks {
				rows = append(rows, voucherRow(&list.Stocks[i]))
			}
			return rows
		})
}

// Run implements the command.
func (v *vouchersShow) Run(c *term.Command) error {
	return v.step(c, (*client.Management).VoucherStock)
}

// Run implements the command.
func (v *vouchersReview) Run(c *term.Command) error {
	return v.step(c, (*client.Management).ReviewVoucherStock)
}

// Run implements the command.
func (v *vouchersApprove) Run(c *term.Command) error {
	return v.step(c, (*client.Management).ApproveVoucherStock)
}

// Run implements the command.
func (v *vouchersReject) Run(c *term.Command) error {
	return v.step(c, (*client.Management).RejectVoucherStock)
}

// Run implements the command.
func (v *vouchersSenders) Run(c *term.Command) error {
	req := &manage.SetVoucherSendersRequest{StockID: v.ID, Senders: append([]string{}, v.Senders...)}
	return v.run(c, func(m *client.Management) (*manage.VoucherStock, error) { return m.SetVoucherSenders(c.Ctx, req) })
}

// step calls an operation that takes nothing but the stock.
func (v *oneVoucherStock) step(c *term.Command, call func(*client.Management, context.Context, *manage.VoucherStockRequest) (*manage.VoucherStock, error)) error {
	req := &manage.VoucherStockRequest{StockID: v.ID}
	return v.run(c, func(m *client.Management) (*manage.VoucherStock, error) { return call(m, c.Ctx, req) })
}

func (v *oneVoucherStock) run(c *term.Command, call func(*client.Management) (*manage.VoucherStock, error)) error {
	return term.ManageRun(c, &v.Managed, call, voucherHeads(c),
		func(one *manage.VoucherStock) [][]string { return [][]string{voucherRow(one)} })
}

func voucherHeads(c *term.Command) []string {
	return []string{
		c.Head("批次号", "stock"), c.Head("商户号", "merchant"), c.Head("名称", "name"), c.Head("面额（分）", "fen"), c.Head("状态", "state"),
		c.Head("已发放", "sent"), c.Head("总量", "of"), c.Head("发券商户", "senders"), c.Head("结束时间", "end"),
	}
}

func voucherRow(s *manage.VoucherStock) []string {
	return []string{
		s.StockID, s.MchID, s.Name, strconv.FormatInt(s.CouponAmount, 10), s.State,
		strconv.FormatInt(s.Sent, 10), strconv.FormatInt(s.MaxCoupons, 10), strings.Join(s.Senders, " "), s.EndTime.String(),
	}
}
