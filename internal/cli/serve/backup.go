package serve

import (
	"path/filepath"
	"strconv"

	"github.com/favord/favord/internal/backup"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/schema"
)

// Backup makes archives of a database, proves them, and puts them back.
type Backup struct {
	Create  backupCreate  `cmd:"" help:"backupcreate"`
	List    backupList    `cmd:"" help:"backuplist"`
	Verify  backupVerify  `cmd:"" help:"backupverify"`
	Restore backupRestore `cmd:"" help:"backuprestore"`
	Prune   backupPrune   `cmd:"" help:"backupprune"`
}

// BackupTexts are the help of the commands about backups, in Chinese and English, by their keys.
func BackupTexts() map[string][2]string {
	return map[string][2]string{
		"backup":        {"备份与恢复SQLite数据库；服务照常运行", "Back up and restore a database on SQLite, while its server is at work."},
		"backupcreate":  {"制作一份备份", "Make a backup."},
		"backuplist":    {"列出目录中的备份", "List the backups of a directory."},
		"backupverify":  {"在临时目录中恢复一份备份并检验全部不变式", "Restore a backup into a temporary place and verify every invariant."},
		"backuprestore": {"把备份恢复到没有数据库的数据目录", "Restore a backup into a data directory that has no database."},
		"backupprune":   {"按保留规则删除旧备份", "Delete old backups by rules of retention."},
		"backupto":      {"备份文件，或存放备份的目录（按时间命名）", "File of the backup, or a directory, in which it is named by its time."},
		"backupfile":    {"备份文件", "File of the backup."},
		"backupdir":     {"存放备份的目录", "Directory with the backups."},
		"backupkeys":    {"另把密钥文件复制到这个新目录；不能与备份同处", "Also copy the key file, into this new directory, which must not be that of the backup."},
		"backupkeysfrom": {
			"把 create --keys 所存的密钥文件一并放回，已有的不覆盖",
			"Also put back the key files that create --keys wrote; none that is there is overwritten.",
		},
		"backupkeyfile": {"再检验此密钥文件能打开备份中的全部密钥", "Also verify that this key file opens every secret of the backup."},
		"backuptemp":    {"解开备份的临时目录，缺省为系统临时目录", "Where the backup is unpacked for the while; defaults to the system's temporary directory."},
		"backupinto":    {"沙箱的数据目录", "Data directory of a sandbox."},
		"keeplast":      {"保留最近N份", "Keep the latest N."},
		"keepdaily":     {"最近有备份的N天，每天保留最后一份", "Keep the last one of each of the latest N days that have any."},
		"keepweekly":    {"最近有备份的N周，每周保留最后一份", "Keep the last one of each of the latest N weeks that have any."},
		"keepmonthly":   {"最近有备份的N个月，每月保留最后一份", "Keep the last one of each of the latest N months that have any."},
		"backupdry":     {"只列出将删除的备份，不删除", "List what would be deleted, and delete nothing."},
	}
}

// place is whose database is meant: that of a sandbox, or of the server of a configuration.
type place struct {
	Data   string `help:"backupinto" placeholder:"DIR" type:"path" xor:"from" required:""`
	Config string `help:"config" placeholder:"FILE" type:"path" xor:"from" required:""`
}

type (
	backupCreate struct {
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
		To     string      `arg:"" help:"backupto" type:"path"`
		place
		Keys string `help:"backupkeys" placeholder:"DIR" type:"path"`
	}
	backupRestore struct {
		File string `arg:"" help:"backupfile" type:"path"`
		place
		Keys string `help:"backupkeysfrom" placeholder:"DIR" type:"path"`
	}
	backupVerify struct {
		File    string `arg:"" help:"backupfile" type:"path"`
		KeyFile string `help:"backupkeyfile" placeholder:"FILE" type:"path"`
		Temp    string `help:"backuptemp" placeholder:"DIR" type:"path"`
	}
)

// files are where the data and the keys of a server are.
type files struct {
	data string
	keys backup.Keys
}

func (p *place) files() (files, error) {
	if p.Config == "" {
		return files{data: p.Data, keys: backup.Keys{KeyFile: filepath.Join(p.Data, "kek"), DataDir: p.Data}}, nil
	}
	s, err := config.LoadServe(p.Config)
	if err != nil {
		return files{}, err
	}
	if s.Database.URL != "" {
		return files{}, fault.New(fault.Refused,
			"该服务使用PostgreSQL，请用pgBackRest等工具备份，见 docs/backup.zh-CN.md",
			"This server uses PostgreSQL: back it up with pgBackRest or the like, see docs/backup.md.")
	}
	f := files{data: s.Data, keys: backup.Keys{KeyFile: s.KeyFile}}
	if store.Mode(s.Mode) == store.Sandbox {
		f.keys.DataDir = s.Data
	}
	if f.keys.KeyFile == "" {
		f.keys.KeyFile = filepath.Join(s.Data, "kek")
	}
	return f, nil
}

