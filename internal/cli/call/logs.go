package call

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Logs shows the requests that a sandbox has received.
type Logs struct {
	List   logsList   `cmd:"" default:"withargs" help:"logslist"`
	Show   logsShow   `cmd:"" help:"logsshow"`
	Replay logsReplay `cmd:"" help:"logsreplay"`
}

// LogTexts are the help of the commands about the log of requests, in Chinese and English, by their keys.
func LogTexts() map[string][2]string {
	return map[string][2]string{
		"logs":       {"沙箱收到的请求及其应答", "Show the requests the sandbox received and its answers."},
		"logslist":   {"列出请求（缺省命令）", "List requests, newest last (the default command)."},
		"logsshow":   {"按原样打印一个请求及其应答", "Print a request and its answer exactly as they were sent."},
		"logsfollow": {"持续打印新的请求，直到 Ctrl-C", "Keep printing new requests until you press Ctrl-C."},
		"logsmchid":  {"只看该商户的请求", "Show only requests of this merchant."},
		"logsoperat": {"只看该接口，如 busifavor.coupons.use 或 busifavor.*", "Show only this operation, such as busifavor.coupons.use or busifavor.*."},
		"logsstatus": {"只看该HTTP状态码或类别，如 401、4xx", "Show only this HTTP status or class, such as 401 or 4xx."},
		"logspath":   {"只看以此开头的路径", "Show only paths with this prefix."},
		"logslimit":  {"最多列出多少条", "Maximum number of requests to list."},
		"logsas":     {"打印成能发起同一请求的命令或程序", "Print a command or a program that makes the same request."},
		"logsreplay": {"以原商户的身份把一个请求再发一次，可改动其包体", "Make a request once more as its merchant, with changes to its body."},
		"logschange": {
			"改动包体：位置=值，如 stock_send_rule.max_coupons=5；“位置=”删除该字段；可重复",
			"Change the body: PATH=VALUE, such as stock_send_rule.max_coupons=5; PATH= takes the field out; repeatable.",
		},
		"logsassent": {
			"保留原签名，按收到它的时刻验签：签过名的任何一处被改动，都应被拒绝",
			"Keep the signature, judged as when the request came: whatever was signed and is changed must be refused.",
		},
		"logsbyte": {
			"改动一个字节：部分@位置=十六进制，如 body@17=22；部分为 body、target、signature；可重复",
			"Change one byte: PART@PLACE=HEX, such as body@17=22; PART is body, target or signature; repeatable.",
		},
		"logsheader": {
			"改动请求头：名称=值；“名称=”去掉该请求头；可重复",
			"Change a header: NAME=VALUE; NAME= takes the header out; repeatable.",
		},
		"logsid": {"请求编号（应答头 Request-ID），或 last", "Request-ID of the answer, or last."},
	}
}

type (
	logsList struct {
		term.Managed
		Follow    bool   `short:"F" help:"logsfollow"`
		MchID     string `name:"mchid" help:"logsmchid" placeholder:"MCHID"`
		Operation string `help:"logsoperat" placeholder:"ID"`
		Status    string `help:"logsstatus" placeholder:"STATUS"`
		Path      string `help:"logspath" placeholder:"PREFIX"`
		Limit     int64  `short:"n" help:"logslimit" default:"20"`
	}
	logsShow struct {
		term.Managed
		ID string `arg:"" help:"logsid"`
		As string `help:"logsas" enum:",cli,curl,go,java,php,node,python" default:"" placeholder:"LANGUAGE"`
	}
	logsReplay struct {
		term.Managed
		term.Final
		ID     string   `arg:"" help:"logsid"`
		Change []string `sep:"none" help:"logschange" placeholder:"PATH=VALUE"`
		AsSent bool     `help:"logsassent"`
		Byte   []string `sep:"none" help:"logsbyte" placeholder:"PART@PLACE=HEX"`
		Header []string `sep:"none" help:"logsheader" placeholder:"NAME=VALUE"`
	}
)

// Run implements the command.
func (l *logsList) Run(c *term.Command) error {
	req := &manage.ListJournalRequest{MchID: l.MchID, Operation: l.Operation, Status: l.Status, Path: l.Path, Limit: &l.Limit}
	var last int64
	list := func(m *client.Management) (*manage.JournalList, error) {
		got, err := m.Journal(c.Ctx, req)
		if err == nil {
			last = got.Last
		}
		return got, err
	}
	if err := term.ManageRun(c, &l.Managed, list, logHeads(c), newestLast); err != nil || !l.Follow {
		return err
	}
	return l.follow(c, req, last)
}

