package cli

import (
	"errors"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/config"
)

// managed is what every command about a management port takes: which one, and how to
// print.
type managed struct {
	Output    format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	ManageURL string `name:"manage-url" help:"manageurl" placeholder:"URL" env:"FAVORD_MANAGE_URL"`
	TokenFile string `name:"token-file" help:"tokenfile" placeholder:"FILE" type:"path" env:"FAVORD_MANAGE_TOKEN_FILE"`
}

func manageTexts() map[string][2]string {
	return map[string][2]string{
		"output":    {"输出格式：table、json、yaml或csv", "Output format: table, json, yaml or csv."},
		"manageurl": {"管理端口地址，缺省为正在运行的沙箱", "Management port; without it that of the running sandbox."},
		"tokenfile": {"管理令牌文件（生产环境）", "File with the management token, for production."},
	}
}

// client returns a client of the management port.
func (m *managed) client(c *command) (*client.Management, error) {
	url := m.ManageURL
	if url == "" {
		e, err := c.environment(m.EnvFile)
		if err != nil {
			return nil, err
		}
		url = e.ManageURL
	}
	token, err := config.ReadToken(m.TokenFile)
	if err != nil {
		return nil, err
	}
	return client.NewManagement(client.ManagementConfig{BaseURL: url, Token: token, Language: c.choose("zh-CN", "en")})
}

// manageRun calls the management port and prints the answer as rows, under the given heads.
func manageRun[T any](c *command, m *managed, call func(*client.Management) (*T, error), heads []string, rows func(*T) [][]string) error {
	caller, err := m.client(c)
	if err != nil {
		return err
	}
	answer, err := call(caller)
	if refused := new(client.APIError); errors.As(err, &refused) && refused.Message != "" {
		c.say("%s  %s", "%s  %s", refused.Code, refused.Message)
		return errReported
	}
	if err != nil {
		return err
	}
	return m.Output.print(c, answer, heads, rows(answer))
}