// Run implements the command.
func (b *backupCreate) Run(c *term.Command) error {
	from, err := b.files()
	if err != nil {
		return err
	}
	order := backup.Order{DataDir: from.data, To: b.To, Version: term.Version(), Clock: c.Clock}
	if b.Keys != "" {
		order.Keys, order.KeysTo = from.keys, b.Keys
	}
	made, err := backup.Create(c.Ctx, order)
	if err != nil {
		return err
	}
	shown := shownBackup{
		File: made.Path, Bytes: made.Size, Mark: schema.TimeOf(made.Mark),
		Mode: string(made.Mode), Schema: made.Schema, Rows: made.Total(),
	}
	err = b.Output.Print(c, &shown, backupHeads(c), [][]string{shown.row()})
	if b.Keys == "" {
		c.Say("密钥文件 %s 不在备份中；没有它，备份中的密钥无法打开。请另行保管一份，或使用 --keys",
			"The key file %s is not in the backup, whose secrets open with nothing else: keep a copy elsewhere, or use --keys.",
			from.keys.KeyFile)
	}
	return err
}

// Run implements the command.
func (v *backupVerify) Run(c *term.Command) error {
	m, list, err := backup.Verify(c.Ctx, v.File, backup.Trial{TempDir: v.Temp, KeyFile: v.KeyFile, Clock: c.Clock})
	if err != nil {
		return err
	}
	if err := printInvariants(c, list); err != nil {
		return err
	}
	c.Say("备份完好：截至 %s 已应答的一切，共%d行，结构版本%d，版本 %s 制作",
		"The backup is whole: everything that was acknowledged before %s, %d rows, schema %d, made by %s.",
		schema.TimeOf(m.Mark).String(), m.Total(), m.Schema, m.Version)
	return nil
}

// Run implements the command.
func (r *backupRestore) Run(c *term.Command) error {
	to, err := r.files()
	if err != nil {
		return err
	}
	m, err := backup.Restore(c.Ctx, r.File, backup.Place{DataDir: to.data, Keys: to.keys, KeysFrom: r.Keys})
	if err != nil {
		return err
	}
	mark := schema.TimeOf(m.Mark).String()
	c.Say("已恢复到 %s：截至 %s 已应答的一切，共%d行", "Restored into %s: everything that was acknowledged before %s, %d rows.", to.data, mark, m.Total())
	c.Say("此后的发券、核销等均不存在：其请求单号视为新的，再次调用会重新执行；请与商户核对 %s 之后的记录",
		"What happened later is gone. Its request numbers count as new, so that a repeated call is carried out again: "+
			"reconcile with the merchants what they have since %s.", mark)
	c.Say("备份中尚未送达的通知会发送，其中此后已送达过的会再送一次，通知ID不变，商户按ID去重；此后产生的通知不会重发",
		"Callbacks that were not delivered yet are sent; those that were delivered since come once more, with the same id, "+
			"by which merchants know them. Callbacks about what is gone are not repeated.")
	c.Say("启动服务前请执行 favord check，并确认密钥文件 %s 在位",
		"Before you start the server, run favord check, and see that the key file %s is there.", to.keys.KeyFile)
	return nil
}

// shownBackup is a backup as commands print it.
type shownBackup struct {
	File   string      `json:"file"`
	Bytes  int64       `json:"bytes"`
	Mark   schema.Time `json:"mark,omitzero"`
	Mode   string      `json:"mode,omitempty"`
	Schema int         `json:"schema,omitempty"`
	Rows   int64       `json:"rows,omitempty"`
}

func backupHeads(c *term.Command) []string {
	return []string{
		c.Head("文件", "FILE"), c.Head("字节", "BYTES"), c.Head("截至", "MARK"),
		c.Head("用途", "MODE"), c.Head("结构版本", "SCHEMA"), c.Head("行数", "ROWS"),
	}
}

func (s *shownBackup) row() []string {
	return []string{s.File, strconv.FormatInt(s.Bytes, 10), s.Mark.String(), s.Mode, strconv.Itoa(s.Schema), strconv.FormatInt(s.Rows, 10)}
}
