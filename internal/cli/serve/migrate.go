package serve

import (
	"strconv"
	"strings"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Migrate shows and raises the schema of a database, and prepares one for another way to be kept.
type Migrate struct {
	Status     migrateStatus     `cmd:"" help:"migratestatus"`
	Up         migrateUp         `cmd:"" help:"migrateup"`
	Distribute migrateDistribute `cmd:"" help:"migratedistribute"`
}

// MigrateTexts are the help of the commands about the schema of a database, in Chinese and English,
// by their keys.
func MigrateTexts() map[string][2]string {
	return map[string][2]string{
		"migrate": {"数据库结构的版本与升级", "Show and raise the schema of a database."},
		"migratedistribute": {
			"打印把PostgreSQL数据库按商户分布到Citus各节点的SQL，交由psql执行；不改动任何数据",
			"Print the SQL that spreads a database on PostgreSQL over the nodes of Citus, by merchant, for psql. Nothing is changed.",
		},
		"migratename":   {"数据库的名称", "Name of the database."},
		"migrateshards": {"分片数，以后节点再多也多不过它", "How many shards: there can never be more nodes than these."},
		"migratestatus": {
			"查看数据库的结构版本、待执行的升级，以及本程序能否使用它（退出码0为能，1为不能）",
			"Show the schema, what is pending, and whether this program can use the database: exit code 0 if it can, 1 if not.",
		},
		"migrateup": {
			"把数据库升级到本程序的结构；首次启动时也会自动执行",
			"Raise the database to the schema of this program, as its first start does by itself.",
		},
	}
}

type (
	migrateStatus struct {
		oneDatabase
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	}
	migrateUp struct {
		oneDatabase
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
	}
)

// schemaShown is what the commands print.
type schemaShown struct {
	Schema int `json:"schema"`
	Known  int `json:"known"`
	// Usable says that this program can work with the database.
	Usable bool `json:"usable"`
	// Needs is the first release that can.
	Needs   string   `json:"needs,omitempty"`
	Pending []string `json:"pending"`
}

// Run implements the command.
func (m *migrateStatus) Run(c *term.Command) error {
	from, err := m.server(c)
	if err != nil {
		return err
	}
	schema, err := server.Schema(c.Ctx, from)
	if err != nil {
		return err
	}
	if err := printSchema(c, &m.Output, &schema); err != nil {
		return err
	}
	if !schema.Usable() {
		return term.ErrReported
	}
	return nil
}

// Run implements the command.
func (m *migrateUp) Run(c *term.Command) error {
	from, err := m.server(c)
	if err != nil {
		return err
	}
	if err := server.Migrate(c.Ctx, from); err != nil {
		return err
	}
	schema, err := server.Schema(c.Ctx, from)
	if err != nil {
		return err
	}
	return printSchema(c, &m.Output, &schema)
}

func printSchema(c *term.Command, output *term.Format, s *store.Schema) error {
	shown := schemaShown{Schema: s.Version, Known: s.Known, Usable: s.Usable(), Needs: s.Needs, Pending: append([]string{}, s.Pending...)}
	needs := c.Choose("任何版本", "any release")
	if s.Needs != "" {
		needs = c.Choose(s.Needs+"或更新", s.Needs+" or newer")
	}
	usable := map[bool]string{true: c.Choose("能", "yes"), false: c.Choose("不能", "no")}
	return output.Print(c, &shown,
		[]string{
			c.Choose("结构", "SCHEMA"), c.Choose("本程序支持到", "KNOWN"), c.Choose("本程序能否使用", "USABLE"),
			c.Choose("所需版本", "NEEDS"), c.Choose("待执行", "PENDING"),
		},
		[][]string{{strconv.Itoa(s.Version), strconv.Itoa(s.Known), usable[s.Usable()], needs, strings.Join(s.Pending, " ")}})
}
