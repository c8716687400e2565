package product

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// CreateTexts are the help of what all commands take that create stocks, in Chinese and English, by
// their keys.
func CreateTexts() map[string][2]string {
	return map[string][2]string{
		"createfile": {
			"请求体文件（JSON），“-”为标准输入；缺少的单号与商户号自动补上",
			"File with the request body (JSON); - reads standard input. A request number and the merchant are added if missing.",
		},
		"createdryrun": {"只检查并打印请求体，不发送", "Check and print the request body, without sending it."},
		"createnumber": {
			"商户请求单号，重试时给出同一个；缺省随机",
			"Request number; use the same one to retry. Random if omitted.",
		},
		"createname":        {"批次名称", "Name of the stock."},
		"createcomment":     {"批次备注，用户看不到", "Comment, which users do not see."},
		"createdescription": {"使用须知", "Terms of use, shown on the card."},
		"createminimum":     {"消费门槛（分）", "Least order total, in fen."},
		"createfrom": {
			"何时开始，如 2026-12-05 12:00:00；缺省为现在",
			"When it begins, such as 2026-12-05 12:00:00; now if omitted.",
		},
		"createuntil": {
			"何时结束，如 2026-12-31 23:59:59，或时长如 30d；缺省为30天",
			"When it ends, such as 2026-12-31 23:59:59, or how long it lasts, such as 30d; 30 days if omitted.",
		},
		"createmax":     {"最多发放多少张", "How many may be given out."},
		"createperuser": {"每个用户最多领多少张，缺省为1", "How many a user may get; 1 if omitted."},
	}
}

// create is what every command takes that creates a stock.
type create struct {
	term.Signed
	File      string `short:"f" help:"createfile" placeholder:"FILE"`
	DryRun    bool   `help:"createdryrun"`
	RequestNo string `name:"request-no" help:"createnumber" placeholder:"NO"`
	Name      string `help:"createname" placeholder:"TEXT"`
	Comment   string `help:"createcomment" placeholder:"TEXT"`
	Desc      string `name:"description" help:"createdescription" placeholder:"TEXT"`
	Minimum   int64  `help:"createminimum" placeholder:"FEN"`
	From      string `help:"createfrom" placeholder:"TIME"`
	Until     string `help:"createuntil" placeholder:"TIME"`
	Max       int64  `help:"createmax" placeholder:"N"`
	PerUser   int64  `help:"createperuser" placeholder:"N"`
}

// isEmpty reports that nothing says what to create.
func (k *create) isEmpty() bool {
	return k.Name+k.Comment+k.Desc+k.From+k.Until == "" && k.Minimum == 0 && k.Max == 0 && k.PerUser == 0
}

// creation is how one kind of stocks is created.
type creation struct {
	*term.Command
	*create
	op wire.Operation
	// blank returns an empty body.
	blank func() any
	// flags are the flags behind the fields of the body, by their JSON pointers.
	flags map[string]string
	// empty says that nothing was given that only this kind has.
	empty bool
	// build makes the body from the flags; missing names those without which there is none.
	build   func(now time.Time, e *sandbox.Environment) (any, error)
	missing func() []string
	// questions are what a person is asked.
	questions func() []question
	// done is what follows; nil is nothing.
	done func(caller *client.Client, stock string) error
}

// run creates a stock from what was given.
func (n *creation) run() error {
	e, err := n.create.Environment(n.Command)
	if err != nil {
		return err
	}
	guided, err := n.gather(&e)
	if err != nil {
		return err
	}
	body, err := n.body(&e)
	if err != nil {
		return err
	}
	if err := n.check(body); err != nil {
		return err
	}
	if n.DryRun {
		return term.PrintJSON(n.Out, body)
	}
	if guided {
		if err := n.confirm(body); err != nil {
			return err
		}
	}
	return n.send(&e, body)
}

// gather sees to it that there is something to create, and asks for it where a person can be
// asked.
func (n *creation) gather(e *sandbox.Environment) (guided bool, err error) {
	empty := n.isEmpty() && n.empty
	switch {
	case n.File != "" && !empty:
		return false, &term.Usage{Text: fault.Text{
			ZH: "--file 不能与其他内容选项同时使用", EN: "--file cannot be used together with flags about the content",
		}}
	case n.File != "":
		return false, nil
	case empty && n.Interactive:
		g := guide{n, e}
		return true, g.run()
	}
	if missing := n.missing(); len(missing) > 0 {
		list := strings.Join(missing, ", ")
		return false, &term.Usage{Text: fault.Text{
			ZH: "缺少 " + list + "；或用 --file 给出请求体（favord example " + n.op.ID + " --body 打印一个）",
			EN: "missing " + list + "; or give the request body by --file (`favord example " + n.op.ID + " --body` prints one)",
		}}
	}
	return false, nil
}

// body is what would be sent.
func (n *creation) body(e *sandbox.Environment) ([]byte, error) {
	if n.File != "" {
		return n.fromFile(e)
	}
	if n.RequestNo == "" {
		n.RequestNo = freshNumber()
	}
	built, err := n.build(n.BusinessTime(e), e)
	if err != nil {
		return nil, err
	}
	return encoded(built)
}

