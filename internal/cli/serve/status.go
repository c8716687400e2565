package serve

import (
	"context"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/wire/manage"
)

// Status says whether a server accepts calls. Its exit code is for scripts and the
// health checks of containers.
type Status struct {
	Output    term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	EnvFile   string      `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	Config    string      `help:"statusconfig" placeholder:"FILE" type:"path"`
	ManageURL string      `name:"manage-url" help:"manageurl" placeholder:"URL"`
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
	answer, err := caller.Do(ctx, http.MethodGet, "/readyz?verbose", nil)
	if answer == nil {
		return err
	}
	var health manage.Health
	if err := json.Unmarshal(answer.Body, &health); err != nil {
		return fault.New(fault.Refused, url+" 不是惠券台的管理端口", url+" is not the management port of Favord.")
	}
	shown := status{URL: url, Health: health, Figures: figures(ctx, caller)}
	if err := s.Output.Print(c, &shown, []string{c.Head("检查", "CHECK"), c.Head("状态", "STATE"), ""}, shown.rows(c)); err != nil {
		return err
	}
	if !health.Ready {
		return term.ErrReported
	}
	return nil
}

// status is what the command prints.
type status struct {
	URL string `json:"url"`
	manage.Health
	Figures map[string]float64 `json:"figures"`
}

func (s *status) rows(c *term.Command) [][]string {
	verdict := map[bool]string{true: c.Choose("就绪", "ready"), false: c.Choose("未就绪", "not ready")}
	rows := [][]string{{s.URL, verdict[s.Ready], ""}}
	for _, check := range s.Checks {
		rows = append(rows, []string{check.Name, verdict[check.Ready], check.Reason})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Figures)) {
		rows = append(rows, []string{name, strconv.FormatFloat(s.Figures[name], 'f', -1, 64), ""})
	}
	return rows
}

// mattering are the figures that say most about how a server is doing.
func mattering() []string {
	return []string{
		"favord_calls_total", "favord_refusals_total", "favord_lane_waiting", "favord_deliveries", "favord_delivery_overdue_seconds",
		"favord_database_size_bytes", "favord_certificate_left_seconds", "favord_build_info",
	}
}

// figures are those that matter; none when the server does not tell.
func figures(ctx context.Context, caller *client.Management) map[string]float64 {
	answer, err := caller.Do(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return nil
	}
	found := map[string]float64{}
	for line := range strings.Lines(string(answer.Body)) {
		at := strings.LastIndexByte(strings.TrimSpace(line), ' ')
		name, _, _ := strings.Cut(line, "{")
		name, _, _ = strings.Cut(name, " ")
		if at < 0 || !slices.Contains(mattering(), name) {
			continue
		}
		series := strings.TrimSpace(line[:at])
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		switch {
		case err != nil:
		case name == "favord_calls_total" || name == "favord_refusals_total":
			found[name] += value
		default:
			found[series] = value
		}
	}
	return found
}

// url is where the server is asked.
func (s *Status) url(c *term.Command) (string, error) {
	if s.ManageURL != "" {
		return s.ManageURL, nil
	}
	if s.Config == "" {
		e, err := c.Environment(term.Whom{File: s.EnvFile})
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
