package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/config"
)

// statusCommand says whether a server accepts calls. Its exit code is for scripts and the
// health checks of containers.
type statusCommand struct {
	EnvFile   string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	Config    string `help:"statusconfig" placeholder:"FILE" type:"path"`
	ManageURL string `name:"manage-url" help:"manageurl" placeholder:"URL" env:"FAVORD_MANAGE_URL"`
}

func statusTexts() map[string][2]string {
	return map[string][2]string{
		"status":       {"服务是否就绪；退出码0为就绪，1为未就绪", "Whether a server accepts calls: exit code 0 if it does, 1 if not."},
		"statusconfig": {"服务的配置文件，从中得知管理端口", "Configuration file of the server, which says where its management port is."},
	}
}

// statusPatience is how long a server may take to answer.
const statusPatience = 5 * time.Second

// Run implements the command.
func (s *statusCommand) Run(c *command) error {
	url, err := s.url(c)
	if err != nil {
		return err
	}
	caller, err := client.NewManagement(client.ManagementConfig{BaseURL: url, Language: c.choose("zh-CN", "en")})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, statusPatience)
	defer cancel()
	answer, err := caller.Do(ctx, http.MethodGet, "/readyz", nil)
	if answer == nil {
		return err
	}
	if _, err := fmt.Fprintf(c.Out, "%s  %s", url, answer.Body); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if answer.Status != http.StatusOK {
		return errReported
	}
	return nil
}

// url is where the server is asked.
func (s *statusCommand) url(c *command) (string, error) {
	if s.ManageURL != "" {
		return s.ManageURL, nil
	}
	if s.Config == "" {
		e, err := c.environment(s.EnvFile)
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