// freshNumber is a request number that was never used.
func freshNumber() string { return "favord" + apiv3.NewNonce()[:20] }

func encoded(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimSpace(text.Bytes()), nil
}

// fromFile reads a body, and adds the number and the merchant if they are missing.
func (n *creation) fromFile(e *sandbox.Environment) ([]byte, error) {
	text, err := n.read()
	if err != nil {
		return nil, err
	}
	members, err := decoded(text)
	if err != nil {
		name := fault.Text{ZH: n.File, EN: n.File}
		if n.File == "-" {
			name = fault.Text{ZH: "标准输入", EN: "Standard input"}
		}
		return nil, fault.New(fault.Refused, name.ZH+"的内容不是JSON对象", name.EN+" is no JSON object.")
	}
	complete := true
	for name, value := range map[string]string{"out_request_no": term.OrElse(n.RequestNo, freshNumber()), "belong_merchant": e.MchID} {
		if members[name] == nil || name == "out_request_no" && n.RequestNo != "" {
			members[name], complete = value, false
		}
	}
	if complete {
		return text, nil // as it is, to the letter
	}
	return encoded(members)
}

func (n *creation) read() ([]byte, error) {
	if n.File == "-" {
		text, err := io.ReadAll(n.In)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return text, nil
	}
	text, err := os.ReadFile(n.File)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return text, nil
}

func decoded(text []byte) (map[string]any, error) {
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		return nil, err //nolint:wrapcheck // the caller says what of
	}
	if members == nil {
		return nil, errors.New("null")
	}
	return members, nil
}

// check says everything that is wrong with the values of a body, by the flags behind them.
func (n *creation) check(body []byte) error {
	list, unknown, err := n.violations(body)
	if err != nil {
		return err
	}
	for _, field := range unknown {
		n.Say("提示：字段 %s 没有作用", "Note: the field %s has no effect.", field)
	}
	for _, v := range list {
		n.Say("%s", "%s", n.Choose(n.flagOf(v.Field)+"："+v.Brief(), n.flagOf(v.Field)+": "+v.Issue))
	}
	if len(list) > 0 {
		return term.ErrReported
	}
	return nil
}

// violations are what the declaration of the body says against it, and its unknown fields.
func (n *creation) violations(body []byte) ([]*schema.Violation, []string, error) {
	members, err := decoded(body)
	if err != nil {
		return nil, nil, fmt.Errorf("decode: %w", err)
	}
	return n.op.Request.BindAll(members, n.blank()), n.op.Request.Unknown(members), nil
}

// flagOf is the flag behind a field; a field of a file is named as it is.
func (n *creation) flagOf(field string) string {
	if flag := n.flags[field]; flag != "" && n.File == "" {
		return flag
	}
	return field
}

// send creates the stock and prints it.
func (n *creation) send(e *sandbox.Environment, body []byte) error {
	caller, err := n.Client(n.Command)
	if err != nil {
		return err
	}
	response, err := term.FromNow(func() (*client.Response, error) {
		got, err := caller.Send(n.Ctx, client.Call{Method: n.op.Method, Target: n.op.Path, Body: body, Repeatable: true})
		if err != nil && n.File == "" && n.From == "" { // the second in which it was to begin is over
			if again, errBuild := n.body(e); errBuild == nil {
				body = again
			}
		}
		return got, err
	})
	if err != nil {
		return n.refused(err)
	}
	var created struct {
		StockID    string      `json:"stock_id"`
		CreateTime schema.Time `json:"create_time"`
	}
	if err := json.Unmarshal(response.Body, &created); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if n.done != nil {
		if err := n.done(caller, created.StockID); err != nil {
			return n.Refused(err)
		}
	}
	heads := []string{n.Head("批次号", "STOCK"), n.Head("创建时间", "CREATED")}
	return n.Output.Print(n.Command, created, heads, [][]string{{created.StockID, created.CreateTime.String()}})
}

// refused says why there is no stock, by the flag if one is at fault.
func (n *creation) refused(err error) error {
	refusal, is := term.AsAPIError(err)
	if (!is || refusal.Status >= http.StatusInternalServerError) && n.File == "" {
		n.Say("请求单号 %s；重试时加上 --request-no %[1]s", "The request number is %s; to retry, add --request-no %[1]s.", n.RequestNo)
		return n.Refused(err)
	}
	if !is {
		return n.Refused(err)
	}
	if n.op.ID == favor.CreateStock && errors.Is(err, client.ErrRequestBlocked) {
		n.Say("--from 或 --name：开始时间已过，或名称含有违禁词",
			"--from or --name: the begin time has passed, or the name contains a forbidden word.")
	}
	if detail, is := refusal.Field(); is && n.flagOf(detail.Field) != detail.Field {
		n.Say("%s：%s", "%s: %s", n.flagOf(detail.Field), detail.Issue)
	}
	return n.Refused(err)
}
