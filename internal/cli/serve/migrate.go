package serve

import (
	"fmt"
	"strings"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/server"
)

// Migrate prepares a database for another way to be kept.
type Migrate struct {
	Distribute migrateDistribute `cmd:"" help:"migratedistribute"`
}

// MigrateTexts are the help of the commands about databases, in Chinese and English, by their keys.
func MigrateTexts() map[string][2]string {
	return map[string][2]string{
		"migrate": {"为数据库换一种存放方式作准备", "Prepare a database for another way to be kept."},
		"migratedistribute": {
			"打印把PostgreSQL数据库按商户分布到Citus各节点的SQL，交由psql执行；不改动任何数据",
			"Print the SQL that spreads a database on PostgreSQL over the nodes of Citus, by merchant, for psql. Nothing is changed.",
		},
		"migratename":   {"数据库的名称", "Name of the database."},
		"migrateshards": {"分片数，以后节点再多也多不过它", "How many shards: there can never be more nodes than these."},
	}
}

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
