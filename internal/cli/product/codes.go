package product

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/busifavor"
)

// Codes is about the codes that merchants upload.
type Codes struct {
	Upload codesUpload `cmd:"" help:"codesupload"`
	List   codesList   `cmd:"" help:"codeslist"`
	Show   codesShow   `cmd:"" help:"codesshow"`
	Delete codesDelete `cmd:"" help:"codesdelete"`
}

// CodeTexts are the help of the commands about codes, in Chinese and English, by their keys.
func CodeTexts() map[string][2]string {
	return map[string][2]string{
		"codes":       {"商户预存code：上传、查询、删除", "Manage uploaded coupon codes: upload, list, show, delete."},
		"codesupload": {"上传code文件（每行一个，或CSV第一列），可中断后重来", "Upload a file of codes (one per line, or the first CSV column); you can interrupt it and run it again."},
		"codeslist":   {"列出code", "List the codes of a stock."},
		"codesshow":   {"查看一个code及其券", "Show a code and its coupon."},
		"codesdelete": {"删除一个未发放的code", "Delete a code that has not been issued."},
		"codesstock":  {"批次号", "Stock ID."},
		"codesfile":   {"code文件，“-”为标准输入", "File of codes; - reads standard input."},
		"codeserrors": {"逐行记录未导入的code的文件，缺省为 文件名.errors.csv", "File that lists each code not stored and why; defaults to FILE.errors.csv."},
		"codescalls":  {"同时进行的请求数", "Number of concurrent requests."},
		"codesstatus": {"状态：AVAILABLE或DISPATCHED", "Status: AVAILABLE or DISPATCHED."},
		"codescode":   {"券code", "Coupon code."},
		"codesall":    {"翻页取出全部", "Fetch all pages."},
	}
}

type (
	codesList struct {
		term.Signed
		Stock  string `arg:"" help:"codesstock"`
		Status string `help:"codesstatus" enum:",AVAILABLE,DISPATCHED" default:""`
		All    bool   `help:"codesall"`
		Offset int64  `default:"0"`
		Limit  int64  `default:"20"`
	}
	codesShow struct {
		term.Signed
		Stock string `arg:"" help:"codesstock"`
		Code  string `arg:"" help:"codescode"`
	}
	codesDelete struct {
		term.Signed
		term.Final
		Stock string `arg:"" help:"codesstock"`
		Code  string `arg:"" help:"codescode"`
	}
)

// Run implements the command.
func (l *codesList) Run(c *term.Command) error {
	caller, err := l.Client(c)
	if err != nil {
		return err
	}
	const page = 100
	limit := l.Limit
	if l.All {
		limit = page
	}
	all := []busifavor.UploadedCode{}
	for offset := l.Offset; ; offset += limit {
		got, err := caller.BusiFavor().ListCodes(c.Ctx, &busifavor.ListCodesRequest{StockID: l.Stock, Status: l.Status, Offset: offset, Limit: &limit})
		if err != nil {
			return c.Refused(err)
		}
		all = append(all, got.Data...)
		if !l.All || int64(len(got.Data)) < limit {
			break
		}
	}
	rows := make([][]string, len(all))
	for i := range all {
		rows[i] = codeRow(&all[i])
	}
	return l.Output.Print(c, all, codeHeads(c), rows)
}

func codeHeads(c *term.Command) []string {
	return []string{"CODE", c.Head("状态", "STATUS"), c.Head("上传时间", "UPLOADED"), c.Head("发放时间", "GIVEN OUT")}
}

func codeRow(code *busifavor.UploadedCode) []string {
	given := "-"
	if !code.DispatchedTime.IsZero() {
		given = code.DispatchedTime.String()
	}
	return []string{code.Code, code.CodeStatus, code.UploadTime.String(), given}
}

// Run implements the command.
func (s *codesShow) Run(c *term.Command) error {
	caller, err := s.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().GetCode(c.Ctx, &busifavor.GetCodeRequest{StockID: s.Stock, CouponCode: s.Code})
	if err != nil {
		return c.Refused(err)
	}
	return s.Output.Print(c, got, codeHeads(c), [][]string{codeRow(&got.CodeInformation)})
}

// Run implements the command. Its request number follows from what is deleted, so that it can
// be repeated.
func (d *codesDelete) Run(c *term.Command) error {
	caller, err := d.Client(c)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte("delete " + d.Stock + " " + d.Code))
	got, err := caller.BusiFavor().DeleteCode(c.Ctx, &busifavor.DeleteCodeRequest{
		StockID: d.Stock, CouponCode: d.Code, DeleteRequestNo: hex.EncodeToString(digest[:16]),
	})
	if err != nil {
		return c.Refused(err)
	}
	return d.Output.Print(c, got, []string{"CODE", c.Head("删除时间", "DELETED")}, [][]string{{d.Code, got.DeleteTime.String()}})
}

// number groups the digits of a count for people.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
