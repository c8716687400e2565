package term

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
)

// Signed is what every command takes that makes signed calls: as whom, and how to print.
type Signed struct {
	Output  Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL string `name:"base-url" help:"baseurl" placeholder:"URL"`
	NoRetry bool   `help:"noretry"`
}

// Environment is the one that is meant.
func (s *Signed) Environment(c *Command) (sandbox.Environment, error) {
	return c.Environment(Whom{File: s.EnvFile, APIURL: s.BaseURL})
}

// Client returns a client that calls as the merchant of the environment.
func (s *Signed) Client(c *Command) (*client.Client, error) {
	e, err := s.Environment(c)
	if err != nil {
		return nil, err
	}
	if s.NoRetry {
		return c.NewClient(&e, "", nil, client.WithRetry(client.Retry{Attempts: 1}))
	}
	return c.NewClient(&e, "", nil)
}

// sayRepeats tells of each attempt that follows another one: nothing is repeated in silence.
func (c *Command) sayRepeats(a client.Attempt) {
	if a.Number == 1 {
		return
	}
	how := c.Choose("成功", "done")
	if a.Err != nil {
		how = c.Sentence(a.Err)
	}
	c.Say("第 %d 次尝试 %s：%s（--no-retry 不再重试）", "attempt %d of %s: %s (--no-retry makes one only)", a.Number, a.Method, how)
}

// Refused says what an answer refused, beside its request id.
func (c *Command) Refused(err error) error {
	if refusal, is := AsAPIError(err); is {
		c.Say("%d %s  %s  请求号 %s", "%d %s  %s  request %s", refusal.Status, refusal.Code, strings.TrimSpace(refusal.Message), refusal.RequestID)
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

// errNoMerchant is an environment of which only an address is known.
var errNoMerchant = fault.New(fault.Refused,
	"不知道以哪个商户的身份调用：请用 --env 给出连接方式文件，或设置 favord env 打印的全部变量，或 favord context use",
	"It is not known which merchant makes the call: give its environment file by --env, or all the variables that `favord env` prints, "+
		"or use `favord context use`.")

// NewClient returns a client for the merchant of an environment, which trusts the
// platform's certificate and its public key.
func (c *Command) NewClient(e *sandbox.Environment, serial string, transport *http.Client, options ...client.Option) (*client.Client, error) {
	if e.MchID == "" || e.PrivateKeyFile == "" {
		return nil, errNoMerchant
	}
	signer, err := SignerOf(e)
	if err != nil {
		return nil, err
	}
	verifiers, err := VerifiersOf(e)
	if err != nil {
		return nil, err
	}
	options = append([]client.Option{client.WithObserver(c.sayRepeats)}, options...)
	if signer.Scheme() == apiv3.SchemeSM2 {
		options = append(options, client.WithAlgorithm(sm2Algorithm()))
	}
	return client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, Signer: signer, Verifiers: verifiers, APIv3Key: e.APIv3Key,
		WechatpaySerial: serial, Language: c.Choose("zh-CN", "en"), HTTPClient: transport,
	}, options...)
}
