package bill

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

const (
	// headings are those of every bill, moreHeadings follow on bills by day (8.1, 8.3).
	headings     = "批次id,优惠id,优惠类型,优惠金额（元）,订单总金额（元）,交易类型,支付单号,消耗时间,消耗商户号,设备号,银行流水号,单品信息"
	moreHeadings = ",是否合单订单,微信支付合单单号,合单优惠总金额,合单订单总金额"
	totalHeading = "总条数"
	lineEnd      = "\r\n"

	// bufferSize is how many bytes are written at once.
	bufferSize = 32 << 10
)

// File is a bill that is read from the store while it is written: whatever its size, it takes
// the memory of some thousand lines.
type File struct {
	service *Service
	bill    bill
	// first is the part that the file begins with.
	first []payment.Flow
}

// open reads the first part of a bill.
func (s *Service) open(ctx context.Context, b bill) (*File, error) {
	first, err := s.part(ctx, &b, nil)
	return &File{service: s, bill: b, first: first}, err
}

// part returns the lines after one, or the first ones. Each part is a transaction of its own,
// so that whoever reads slowly keeps nothing in the store.
func (s *Service) part(ctx context.Context, b *bill, after *payment.Flow) (lines []payment.Flow, err error) {
	q := store.FlowQuery{Stock: b.stock, Kind: b.kind, From: b.from, To: b.to, Limit: store.MaxFlows}
	if after != nil {
		q.AfterAt, q.AfterID = after.At, after.ID
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		lines, err = tx.Flows(ctx, q)
		return err
	})
	return lines, err
}

// WriteTo writes the file and returns how many lines it has besides headings and total. On an
// error what was written is no bill.
func (f *File) WriteTo(ctx context.Context, w io.Writer) (lines int64, err error) {
	to := bufio.NewWriterSize(w, bufferSize)
	text := f.bill.headings()
	for part := f.first; len(part) > 0; {
		for i := range part {
			if text, err = f.bill.appendLine(text, &part[i]); err != nil {
				return lines, err
			}
			if _, err = to.Write(text); err != nil {
				return lines, fmt.Errorf("write bill: %w", err)
			}
			text = text[:0]
		}
		lines += int64(len(part))
		if len(part) < store.MaxFlows {
			break
		}
		if part, err = f.service.part(ctx, &f.bill, &part[len(part)-1]); err != nil {
			return lines, err
		}
	}
	text = append(text, totalHeading+lineEnd+"`"...)
	text = strconv.AppendInt(text, lines, 10)
	_, _ = to.Write(append(text, lineEnd...)) // Flush reports the error
	if err := to.Flush(); err != nil {
		return lines, fmt.Errorf("write bill: %w", err)
	}
	return lines, nil
}

func (b *bill) headings() []byte {
	text := headings
	if b.daily {
		text += moreHeadings
	}
	return []byte(text + lineEnd)
}

// appendLine appends a line: nine values behind backticks, which keep spreadsheets from
// taking ids for numbers, and the others in quotes.
func (b *bill) appendLine(text []byte, f *payment.Flow) ([]byte, error) {
	goods, err := document.EncodeGoods(f.Goods)
	if err != nil {
		return nil, fmt.Errorf("goods of %s: %w", f.TransactionID, err)
	}
	for _, value := range [...]string{
		string(b.stock.ID), string(f.Voucher), b.voucherType(), yuan(f.Discount), yuan(f.Total), b.trade(),
		f.TransactionID, f.At.In(day.Beijing()).Format(time.DateTime), string(f.Merchant),
	} {
		text = append(append(append(text, '`'), value...), ',')
	}
	device := f.Facts.DeviceInfo
	if b.daily {
		device = base64.StdEncoding.EncodeToString([]byte(device))
	}
	text = appendQuoted(text, device)
	text = appendQuoted(append(text, ','), f.Facts.BankSerial)
	text = appendQuoted(append(text, ','), goods)
	if b.daily {
		for _, value := range combined(&f.Facts) {
			text = appendQuoted(append(text, ','), value)
		}
	}
	return append(text, lineEnd...), nil
}

func (b *bill) voucherType() string {
	if b.singleItem {
		return "单品代金券"
	}
	return "全场代金券"
}

func (b *bill) trade() string {
	if b.kind == Refunds {
		return "退款"
	}
	return "支付"
}

// combined are the values about the combined payment, all empty unless it is known that an
// order was paid in one (8.3).
func combined(facts *payment.Facts) [4]string {
	c := facts.Combined
	if c == nil {
		return [4]string{}
	}
	return [4]string{"是", c.TransactionID, yuan(c.Discount), yuan(c.Total)}
}

func appendQuoted(text []byte, value string) []byte {
	return append(append(append(text, '"'), strings.ReplaceAll(value, `"`, `""`)...), '"')
}

// yuan writes an amount, which is never negative, with two decimals.
func yuan(amount fen.Fen) string {
	const perYuan = 100
	return fmt.Sprintf("%d.%02d", amount/perYuan, amount%perYuan)
}
