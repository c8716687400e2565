package serve

import (
	"strconv"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Check proves the invariants over a database.
type Check struct{ oneDatabase }

// oneDatabase names a database in one of three ways.
type oneDatabase struct {
	Data     string `help:"checkdata" placeholder:"DIR" type:"path" xor:"from" required:""`
	Database string `help:"database" placeholder:"URL" xor:"from" required:""`
	Config   string `help:"config" placeholder:"FILE" type:"path" xor:"from" required:""`
}

// server is the configuration of a server on the database.
func (d *oneDatabase) server(c *term.Command) (server.Config, error) {
	from := server.Config{Mode: store.Sandbox, DataDir: d.Data, Database: d.Database, Connections: devConnections, Clock: c.Clock}
	if d.Config != "" {
		s, err := config.LoadServe(d.Config)
		if err != nil {
			return from, err
		}
		from = serverConfig(&s)
		from.Clock = c.Clock
	}
	return from, nil
}

// errBroken ends the command when something is wrong with the data.
var errBroken = fault.New(fault.Refused,
	"数据不一致，请保留现场并检查",
	"The data is inconsistent. Keep it as it is and investigate.")

// Run implements the command.
func (k *Check) Run(c *term.Command) error {
	from, err := k.server(c)
	if err != nil {
		return err
	}
	list, err := server.Check(c.Ctx, from)
	if err != nil {
		return err
	}
	return printInvariants(c, list)
}

func printInvariants(c *term.Command, list []store.Invariant) error {
	var rows [][]string
	chinese := proof.Statements()
	broken := false
	for _, one := range list {
		rows = append(rows, []string{c.Head(chinese[one.Name].ZH, one.Name), strconv.FormatInt(one.Rows, 10), strconv.FormatInt(one.Broken, 10)})
		broken = broken || one.Broken > 0
	}
	if err := c.Table().Write(c.Out, []string{c.Head("不变式", "invariant"), c.Head("检查行数", "rows"), c.Head("违反行数", "broken")}, rows); err != nil {
		return err
	}
	if broken {
		return errBroken
	}
	return nil
}
