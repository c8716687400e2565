package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

// codesCommand is about the codes that merchants upload.
type codesCommand struct {
	Upload codesUpload `cmd:"" help:"codesupload"`
	List   codesList   `cmd:"" help:"codeslist"`
	Show   codesShow   `cmd:"" help:"codesshow"`
	Delete codesDelete `cmd:"" help:"codesdelete"`
}

func codeTexts() map[string][2]string {
	return map[string][2]string{
		"codes":       {"商户预存code：上传、查询、删除", "The codes that a merchant uploads."},
		"codesupload": {"上传code文件（每行一个，或CSV第一列），可中断后重来", "Upload a file of codes, one a line or the first column of a CSV; it can be interrupted and run again."},
		"codeslist":   {"列出code", "List the codes of a stock."},
		"codesshow":   {"查看一个code及其券", "Show a code and its coupon."},
		"codesdelete": {"删除一个未发放的code", "Delete a code that was not given out."},
		"codesstock":  {"批次号", "Stock."},
		"codesfile":   {"code文件，“-”为标准输入", "File of codes; - is standard input."},
		"codeserrors": {"逐行记录未导入的code的文件，缺省为 文件名.errors.csv", "File that says line by line what was not stored; FILE.errors.csv without it."},
		"codescalls":  {"同时进行的请求数", "How many calls at a time."},
		"codesstatus": {"状态：AVAILABLE或DISPATCHED", "Status: AVAILABLE or DISPATCHED."},
		"codescode":   {"券code", "Code."},
		"codesall":    {"翻页取出全部", "All pages."},
	}
}

// signed is what every command takes that makes signed calls: as whom, and how to print.
type signed struct {
	Output  format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
}

// client returns a client that calls as the merchant of the environment.
func (s *signed) client(c *command) (*client.Client, error) {
	e, err := c.environment(s.EnvFile)
	if err != nil {
		return nil, err
	}
	if s.BaseURL != "" {
		e.APIURL = s.BaseURL
	}
	return c.newClient(&e, "", nil)
}

type (
	codesList struct {
		signed
		Stock  string `arg:"" help:"codesstock"`
		Status string `help:"codesstatus" enum:",AVAILABLE,DISPATCHED" default:""`
		All    bool   `help:"codesall"`
		Offset int64  `default:"0"`
		Limit  int64  `default:"20"`
	}
	codesShow struct {
		signed
		Stock string `arg:"" help:"codesstock"`
		Code  string `arg:"" help:"codescode"`
	}
	codesDelete struct {
		signed
		Stock string `arg:"" help:"codesstock"`
		Code  string `arg:"" help:"codescode"`
	}
)

// Run implements the command.
func (l *codesList) Run(c *command) error {
	caller, err := l.client(c)
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
		got, err := caller.BusiFavor().ListCodes(c.ctx, &busifavor.ListCodesRequest{StockID: l.Stock, Status: l.Status, Offset: offset, Limit: &limit})
		if err != nil {
			return c.refused(err)
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
	return l.Output.print(c, all, c.codeHeads(), rows)
}

func (c *command) codeHeads() []string {
	return []string{"CODE", c.choose("状态", "STATUS"), c.choose("上传时间", "UPLOADED"), c.choose("发放时间", "GIVEN OUT")}
}

func codeRow(code *busifavor.UploadedCode) []string {
	given := "-"
	if !code.DispatchedTime.IsZero() {
		given = code.DispatchedTime.String()
	}
	return []string{code.Code, code.CodeStatus, code.UploadTime.String(), given}
}

// Run implements the command.
func (s *codesShow) Run(c *command) error {
	caller, err := s.client(c)
	if err != nil {
		return err
	}
	got, err := caller.BusiFavor().GetCode(c.ctx, &busifavor.GetCodeRequest{StockID: s.Stock, CouponCode: s.Code})
	if err != nil {
		return c.refused(err)
	}
	return s.Output.print(c, got, c.codeHeads(), [][]string{codeRow(&got.CodeInformation)})
}

// Run implements the command. Its request number follows from what is deleted, so that it can
// be repeated.
func (d *codesDelete) Run(c *command) error {
	caller, err := d.client(c)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte("delete " + d.Stock + " " + d.Code))
	got, err := caller.BusiFavor().DeleteCode(c.ctx, &busifavor.DeleteCodeRequest{
		StockID: d.Stock, CouponCode: d.Code, DeleteRequestNo: hex.EncodeToString(digest[:16]),
	})
	if err != nil {
		return c.refused(err)
	}
	return d.Output.print(c, got, []string{"CODE", c.choose("删除时间", "DELETED")}, [][]string{{d.Code, got.DeleteTime.String()}})
}

// number groups the digits of a count for people.
func number(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// refused says what an answer refused, beside its request id.
func (c *command) refused(err error) error {
	if refusal, is := asAPIError(err); is {
		c.say("%d %s  %s  请求号 %s", "%d %s  %s  request %s", refusal.Status, refusal.Code, refusal.Message, refusal.RequestID)
		return errReported
	}
	return fmt.Errorf("call: %w", err)
}
