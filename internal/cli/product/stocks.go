package product

import (
	"context"
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Stocks shows stocks and takes the steps that the signed API has no calls for.
type Stocks struct {
	List    stocksList    `cmd:"" help:"stockslist"`
	Show    stocksShow    `cmd:"" help:"stocksshow"`
	Create  stocksCreate  `cmd:"" help:"stockscreate"`
	Why     stocksWhy     `cmd:"" help:"stockswhy"`
	Approve stocksApprove `cmd:"" help:"stocksapprove"`
	Reject  stocksReject  `cmd:"" help:"stocksreject"`
	Pause   stocksPause   `cmd:"" help:"stockspause"`
	Resume  stocksResume  `cmd:"" help:"stocksresume"`
	Stop    stocksStop    `cmd:"" help:"stocksstop"`
}

// StockTexts are the help of the commands about stocks, in Chinese and English, by their keys.
func StockTexts() map[string][2]string {
	return map[string][2]string{
		"stocks":        {"商家券批次：创建、查看、审核、暂停、恢复、停止", "Manage merchant coupon stocks: create, show, approve, pause, resume, stop."},
		"stockslist":    {"列出批次，新的在前", "List stocks, newest first."},
		"stocksshow":    {"查看一个批次", "Show a stock."},
		"stocksapprove": {"通过审核", "Approve a stock under review."},
		"stocksreject":  {"驳回审核", "Reject a stock under review."},
		"stockspause":   {"暂停发券，已发的券仍可核销", "Pause issuing; issued coupons can still be redeemed."},
		"stocksresume":  {"恢复发券", "Resume issuing."},
		"stocksstop":    {"永久停止发券，已发的券仍可核销", "Stop issuing permanently; issued coupons can still be redeemed."},
		"stocksmchid":   {"只列出该商户创建的批次", "List only stocks created by this merchant."},
		"stocksafter":   {"从该批次之后开始列", "Start after this stock."},
		"stockslimit":   {"最多列出多少个（1至200）", "Maximum number to list (1 to 200)."},
		"stockid":       {"批次号", "Stock ID."},
	}
}

type (
	stocksList struct {
		term.Managed
		MchID string `name:"mchid" help:"stocksmchid" placeholder:"MCHID"`
		After string `help:"stocksafter" placeholder:"ID"`
		Limit int64  `help:"stockslimit" default:"20"`
	}
	// oneStock is what every command about one stock takes.
	oneStock struct {
		term.Managed
		ID string `arg:"" help:"stockid"`
	}
	stocksShow    struct{ oneStock }
	stocksApprove struct{ oneStock }
	stocksReject  struct {
		oneStock
		term.Final
	}
	stocksPause  struct{ oneStock }
	stocksResume struct{ oneStock }
	stocksStop   struct {
		oneStock
		term.Final
	}
)

// Run implements the command.
func (s *stocksList) Run(c *term.Command) error {
	req := &manage.ListStocksRequest{MchID: s.MchID, After: s.After, Limit: &s.Limit}
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.StockList, error) { return m.Stocks(c.Ctx, req) },
		stockHeads(c), func(list *manage.StockList) (rows [][]string) {
			for i := range list.Stocks {
				rows = append(rows, stockRow(&list.Stocks[i]))
			}
			return rows
		})
}

// Run implements the command.
func (s *stocksShow) Run(c *term.Command) error { return s.run(c, (*client.Management).Stock) }

// Run implements the command.
func (s *stocksApprove) Run(c *term.Command) error {
	return s.run(c, (*client.Management).ApproveStock)
}

// Run implements the command.
func (s *stocksReject) Run(c *term.Command) error { return s.run(c, (*client.Management).RejectStock) }

// Run implements the command.
func (s *stocksPause) Run(c *term.Command) error { return s.run(c, (*client.Management).PauseStock) }

// Run implements the command.
func (s *stocksResume) Run(c *term.Command) error { return s.run(c, (*client.Management).ResumeStock) }

// Run implements the command.
func (s *stocksStop) Run(c *term.Command) error { return s.run(c, (*client.Management).StopStock) }

// run calls an operation on the stock.
func (s *oneStock) run(c *term.Command, call func(*client.Management, context.Context, *manage.StockRequest) (*manage.Stock, error)) error {
	req := &manage.StockRequest{StockID: s.ID}
	return term.ManageRun(c, &s.Managed, func(m *client.Management) (*manage.Stock, error) { return call(m, c.Ctx, req) },
		stockHeads(c), func(one *manage.Stock) [][]string { return [][]string{stockRow(one)} })
}

func stockHeads(c *term.Command) []string {
	return []string{
		c.Head("批次号", "stock"), c.Head("商户号", "merchant"), c.Head("名称", "name"), c.Head("类型", "type"), c.Head("状态", "state"),
		c.Head("已发放", "issued"), c.Head("总量", "of"), c.Head("可用code", "free codes"), c.Head("结束时间", "end"),
	}
}

func stockRow(s *manage.Stock) []string {
	free := ""
	if s.CodeMode == "MERCHANT_UPLOAD" {
		free = strconv.FormatInt(s.FreeCodes, 10)
	}
	return []string{
		s.StockID, s.MchID, s.Name, s.Type, s.State,
		strconv.FormatInt(s.Issued, 10), strconv.FormatInt(s.MaxCoupons, 10), free, s.EndTime.String(),
	}
}
