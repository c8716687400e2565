package term

import (
	"errors"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
)

// Managed is what every command about a management port takes: which one, and how to
// print.
type Managed struct {
	Output    Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	ManageURL string `name:"manage-url" help:"manageurl" placeholder:"URL"`
	TokenFile string `name:"token-file" help:"tokenfile" placeholder:"FILE" type:"path" env:"FAVORD_MANAGE_TOKEN_FILE"`
}

// ManageTexts are the help of the flags in Managed, in Chinese and English, by their keys.
func ManageTexts() map[string][2]string {
	return map[string][2]string{
		"output": {"输出格式：table、json、yaml或csv", "Output format: table, json, yaml or csv."},
		"manageurl": {
			"管理端口地址，缺省取自 FAVORD_MANAGE_URL、当前上下文或正在运行的沙箱",
			"URL of the management port; defaults to FAVORD_MANAGE_URL, the current context or the running sandbox.",
		},
		"tokenfile": {"管理令牌文件（生产环境）", "File with the management token (production)."},
	}
}

// Environment is the one that is meant.
func (m *Managed) Environment(c *Command) (sandbox.Environment, error) {
	return c.Environment(Whom{File: m.EnvFile, ManageURL: m.ManageURL})
}

// Client returns a client of the management port.
func (m *Managed) Client(c *Command) (*client.Management, error) {
	e, err := m.Environment(c)
	if err != nil {
		return nil, err
	}
	if e.ManageURL == "" {
		return nil, errNoManagePort
	}
	token, err := config.ReadToken(m.TokenFile)
	if err != nil {
		return nil, err
	}
	return client.NewManagement(client.ManagementConfig{BaseURL: e.ManageURL, Token: token, Language: c.Choose("zh-CN", "en")})
}

// errNoManagePort is an environment without one, such as WeChat Pay.
var errNoManagePort = fault.New(fault.Refused,
	"该环境没有管理端口：请用 --manage-url 或 FAVORD_MANAGE_URL 指明",
	"The environment has no management port: name one by --manage-url or FAVORD_MANAGE_URL.")

// ManageRun calls the management port and prints the answer as rows, under the given heads.
func ManageRun[T any](c *Command, m *Managed, call func(*client.Management) (*T, error), heads []string, rows func(*T) [][]string) error {
	var failed error
	if err := ManageTell(c, m, call, func(answer *T) { failed = m.Output.Print(c, answer, heads, rows(answer)) }); err != nil {
		return err
	}
	return failed
}

// ManageTell calls the management port and hands the answer on; it says why there is none.
func ManageTell[T any](c *Command, m *Managed, call func(*client.Management) (*T, error), tell func(*T)) error {
	caller, err := m.Client(c)
	if err != nil {
		return err
	}
	answer, err := call(caller)
	if err != nil {
		return Refused(c, err)
	}
	tell(answer)
	return nil
}

// Refused says why a management port refused a call, if that is what went wrong.
func Refused(c *Command, err error) error {
	if refused := new(client.APIError); errors.As(err, &refused) && refused.Message != "" {
		c.Say("%s  %s", "%s  %s", refused.Code, refused.Message)
		return ErrReported
	}
	return err
}
