package call

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox/sample"
)

// call is a raw signed call.
type call struct {
	Path    string `arg:"" help:"path"`
	File    string `short:"f" help:"file" placeholder:"FILE"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
	Serial  string `help:"serial" placeholder:"SERIAL"`
	DryRun  string `help:"dryrun" enum:",cli,curl,go,java,php,node,python" default:"" placeholder:"LANGUAGE"`
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
	Delete struct{ call }
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
	environment, err := c.Environment(r.EnvFile)
	if err != nil {
		return err
	}
	if r.BaseURL != "" {
		environment.APIURL = r.BaseURL
	}
	caller, err := c.NewClient(&environment, r.Serial, nil, client.WithRetry(client.Retry{Attempts: 1})) // what is shown is what happened
	if err != nil {
		return err
	}
	body, err := r.body(c)
	if err != nil {
		return err
	}
	if r.DryRun != "" {
		return dryRun(c, r.DryRun, &sample.Call{Method: method, Target: r.Path, Body: body, Access: environment.Access()})
	}
	response, err := caller.Do(c.Ctx, method, r.Path, body)
	if response == nil {
		return err
	}
	if errPrint := term.PrintJSON(c.Out, response.Body); errPrint != nil {
		return errPrint
	}
	return summary(c, response, err)
}

// summary says how the call went, beside its answer.
func summary(c *term.Command, response *client.Response, err error) error {
	status := fmt.Sprintf("%d %s", response.Status, http.StatusText(response.Status))
	if refused := new(client.APIError); errors.As(err, &refused) {
		c.Say("%s  请求号 %s", "%s  request %s", status, refused.RequestID)
		return term.ErrReported
	}
	c.Say("%s  签名已验证（%s）", "%s  signature verified (%s)", status, response.SignedBy)
	return nil
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
