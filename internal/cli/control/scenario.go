package control

import (
	"fmt"
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox/scenario"
)

// Scenario plays scenarios.
type Scenario struct {
	Run scenarioRun `cmd:"" help:"scenariorun"`
}

// scenarioRun plays files on a running sandbox.
type scenarioRun struct {
	term.Final
	Files     []string `arg:"" help:"scenariofile" type:"path"`
	EnvFile   string   `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	RunPrefix string   `name:"run" help:"scenarioprefix" placeholder:"TEXT"`
}

// ScenarioTexts are the help of the commands about scenarios, in Chinese and English, by their keys.
func ScenarioTexts() map[string][2]string {
	return map[string][2]string{
		"scenario":       {"在沙箱上运行场景文件（YAML）", "Run scenario files (YAML) against the sandbox."},
		"scenariorun":    {"依次运行场景文件，不符合预期即停", "Run scenario files in order; stop at the first unexpected result."},
		"scenariofile":   {"场景文件", "Scenario file."},
		"scenarioprefix": {"请求单号前缀，缺省取自时间", "Prefix of request numbers; taken from the time if omitted."},
	}
}

// Run implements the command.
func (s *scenarioRun) Run(c *term.Command) error {
	e, err := c.Environment(term.Whom{File: s.EnvFile})
	if err != nil {
		return err
	}
	caller, err := c.NewClient(&e, "", nil)
	if err != nil {
		return err
	}
	manager, err := client.NewManagement(client.ManagementConfig{BaseURL: e.ManageURL, Language: c.Choose("zh-CN", "en")})
	if err != nil {
		return err
	}
	played := make([]*scenario.Scenario, len(s.Files)) // all are read before the first is played
	for i, file := range s.Files {
		if played[i], err = scenario.Read(file); err != nil {
			return err
		}
	}
	prefix := s.RunPrefix
	if prefix == "" {
		prefix = strconv.FormatInt(c.Clock.Now().UnixMilli(), 36)
	}
	for i, one := range played {
		_, _ = fmt.Fprintln(c.Out, term.OrElse(one.Name, s.Files[i]))
		if err := one.Play(c.Ctx, s.Files[i], scenario.Stage{
			Client: caller, Manage: manager, Run: prefix + "x" + strconv.Itoa(i) + "x",
			Vars: map[string]string{"mchid": e.MchID, "appid": e.AppID, "openid": e.OpenID, "serial_no": e.SerialNo, "api_url": e.APIURL},
			Done: func(o scenario.Outcome) { _, _ = fmt.Fprintf(c.Out, "  ✔ %d  %s  %s\n", o.Number, o.Name, o.Result) },
		}); err != nil {
			return err
		}
	}
	return nil
}
