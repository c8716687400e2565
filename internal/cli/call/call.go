package call

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/wire/example"
	"github.com/favord/favord/wire/favor"
)

// call is a raw signed call.
type call struct {
	Path    string   `arg:"" help:"path"`
	File    string   `short:"f" help:"file" placeholder:"FILE"`
	EnvFile string   `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string   `name:"base-url" help:"baseurl" placeholder:"URL"`
	Serial  string   `help:"serial" placeholder:"SERIAL"`
	Header  []string `short:"H" sep:"none" help:"header" placeholder:"'NAME: VALUE'"`
	Pick    string   `help:"pick" placeholder:"PATH"`
	DryRun  string   `help:"dryrun" enum:",cli,curl,go,java,php,node,python" default:"" placeholder:"LANGUAGE"`
}

// The commands that make one signed call.
type (
	// Get reads.
	Get struct{ call }
	// Post sends a body.
	Post struct{ call }
	// Patch sends a body that changes something.
	Patch struct{ call }
	// Delete removes.
	Delete struct {
		call
		term.Final
	}
)

// Run implements the command.
func (g *Get) Run(c *term.Command) error { return g.run(c, http.MethodGet) }

// Run implements the command.
func (p *Post) Run(c *term.Command) error { return p.run(c, http.MethodPost) }

// Run implements the command.
func (p *Patch) Run(c *term.Command) error { return p.run(c, http.MethodPatch) }

// Run implements the command.
func (d *Delete) Run(c *term.Command) error { return d.run(c, http.MethodDelete) }

func (r *call) run(c *term.Command, method string) error {
	if !strings.HasPrefix(r.Path, "/") {
		return fault.New(fault.Refused,
			fmt.Sprintf("请求路径须以“/”开头：%s", r.Path),
			fmt.Sprintf("The path must begin with a slash: %s", r.Path))
	}
	environment, err := c.Environment(term.Whom{File: r.EnvFile, APIURL: r.BaseURL})
	if err != nil {
		return err
	}
	caller, err := c.NewClient(&environment, r.Serial, nil, client.WithRetry(client.Retry{Attempts: 1})) // what is shown is what happened
	if err != nil {
		return err
	}
	body, err := r.body(c)
	if err != nil {
		return err
	}
	headers, err := headersOf(r.Header)
	if err != nil {
		return err
	}
	if r.DryRun != "" {
		if r.Serial != "" {
			headers = append(headers, sample.Header{Name: apiv3.HeaderSerial, Value: r.Serial})
		}
		return dryRun(c, r.DryRun, &sample.Call{Method: method, Target: r.Path, Headers: headers, Body: body, Access: environment.Access()})
	}
	more := http.Header{}
	for _, h := range headers {
		more.Add(h.Name, h.Value)
	}
	response, err := caller.Send(c.Ctx, client.Call{
		Method: method, Target: r.Path, Header: more, Body: body, Unsigned: isFile(r.Path),
	})
	if response == nil {
		return err
	}
	if errPrint := r.print(c, response.Body, err != nil); errPrint != nil {
		return errPrint
	}
	return summary(c, response, err)
}

// isFile reports the target of a file, which is not signed: its hash came with its URL.
func isFile(target string) bool {
	path, _, _ := strings.Cut(target, "?")
	return path == favor.DownloadPath
}

// print prints an answer, or the value of it that is wanted; a refusal is printed whole, beside
// what a script reads.
func (r *call) print(c *term.Command, answer []byte, refused bool) error {
	switch {
	case r.Pick == "":
		return term.PrintJSON(c.Out, answer)
	case refused:
		return term.PrintJSON(c.Err, answer)
	}
	value, is := example.Pick(answer, r.Pick)
	if !is {
		return fault.New(fault.Refused, "应答中没有 "+r.Pick+"（--pick）", "The answer has no "+r.Pick+" (--pick).")
	}
	if _, err := fmt.Fprintln(c.Out, value); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// summary says how the call went, beside its answer.
func summary(c *term.Command, response *client.Response, err error) error {
	status := fmt.Sprintf("%d %s", response.Status, http.StatusText(response.Status))
	if refused := new(client.APIError); errors.As(err, &refused) {
		c.Say("%s  请求号 %s", "%s  request %s", status, refused.RequestID)
		return term.ErrReported
	}
	if response.SignedBy == "" {
		c.Say("%s  文件没有签名，其哈希在给出地址的应答里", "%s  files are not signed; the answer with the URL has the hash", status)
		return nil
	}
	c.Say("%s  签名已验证（%s）", "%s  signature verified (%s)", status, response.SignedBy)
	return nil
}

// isOwn reports a header that favord sets itself.
func isOwn(name string) bool {
	own := []string{"Authorization", "Content-Length", "Content-Type", "Host", apiv3.HeaderSerial}
	return slices.ContainsFunc(own, func(one string) bool { return strings.EqualFold(name, one) })
}

// headersOf reads headers as they are written on the wire.
func headersOf(lines []string) (list []sample.Header, err error) {
	for _, line := range lines {
		name, value, is := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !is || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value):
			return nil, fault.New(fault.Refused,
				fmt.Sprintf("请求头须写作“名称: 值”：%q", line), fmt.Sprintf("Write a header as 'NAME: VALUE', not %q.", line))
		case isOwn(name):
			return nil, fault.New(fault.Refused,
				fmt.Sprintf("请求头 %s 由 favord 设置（Wechatpay-Serial 用 --serial）", name),
				fmt.Sprintf("The header %s is set by favord; for Wechatpay-Serial there is --serial.", name))
		}
		list = append(list, sample.Header{Name: name, Value: value})
	}
	return list, nil
}

func (r *call) body(c *term.Command) ([]byte, error) {
	switch r.File {
	case "":
		return nil, nil
	case "-":
		body, err := io.ReadAll(c.In)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return body, nil
	}
	body, err := os.ReadFile(r.File)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return body, nil
}
