package serve

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Export writes data to the output as it comes, whatever its number.
type Export struct {
	Coupons  exportCoupons  `cmd:"" help:"exportcoupons"`
	Payments exportPayments `cmd:"" help:"exportpayments"`
	Audit    auditExport    `cmd:"" help:"auditexport"`
}

// ExportTexts are the help of the commands that export, in Chinese and English, by their keys.
func ExportTexts() map[string][2]string {
	return map[string][2]string{
		"export": {
			"导出券、支付与审计：每行一个JSON，或CSV（-o csv）；导出本身记入审计",
			"Export coupons, payments and the audit as JSON Lines, or as CSV (-o csv). The audit records it.",
		},
		"exportcoupons":  {"导出某商户的商家券", "Export the coupons of a merchant's stocks."},
		"exportpayments": {"导出代金券的支付与退款", "Export payments and refunds with cash vouchers."},
		"exportmchid":    {"创建批次的商户号", "Merchant that created the stocks."},
		"exportstock":    {"只导出该批次", "Export only this stock."},
		"exportopenids":  {"包含用户的openid；缺省只有账号", "Include openids of users; without it there are accounts only."},
		"exportsince":    {"只要该时刻及之后的", "Only what happened at this time or later."},
		"exportuntil":    {"只要该时刻之前的", "Only what happened before this time."},
	}
}

type (
	exportCoupons struct {
		term.Managed
		MchID   string `name:"mchid" required:"" help:"exportmchid" placeholder:"MCHID"`
		Stock   string `help:"exportstock" placeholder:"STOCK"`
		OpenIDs bool   `name:"openids" help:"exportopenids"`
	}
	exportPayments struct {
		term.Managed
		MchID string `name:"mchid" required:"" help:"exportmchid" placeholder:"MCHID"`
		Stock string `help:"exportstock" placeholder:"STOCK"`
		Since string `help:"exportsince" placeholder:"TIME"`
		Until string `help:"exportuntil" placeholder:"TIME"`
	}
)

// sheet writes values as lines, and says how many there are so far.
type sheet struct {
	c     *term.Command
	csv   bool
	count int64
}

// toldOf is after how many values progress is told again.
const toldOf = 20_000

// newSheet begins an export of values like one.
func newSheet(c *term.Command, format term.Format, one any) (*sheet, error) {
	s := &sheet{c: c, csv: format == "csv"}
	if !s.csv {
		return s, nil
	}
	var heads []string
	for field := range reflect.TypeOf(one).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		heads = append(heads, name)
	}
	return s, term.PrintCSV(c.Out, [][]string{heads})
}

// write writes a value, whose fields are texts, numbers and times.
func (s *sheet) write(value any) error {
	if s.count++; s.count%toldOf == 0 {
		s.c.Say("已导出 %d 行", "%d lines exported", s.count)
	}
	if !s.csv {
		return printLine(s.c, value)
	}
	var cells []string
	for _, v := range reflect.ValueOf(value).Fields() {
		cell := ""
		if !v.IsZero() || v.CanInt() {
			cell = fmt.Sprint(v.Interface())
		}
		cells = append(cells, cell)
	}
	return term.PrintCSV(s.c.Out, [][]string{cells})
}

// end says how many there were.
func (s *sheet) end() { s.c.Say("共导出 %d 行", "%d lines exported in all", s.count) }

// Run implements the command.
func (x *exportCoupons) Run(c *term.Command) error {
	m, err := x.Client(c)
	if err != nil {
		return err
	}
	out, err := newSheet(c, x.Output, manage.ExportedCoupon{})
	if err != nil {
		return err
	}
	req := &manage.ExportCouponsRequest{MchID: x.MchID, StockID: x.Stock}
	if x.OpenIDs {
		req.OpenIDs = "true"
	}
	for more := true; more; {
		piece, err := m.ExportCoupons(c.Ctx, req)
		if err != nil {
			return term.Refused(c, err)
		}
		for i := range piece.Coupons {
			if err := out.write(piece.Coupons[i]); err != nil {
				return err
			}
		}
		req.AfterCode, req.AfterStock, more = piece.NextCode, piece.NextStock, piece.NextCode != ""
	}
	out.end()
	return nil
}

// Run implements the command.
func (x *exportPayments) Run(c *term.Command) error {
	req := &manage.ExportPaymentsRequest{StockID: x.Stock}
	var err error
	if req.From, err = c.Moment(x.Since); err != nil {
		return err
	}
	if req.Until, err = c.Moment(x.Until); err != nil {
		return err
	}
	m, err := x.Client(c)
	if err != nil {
		return err
	}
	stocks, err := x.stocks(c, m)
	if err != nil {
		return term.Refused(c, err)
	}
	out, err := newSheet(c, x.Output, manage.ExportedPayment{})
	if err != nil {
		return err
	}
	for _, stock := range stocks {
		for _, kind := range []string{"USE", "REFUND"} {
			of := *req
			of.StockID, of.Kind = stock, kind
			if err := exportStock(c, m, &of, out); err != nil {
				return term.Refused(c, err)
			}
		}
	}
	out.end()
	return nil
}

// stocks are those of the merchant, the newest first, or the one that was named.
func (x *exportPayments) stocks(c *term.Command, m *client.Management) (ids []string, err error) {
	if x.Stock != "" {
		return []string{x.Stock}, nil
	}
	limit := int64(100)
	req := &manage.ListVoucherStocksRequest{MchID: x.MchID, Limit: &limit}
	for {
		page, err := m.VoucherStocks(c.Ctx, req)
		if err != nil {
			return nil, err
		}
		for i := range page.Stocks {
			ids = append(ids, page.Stocks[i].StockID)
		}
		if req.Page++; int64(len(page.Stocks)) < limit {
			return ids, nil
		}
	}
}

// exportStock writes what one stock has of a kind.
func exportStock(c *term.Command, m *client.Management, req *manage.ExportPaymentsRequest, out *sheet) error {
	for more := true; more; {
		piece, err := m.ExportPayments(c.Ctx, req)
		if err != nil {
			return err
		}
		for i := range piece.Payments {
			if err := out.write(piece.Payments[i]); err != nil {
				return err
			}
		}
		if more = piece.More; more {
			last := &piece.Payments[len(piece.Payments)-1]
			req.AfterTime, req.AfterID = last.Time, last.ID
		}
	}
	return nil
}