// followWait is how long one call waits for a request, in seconds.
const followWait = 10

// follow prints requests as they come. Ctrl-C is how it ends, and no failure.
func (l *logsList) follow(c *term.Command, req *manage.ListJournalRequest, after int64) error {
	caller, err := l.Client(c)
	if err != nil {
		return err
	}
	req.WaitSeconds, req.Limit, req.After = followWait, nil, &after
	for {
		got, err := caller.Journal(c.Ctx, req)
		switch {
		case errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			return fmt.Errorf("logs: %w", err)
		}
		for i := range got.Requests {
			if err := l.printLine(c, &got.Requests[i]); err != nil {
				return err
			}
		}
		after = got.Last
	}
}

// printLine prints one request: the columns of the table with their usual widths, or one
// document.
func (l *logsList) printLine(c *term.Command, line *manage.JournalLine) error {
	switch l.Output {
	case "table":
		_, err := fmt.Fprintln(c.Out, strings.Join(logRow(line), "  "))
		return err
	case "csv":
		return term.PrintCSV(c.Out, [][]string{logRow(line)})
	default:
		return l.Output.Print(c, line, nil, nil)
	}
}

func logHeads(c *term.Command) []string {
	return []string{
		c.Head("时间", "TIME"), c.Head("状态", "STATUS"), c.Head("耗时", "TOOK"), c.Head("商户", "MERCHANT"),
		c.Head("请求编号", "REQUEST ID"), c.Head("请求", "REQUEST"),
	}
}

// newestLast turns the order around, as people read logs.
func newestLast(list *manage.JournalList) [][]string {
	rows := make([][]string, 0, len(list.Requests))
	for i := len(list.Requests) - 1; i >= 0; i-- {
		rows = append(rows, logRow(&list.Requests[i]))
	}
	return rows
}

// maxShown is how much of a target a row shows.
const maxShown = 160

func logRow(line *manage.JournalLine) []string {
	status, target := strconv.FormatInt(line.Status, 10), line.Target
	if line.Cut {
		status = "cut"
	}
	if len(target) > maxShown {
		target = target[:maxShown] + "…"
	}
	mchid := line.MchID
	if mchid == "" {
		mchid = "-"
	}
	if len(line.Ignored) > 0 {
		target += "  ?! " + strings.Join(line.Ignored, " ")
	}
	return []string{
		term.Beijing(time.UnixMilli(line.ReceivedMS)).Format("15:04:05.000"), status,
		(time.Duration(line.TookMicros) * time.Microsecond).String(), mchid, line.RequestID, line.Method + " " + target,
	}
}

// Run implements the command.
func (l *logsShow) Run(c *term.Command) error {
	if l.As != "" {
		return l.sample(c)
	}
	caller, err := l.Client(c)
	if err != nil {
		return err
	}
	entry, err := caller.JournalEntry(c.Ctx, &manage.GetJournalRequest{RequestID: l.ID})
	if refused := new(client.APIError); errors.As(err, &refused) && refused.Message != "" {
		c.Say("%s  %s", "%s  %s", refused.Code, refused.Message)
		return term.ErrReported
	}
	if err != nil {
		return err
	}
	if l.Output == "table" {
		_, err := fmt.Fprint(c.Out, transcript(c, entry))
		return err
	}
	heads, rows := logHeads(c), [][]string{logRow(&entry.Request)}
	return l.Output.Print(c, entry, heads, rows)
}

// sample prints the request as a program.
func (l *logsShow) sample(c *term.Command) error {
	req := &manage.MakeSampleRequest{RequestID: l.ID, Language: strings.ToUpper(l.As)}
	return term.ManageTell(c, &l.Managed, func(m *client.Management) (*manage.Sample, error) { return m.MakeSample(c.Ctx, req) },
		func(written *manage.Sample) { _, _ = fmt.Fprint(c.Out, written.Text) })
}

