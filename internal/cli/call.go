package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/sandbox"
)

// call is a raw signed call.
type call struct {
	Path    string `arg:"" help:"path"`
	File    string `short:"f" help:"file" placeholder:"FILE"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
	Serial  string `help:"serial" placeholder:"SERIAL"`
	DryRun  string `help:"dryrun" enum:",curl,go,java,php,node" default:"" placeholder:"LANGUAGE"`
}

type (
	getCommand    struct{ call }
	postCommand   struct{ call }
	patchCommand  struct{ call }
	deleteCommand struct{ call }
)

// Run implements the command.
func (g *getCommand) Run(c *command) error { return g.run(c, http.MethodGet) }

// Run implements the command.
func (p *postCommand) Run(c *command) error { return p.run(c, http.MethodPost) }

// Run implements the command.
func (p *patchCommand) Run(c *command) error { return p.run(c, http.MethodPatch) }

// Run implements the command.
func (d *deleteCommand) Run(c *command) error { return d.run(c, http.MethodDelete) }

func (r *call) run(c *command, method string) error {
	if !strings.HasPrefix(r.Path, "/") {
		return fault.New(fault.Refused,
			fmt.Sprintf("请求路径须以“/”开头：%s", r.Path),
			fmt.Sprintf("The path must begin with a slash: %s", r.Path))
	}
	environment, err := c.environment(r.EnvFile)
	if err != nil {
		return err
	}
	if r.BaseURL != "" {
		environment.APIURL = r.BaseURL
	}
	caller, err := c.newClient(&environment, r.Serial, nil, client.WithRetry(client.Retry{Attempts: 1})) // what is shown is what happened
	if err != nil {
		return err
	}
	body, err := r.body(c)
	if err != nil {
		return err
	}
	if r.DryRun != "" {
		return c.dryRun(r.DryRun, &rawCall{method: method, target: r.Path, body: body, environment: &environment})
	}
	response, err := caller.Do(c.ctx, method, r.Path, body)
	if response == nil {
		return err
	}
	if errPrint := printJSON(c.Out, response.Body); errPrint != nil {
		return errPrint
	}
	return c.summary(response, err)
}

// asAPIError returns the answer behind an error that is a refusal.
func asAPIError(err error) (*client.APIError, bool) { return errors.AsType[*client.APIError](err) }

// summary says how the call went, beside its answer.
func (c *command) summary(response *client.Response, err error) error {
	status := fmt.Sprintf("%d %s", response.Status, http.StatusText(response.Status))
	if refused := new(client.APIError); errors.As(err, &refused) {
		c.say("%s  请求号 %s", "%s  request %s", status, refused.RequestID)
		return errReported
	}
	c.say("%s  签名已验证（%s）", "%s  signature verified (%s)", status, response.SignedBy)
	return nil
}

func (r *call) body(c *command) ([]byte, error) {
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

// printJSON prints an answer for people; what is not JSON is printed as it is.
func printJSON(w io.Writer, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, body, "", "  ") != nil {
		pretty.Reset()
		pretty.Write(body)
	}
	pretty.WriteByte('\n')
	_, err := w.Write(pretty.Bytes())
	return err
}

// newClient returns a client for the merchant of an environment, which trusts the
// platform's certificate and its public key.
func (c *command) newClient(e *sandbox.Environment, serial string, transport *http.Client, options ...client.Option) (*client.Client, error) {
	signer, err := signerOf(e)
	if err != nil {
		return nil, err
	}
	verifiers, err := verifiersOf(e)
	if err != nil {
		return nil, err
	}
	if signer.Scheme() == apiv3.SchemeSM2 {
		options = append(options, client.WithAlgorithm(sm2Algorithm()))
	}
	return client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, Signer: signer, Verifiers: verifiers, APIv3Key: e.APIv3Key,
		WechatpaySerial: serial, Language: c.choose("zh-CN", "en"), HTTPClient: transport,
	}, options...)
}
