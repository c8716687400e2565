package serve

import (
	"fmt"
	"strings"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/server"
)

type migrateDistribute struct {
	Name   string `help:"migratename" placeholder:"NAME" default:"favord"`
	Shards int    `help:"migrateshards" placeholder:"N" default:"32"`
}

// Run implements the command.
func (m *migrateDistribute) Run(c *term.Command) error {
	lines := []string{
		c.Choose("-- 在协调节点上以psql执行，期间停止全部favord节点；之后执行 favord check。",
			"-- For psql at the coordinator, with every node of favord stopped. Then run favord check."),
		`\set ON_ERROR_STOP on`,
	}
	for _, statement := range server.Distribution(m.Name, m.Shards) {
		lines = append(lines, statement+";")
	}
	_, err := fmt.Fprintln(c.Out, strings.Join(lines, "\n"))
	return err
}
