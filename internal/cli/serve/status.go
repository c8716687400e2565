package serve

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
)

// Status says whether a server accepts calls. Its exit code is for scripts and the
// health checks of containers.
type Status struct {
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	Config    string `help:"statusconfig" placeholder:"FILE" type:"path"`
	ManageURL string `name:"manage-url" help:"manageurl" placeholder:"URL" env:"FAVORD_MANAGE_URL"`
}

// StatusTexts are the help of the command about the state of a server, in Chinese and English, by their keys.
func StatusTexts() map[string][2]string {
	return map[string][2]string{
		"status":       {"服务是否就绪；退出码0为就绪，1为未就绪", "Report whether a server is ready: exit code 0 if it is, 1 if not."},
		"statusconfig": {"服务的配置文件，从中得知管理端口", "Configuration file of the server, which names its management port."},
	}
}

// statusPatience is how long a server may take to answer.
const statusPatience = 5 * time.Second

// Run implements the command.
func (s *Status) Run(c *term.Command) error {
	url, err := s.url(c)
	if err != nil {
		return err
	}
	caller, err := client.NewManagement(client.ManagementConfig{BaseURL: url, Language: c.Choose("zh-CN", "en")})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Ctx, statusPatience)
	defer cancel()
	answer, err := caller.Do(ctx, http.MethodGet, "/readyz", nil)
	if answer == nil {
		return err
	}
	if _, err := fmt.Fprintf(c.Out, "%s  %s", url, answer.Body); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if answer.Status != http.StatusOK {
		return term.ErrReported
	}
	return nil
}

// url is where the server is asked.
func (s *Status) url(c *term.Command) (string, error) {
	if s.ManageURL != "" {
		return s.ManageURL, nil
	}
	if s.Config == "" {
		e, err := c.Environment(s.EnvFile)
		return e.ManageURL, err
	}
	loaded, err := config.LoadServe(s.Config)
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(loaded.Manage)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // every address is also this one
	}
	scheme := "http://"
	if loaded.ManageTLS.Certificate != "" {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port), nil
}
