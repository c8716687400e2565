package call

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/near"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/example"
)

// Example prints a request that works against a new sandbox.
type Example struct {
	Operation string `arg:"" optional:"" help:"exampleoperation"`
	Body      bool   `help:"examplebody" xor:"form"`
	As        string `help:"exampleas" enum:",cli,curl,go,java,php,node,python" default:"" placeholder:"LANGUAGE" xor:"form"`
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
}

// ExampleTexts are the help of the command that prints examples, in Chinese and English, by their keys.
func ExampleTexts() map[string][2]string {
	return map[string][2]string{
		"example": {
			"打印一个接口的请求示例：在全新的沙箱中照搬即可用，含命令和此前的步骤",
			"Print a request that works against a new sandbox, as commands, with the steps before it.",
		},
		"exampleoperation": {
			"接口，如 busifavor.coupons.use、coupons.use 或其路径；缺省列出全部",
			"Operation, such as busifavor.coupons.use, coupons.use or its path; lists all if omitted.",
		},
		"examplebody": {"只打印请求体", "Print the request body alone."},
		"exampleas":   {"打印成命令或程序（不含之前的步骤）", "Print the call as a command or program, without the steps before it."},
	}
}

// Run implements the command.
func (x *Example) Run(c *term.Command) error {
	operations := server.Operations()
	if x.Operation == "" {
		return listExamples(c, operations)
	}
	op, err := operationNamed(x.Operation, operations)
	if err != nil {
		return err
	}
	one, is := example.Of(op.ID)
	if !is {
		return errNoExample
	}
	e, err := x.environment(c)
	if err != nil {
		return err
	}
	v := valuesOf(c, &e)
	switch {
	case x.Body:
		return printBody(c, op, &one, &v)
	case x.As != "":
		return x.printAs(c, op, &one, &v, &e)
	}
	return x.printScript(c, op, &one, &v, &e)
}

// Refusals of an example.
var (
	errNoExample = fault.New(fault.Refused, "该接口没有示例", "There is no example of this operation.")
	errNoBody    = fault.New(fault.Refused,
		"该请求没有JSON请求体；去掉 --body 可得到完整的命令", "The request has no JSON body; leave --body out for the whole command.")
)

func listExamples(c *term.Command, operations []wire.Operation) error {
	rows := make([][]string, len(operations))
	for i := range operations {
		op := &operations[i]
		rows[i] = []string{op.ID, c.Choose(op.Title.ZH, op.Title.EN), op.Method + " " + op.Path}
	}
	heads := []string{c.Head("接口", "OPERATION"), c.Head("说明", "WHAT IT DOES"), c.Head("请求", "REQUEST")}
	return term.Format("table").Print(c, nil, heads, rows)
}

// operationNamed finds an operation by its id, the end of its id, or its path.
func operationNamed(name string, operations []wire.Operation) (*wire.Operation, error) {
	ids := make([]string, len(operations))
	var found []*wire.Operation
	for i := range operations {
		op := &operations[i]
		ids[i] = op.ID
		switch {
		case strings.EqualFold(op.ID, name):
			return op, nil
		case strings.HasSuffix(op.ID, "."+strings.ToLower(name)), op.Path == name, op.Method+" "+op.Path == name:
			found = append(found, op)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, errWhichOperation(name, found, ids)
}

// errWhichOperation refuses a name that is nobody's, or that of several.
func errWhichOperation(name string, found []*wire.Operation, ids []string) error {
	zh, en := "没有这个接口："+name, "There is no such operation: "+name
	switch one := nearOperation(name, ids); {
	case len(found) > 0:
		list := make([]string, len(found))
		for i := range found {
			list[i] = found[i].ID
		}
		zh = "“" + name + "”可指多个接口：" + strings.Join(list, "、")
		en = fmt.Sprintf("%q may be one of several: %s", name, strings.Join(list, ", "))
	case one != "":
		zh, en = zh+"；是否要用 "+one+"？", en+"; did you mean "+one+"?"
	default:
		zh, en = zh+"；favord example 列出全部", en+"; `favord example` lists all."
	}
	return fault.New(fault.Refused, zh, en)
}

// nearOperation is the id that was probably meant, with or without its product.
func nearOperation(name string, ids []string) string {
	name = strings.ToLower(name)
	if one := near.Word(name, ids); one != "" {
		return one
	}
	var ends []string
	for _, id := range ids {
		_, end, _ := strings.Cut(id, ".")
		ends = append(ends, end)
	}
	end := near.Word(name, ends)
	if end == "" {
		return ""
	}
	return ids[slices.Index(ends, end)]
}

// environment is the one that is likely meant: nothing is sent there.
func (x *Example) environment(c *term.Command) (sandbox.Environment, error) {
	if x.EnvFile != "" {
		return c.Environment(term.Whom{File: x.EnvFile})
	}
	e, _ := c.Likely()
	return e, nil
}

// valuesOf fills examples in for an environment; what it does not say is as in every sandbox.
func valuesOf(c *term.Command, e *sandbox.Environment) example.Values {
	v := example.Documented()
	v.MchID, v.AppID, v.OpenID = cmp.Or(e.MchID, v.MchID), cmp.Or(e.AppID, v.AppID), cmp.Or(e.OpenID, v.OpenID)
	v.Now, v.Digits, v.Kept = c.BusinessTime(e), digits, nil
	return v
}

// digits draws a number, which keeps apart what was printed at different times and is no secret.
func digits(n int) string {
	drawn := make([]byte, n)
	for i := range drawn {
		drawn[i] = "0123456789"[rand.IntN(10)] //nolint:gosec // no secret
	}
	return string(drawn)
}

func printBody(c *term.Command, op *wire.Operation, one *example.Example, v *example.Values) error {
	body := one.Request(op, v).Body
	if body == nil {
		return errNoBody
	}
	if _, err := fmt.Fprintln(c.Out, string(body)); err != nil {
		return fmt.Errorf("example: %w", err)
	}
	sayOpen(c, op, one)
	return nil
}

// sayOpen tells of values that only earlier calls give.
func sayOpen(c *term.Command, op *wire.Operation, one *example.Example) {
	if names := one.Kept(); len(names) > 0 {
		list := strings.Join(names, ", ")
		c.Say("其中 %s 取自此前的步骤：favord example %s 打印全部步骤",
			"The steps before give %s; `favord example %s` prints them.", list, op.ID)
	}
}

func (x *Example) printAs(c *term.Command, op *wire.Operation, one *example.Example, v *example.Values, e *sandbox.Environment) error {
	if one.File != nil {
		return errFileAs
	}
	r := one.Request(op, v)
	call := sample.Call{Method: r.Method, Target: r.Target, Body: r.Body, Access: e.Access()}
	for _, h := range r.Header {
		call.Headers = append(call.Headers, sample.Header{Name: h[0], Value: h[1]})
	}
	if one.Serial {
		call.Headers = append(call.Headers, sample.Header{Name: headerSerial, Value: call.PlatformID})
	}
	if err := dryRun(c, x.As, &call); err != nil {
		return err
	}
	sayOpen(c, op, one)
	return nil
}

var errFileAs = fault.New(fault.Refused,
	"图片上传不能写成代码；去掉 --as 可得到完整的命令", "An upload cannot be written as code; leave --as out for the command.")