// Run implements the command. As with `favord get`, an answer that is no success ends it with 1.
func (l *logsReplay) Run(c *term.Command) error {
	req := &manage.ReplayRequest{RequestID: l.ID, AsSent: l.AsSent}
	if err := l.changes(req); err != nil {
		return err
	}
	var failed error
	if err := term.ManageTell(c, &l.Managed, func(m *client.Management) (*manage.MadeCall, error) { return m.Replay(c.Ctx, req) },
		func(made *manage.MadeCall) { failed = l.made(c, made) }); err != nil {
		return err
	}
	return failed
}

// changes reads what is to be otherwise.
func (l *logsReplay) changes(req *manage.ReplayRequest) error {
	for _, change := range l.Change {
		path, value, is := strings.Cut(change, "=")
		if !is || path == "" {
			return errChange
		}
		one := manage.ReplayChange{Path: path}
		if value != "" {
			one.Value = &value
		}
		req.Changes = append(req.Changes, one)
	}
	for _, change := range l.Header {
		name, value, is := strings.Cut(change, "=")
		if !is || name == "" {
			return errHeader
		}
		one := manage.ReplayEdit{Part: "HEADER", Name: name}
		if value != "" {
			one.Value = &value
		}
		req.Edits = append(req.Edits, one)
	}
	for _, change := range l.Byte {
		part, rest, _ := strings.Cut(change, "@")
		place, digits, is := strings.Cut(rest, "=")
		at, err := strconv.ParseInt(place, 10, 64)
		becomes, wrong := strconv.ParseInt(digits, 16, 64)
		if !is || err != nil || wrong != nil {
			return errByte
		}
		req.Edits = append(req.Edits, manage.ReplayEdit{Part: strings.ToUpper(part), At: &at, Byte: &becomes})
	}
	return nil
}

// Refusals of changes.
var (
	errChange = fault.New(fault.Refused, "--change 须写作 位置=值", "Write --change as PATH=VALUE.")
	errHeader = fault.New(fault.Refused, "--header 须写作 名称=值", "Write --header as NAME=VALUE.")
	errByte   = fault.New(fault.Refused,
		"--byte 须写作 部分@位置=十六进制，如 body@17=22", "Write --byte as PART@PLACE=HEX, such as body@17=22.")
)

// made prints the answer to a replay.
func (l *logsReplay) made(c *term.Command, made *manage.MadeCall) error {
	var err error
	if l.Output == "table" {
		err = term.PrintJSON(c.Out, []byte(made.Body))
	} else {
		err = l.Output.Print(c, made, []string{"STATUS", "REQUEST ID"}, [][]string{{strconv.FormatInt(made.Status, 10), made.RequestID}})
	}
	if err != nil {
		return err
	}
	const refused = 300
	c.Say("%d  请求号 %s  %s", "%d  request %s  %s", made.Status, made.RequestID, c.Choose(made.RefusedZH, made.RefusedEN))
	if made.Status >= refused {
		return term.ErrReported
	}
	return nil
}

// transcript shows a request and its answer as they went over the wire, in a form that
// `favord explain` reads.
func transcript(c *term.Command, e *manage.JournalEntry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", e.Request.Method, e.Request.Target, e.Proto)
	writeHeaders(&b, e.Headers)
	writeBody(&b, e.Body, e.BodyBase64)
	if len(e.Request.Ignored) > 0 {
		fmt.Fprintf(&b, "\n# %s%s\n", c.Choose("被忽略的字段：", "Ignored fields: "), strings.Join(e.Request.Ignored, " "))
	}
	if e.Request.Cut {
		b.WriteString(c.Choose("\n# 连接被故障规则切断，没有应答\n", "\n# A fault cut the connection; there was no answer.\n"))
		return b.String()
	}
	fmt.Fprintf(&b, "\n# %d  %s\n", e.Request.Status, c.Choose(e.Request.RefusedZH, e.Request.RefusedEN))
	writeHeaders(&b, e.AnswerHeaders)
	writeBody(&b, e.AnswerBody, e.AnswerBodyBase64)
	return b.String()
}

func writeHeaders(b *strings.Builder, list []manage.JournalHeader) {
	for _, h := range list {
		fmt.Fprintf(b, "%s: %s\n", h.Name, h.Value)
	}
}

func writeBody(b *strings.Builder, text, encoded string) {
	switch {
	case encoded != "":
		fmt.Fprintf(b, "\n# base64\n%s\n", encoded)
	case text != "":
		fmt.Fprintf(b, "\n%s\n", strings.TrimSuffix(text, "\n"))
	}
}
