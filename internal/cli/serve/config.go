package serve

import (
	"strings"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/server"
)

// Config looks at configuration files.
type Config struct {
	Check configCheck `cmd:"" help:"configcheck"`
	Print configPrint `cmd:"" help:"configprint"`
}

// ConfigTexts are the texts of help.
func ConfigTexts() map[string][2]string {
	return map[string][2]string{
		"configs":     {"检查、打印配置文件", "Look at a configuration file."},
		"configcheck": {"检查配置文件及其引用的文件；不启动服务", "Check a configuration file, and the files that it names, without starting a server."},
		"configprint": {
			"打印全部配置项实际生效的值及其来源，机密不显示",
			"Print every key with the value in effect and where it comes from; secrets are left out.",
		},
	}
}

type (
	configCheck struct {
		Config string `help:"config" placeholder:"FILE" type:"path" required:""`
	}
	configPrint struct {
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
		Config string      `help:"config" placeholder:"FILE" type:"path" required:""`
	}
)

// Run says whether a server could start with a file, as far as that can be told without
// starting one.
func (k *configCheck) Run(c *term.Command) error {
	loaded, err := config.Load(k.Config)
	if err != nil {
		return err
	}
	from := serverConfig(&loaded.Serve)
	if from.ManageToken, err = loaded.ManageToken(); err != nil {
		return err
	}
	from.Clock = c.Clock
	if err := server.CheckFiles(&from); err != nil {
		return err
	}
	c.Say("配置文件 %s 无误", "The configuration %s is right.", k.Config)
	return nil
}

// Run prints every key with the value that counts and where that comes from.
func (p *configPrint) Run(c *term.Command) error {
	loaded, err := config.Load(p.Config)
	if err != nil {
		return err
	}
	settings := loaded.InEffect(server.Usual())
	rows := make([][]string, len(settings))
	for i, s := range settings {
		origin := s.Origin
		if !strings.HasPrefix(origin, "FAVORD_") {
			origin = c.Choose(map[string]string{"default": "缺省值", "file": "配置文件", "production": "生产模式"}[origin], origin)
		}
		rows[i] = []string{s.Name, s.Value, origin}
	}
	return p.Output.Print(c, settings, []string{c.Head("配置项", "KEY"), c.Head("值", "VALUE"), c.Head("来源", "ORIGIN")}, rows)
}
