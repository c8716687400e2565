package product

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/favor"
)

// Bills is about the bills of cash vouchers.
type Bills struct {
	Use    billsUse    `cmd:"" help:"billsuse"`
	Refund billsRefund `cmd:"" help:"billsrefund"`
}

// BillTexts are the help of the commands about bills, in Chinese and English, by their keys.
func BillTexts() map[string][2]string {
	return map[string][2]string{
		"bills":       {"代金券账单：下载并校验", "Download and verify cash voucher bills."},
		"billsuse":    {"核销明细，批次结束次日10点起可下载", "Download redemptions; available from 10:00 on the day after the stock ends."},
		"billsrefund": {"退款明细，批次结束次日10点起可下载", "Download refunds; available from 10:00 on the day after the stock ends."},
		"billsday":    {"只要这一天的（如 2026-12-05），次日10点起可下载", "Only this day, such as 2026-12-05; available from 10:00 the next day."},
		"billsfile":   {"写入文件，缺省为标准输出；哈希不符时不留文件", "Output file; standard output if omitted. If the hash does not match, no file is left."},
	}
}

type (
	// billFile says which bill, and where it goes.
	billFile struct {
		EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
		BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
		Stock   string `arg:"" help:"stockid"`
		Day     string `help:"billsday" placeholder:"DAY"`
		File    string `short:"O" help:"billsfile" placeholder:"FILE"`
	}
	billsUse    struct{ billFile }
	billsRefund struct{ billFile }
)

// Run implements the command.
func (b *billsUse) Run(c *term.Command) error {
	return b.run(c, func(f client.Favor) (client.File, error) {
		if b.Day == "" {
			return wholeBill(f.UseFlow(c.Ctx, &favor.FlowRequest{StockID: b.Stock}))
		}
		link, err := f.UseFlowByDay(c.Ctx, &favor.FlowByDayRequest{StockID: b.Stock, BillDate: b.Day})
		if err != nil {
			return client.File{}, err
		}
		return client.File{URL: link.URL, HashValue: link.StockUseFlowHash}, nil
	})
}

// Run implements the command.
func (b *billsRefund) Run(c *term.Command) error {
	return b.run(c, func(f client.Favor) (client.File, error) {
		if b.Day == "" {
			return wholeBill(f.RefundFlow(c.Ctx, &favor.FlowRequest{StockID: b.Stock}))
		}
		link, err := f.RefundFlowByDay(c.Ctx, &favor.FlowByDayRequest{StockID: b.Stock, BillDate: b.Day})
		if err != nil {
			return client.File{}, err
		}
		return client.File{URL: link.URL, HashValue: link.StockRefundFlowHash}, nil
	})
}

func wholeBill(link *favor.FlowResponse, err error) (client.File, error) {
	if err != nil {
		return client.File{}, err
	}
	return client.File{URL: link.URL, HashType: link.HashType, HashValue: link.HashValue}, nil
}

func (b *billFile) run(c *term.Command, find func(client.Favor) (client.File, error)) error {
	caller, err := (&term.Signed{EnvFile: b.EnvFile, BaseURL: b.BaseURL}).Client(c)
	if err != nil {
		return err
	}
	file, err := find(caller.Favor())
	if err != nil {
		return c.Refused(err)
	}
	size, err := b.write(c, func(w io.Writer) (int64, error) { return caller.Download(c.Ctx, file, w) })
	if err != nil {
		return c.Refused(err)
	}
	c.Say("%d 字节，SHA-1 已校验：%s", "%d bytes, SHA-1 verified: %s", size, file.HashValue)
	return nil
}

// write has a bill written to where it goes. A file is there only once all of it was checked.
func (b *billFile) write(c *term.Command, download func(w io.Writer) (int64, error)) (int64, error) {
	if b.File == "" || b.File == "-" {
		return download(c.Out)
	}
	part, err := os.CreateTemp(filepath.Dir(b.File), filepath.Base(b.File)+".*.part")
	if err != nil {
		return 0, fmt.Errorf("bill: %w", err)
	}
	size, err := download(part)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), b.File)
	}
	if err != nil {
		return size, errors.Join(err, os.Remove(part.Name()))
	}
	return size, nil
}
