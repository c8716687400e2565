package term

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/sandbox"
)

// Environment finds out whom to call: the file that is named, else the current context,
// which without further ado is the sandbox that runs.
func (c *Command) Environment(file string) (sandbox.Environment, error) {
	if file != "" {
		return sandbox.ReadEnvironment(file)
	}
	return c.Named(c.Contexts().Current())
}

// Contexts are those of the user.
func (c *Command) Contexts() sandbox.Contexts {
	return sandbox.Contexts{Dir: filepath.Join(c.StateDir, "contexts")}
}

// Named returns the environment of a context.
func (c *Command) Named(name string) (sandbox.Environment, error) {
	if name == sandbox.RunningContext {
		return sandbox.Running(c.Ctx, c.StateDir)
	}
	return c.Contexts().Read(name)
}

// Signed is what every command takes that makes signed calls: as whom, and how to print.
type Signed struct {
	Output  Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
}

// Client returns a client that calls as the merchant of the environment.
func (s *Signed) Client(c *Command) (*client.Client, error) {
	e, err := c.Environment(s.EnvFile)
	if err != nil {
		return nil, err
	}
	if s.BaseURL != "" {
		e.APIURL = s.BaseURL
	}
	return c.NewClient(&e, "", nil)
}

// Refused says what an answer refused, beside its request id.
func (c *Command) Refused(err error) error {
	if refusal, is := AsAPIError(err); is {
		c.Say("%d %s  %s  请求号 %s", "%d %s  %s  request %s", refusal.Status, refusal.Code, refusal.Message, refusal.RequestID)
		return ErrReported
	}
	return fmt.Errorf("call: %w", err)
}

// AsAPIError returns the answer behind an error that is a refusal.
func AsAPIError(err error) (*client.APIError, bool) { return errors.AsType[*client.APIError](err) }

// PrintJSON prints an answer for people; what is not JSON is printed as it is.
func PrintJSON(w io.Writer, body []byte) error {
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

// NewClient returns a client for the merchant of an environment, which trusts the
// platform's certificate and its public key.
func (c *Command) NewClient(e *sandbox.Environment, serial string, transport *http.Client, options ...client.Option) (*client.Client, error) {
	signer, err := SignerOf(e)
	if err != nil {
		return nil, err
	}
	verifiers, err := VerifiersOf(e)
	if err != nil {
		return nil, err
	}
	if signer.Scheme() == apiv3.SchemeSM2 {
		options = append(options, client.WithAlgorithm(sm2Algorithm()))
	}
	return client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, Signer: signer, Verifiers: verifiers, APIv3Key: e.APIv3Key,
		WechatpaySerial: serial, Language: c.Choose("zh-CN", "en"), HTTPClient: transport,
	}, options...)
}
