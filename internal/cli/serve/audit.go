package serve

import (
	"context"
	"log/slog"
	"os/user"
	"strconv"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire/manage"
)

// Audit shows who changed what, and proves that nobody changed that.
type Audit struct {
	List   auditList   `cmd:"" default:"withargs" help:"auditlist"`
	Show   auditShow   `cmd:"" help:"auditshow"`
	Export auditExport `cmd:"" help:"auditexport"`
	Verify auditVerify `cmd:"" help:"auditverify"`
}

// AuditTexts are the help of the commands about the audit, in Chinese and English, by their keys.
func AuditTexts() map[string][2]string {
	return map[string][2]string{
		"audit":     {"审计：谁改了什么，并证明记录未被篡改", "Show who changed what, and prove that nobody changed that."},
		"auditlist": {"列出审计记录（缺省命令），最新在前", "List audit entries, newest first (the default command)."},
		"auditshow": {"查看一条审计记录及其证明", "Show an audit entry with its proof."},
		"auditexport": {
			"导出审计记录：每行一个JSON，或CSV（-o csv）；导出本身也记入审计",
			"Export audit entries as JSON Lines, or as CSV (-o csv). The audit records the export.",
		},
		"auditverify": {"证明审计链完整；可在服务运行时执行", "Prove the chains of the audit; a server may be running."},
		"auditdata":   {"直接读取该数据目录（须先停止服务）", "Read this data directory directly; stop its server first."},
		"auditdirect": {"直接读取该数据库（PostgreSQL URL）", "Read this database directly (PostgreSQL URL)."},
		"auditprove":  {"数据目录", "Data directory."},
		"auditmchid": {
			"商户号；缺省为服务器自身的审计（管理员、令牌、导出）",
			"Merchant; defaults to the server's own audit (operators, tokens, exports).",
		},
		"auditactor": {"只看该操作者，如 operator:alice", "Show only this actor, such as operator:alice."},
		"auditaction": {
			"只看该操作，如 busifavor.coupons.use 或 manage.stocks.*",
			"Show only this action, such as busifavor.coupons.use or manage.stocks.*.",
		},
		"auditobject":  {"只看该对象，如 stock/1282070000000017", "Show only this object, such as stock/1282070000000017."},
		"auditrequest": {"只看该请求编号（应答头 Request-ID）", "Show only this Request-ID of an answer."},
		"auditbelow":   {"从该位置之前继续列", "Continue below this place."},
		"auditlimit":   {"最多列出多少条（1至1000）", "Maximum number to list (1 to 1000)."},
		"auditplace":   {"记录在链中的位置", "Place of the entry in its chain."},
		"auditall":     {"导出全部商户与服务器自身的审计", "Export the audits of all merchants and of the server itself."},
		"auditheads": {
			"只导出各链的链尾，供在库外留存、日后比对",
			"Export only the ends of the chains, to be kept outside and compared later.",
		},
		"auditkept": {"与库外留存的链尾或导出文件比对", "Compare with heads, or with an export, that were kept outside."},
	}
}

// auditSource is where an audit is read: at a management port or, directly, in a database.
type auditSource struct {
	term.Managed
	Data     string `help:"auditdata" placeholder:"DIR" type:"path" xor:"from"`
	Database string `help:"auditdirect" placeholder:"URL" xor:"from"`
	Config   string `help:"config" placeholder:"FILE" type:"path" xor:"from"`
}

// auditor is who answers: a server, or the database itself.
type auditor interface {
	AuditEntries(ctx context.Context, req *manage.ListAuditRequest) (*manage.AuditList, error)
	AuditEntry(ctx context.Context, req *manage.GetAuditRequest) (*manage.AuditProof, error)
	ExportAudit(ctx context.Context, req *manage.ExportAuditRequest) (*manage.ExportedAudit, error)
	AuditHeads(ctx context.Context, req *manage.AuditHeadsRequest) (*manage.AuditHeadList, error)
}

// open returns who answers, and what is to be called in the end.
func (s *auditSource) open(c *term.Command) (auditor, func() error, error) {
	if s.Data == "" && s.Database == "" && s.Config == "" {
		m, err := s.Client(c)
		return m, func() error { return nil }, err
	}
	from, err := databaseOf(c, s.Data, s.Database, s.Config)
	if err != nil {
		return nil, nil, err
	}
	direct, err := server.OpenAudit(c.Ctx, from, "shell:"+userName())
	if err != nil {
		return nil, nil, err
	}
	return direct, direct.Close, nil
}

// databaseOf says which database flags name, whatever it is for.
func databaseOf(c *term.Command, data, database, file string) (server.Config, error) {
	from := server.Config{DataDir: data, Database: database, Connections: devConnections}
	if file != "" {
		s, err := config.LoadServe(file)
		if err != nil {
			return server.Config{}, err
		}
		from = serverConfig(&s)
	}
	from.Clock, from.Log = c.Clock, slog.New(slog.DiscardHandler)
	return from, nil
}

// userName is who uses this machine, as far as it says.
func userName() string {
	who, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return who.Username
}

type (
	auditList struct {
		auditSource
		MchID     string `name:"mchid" help:"auditmchid" placeholder:"MCHID"`
		Actor     string `help:"auditactor" placeholder:"NAME"`
		Action    string `help:"auditaction" placeholder:"ID"`
		Object    string `help:"auditobject" placeholder:"OBJECT"`
		RequestID string `name:"request-id" help:"auditrequest" placeholder:"ID"`
		Since     string `help:"deliverysince" placeholder:"TIME"`
		Until     string `help:"deliveryuntil" placeholder:"TIME"`
		Below     int64  `help:"auditbelow" placeholder:"PLACE"`
		Limit     int64  `short:"n" help:"auditlimit" default:"20"`
	}
	auditShow struct {
		auditSource
		MchID string `name:"mchid" help:"auditmchid" placeholder:"MCHID"`
		Place int64  `arg:"" help:"auditplace"`
	}
)

// Run implements the command.
func (l *auditList) Run(c *term.Command) error {
	req := &manage.ListAuditRequest{
		MchID: l.MchID, Actor: l.Actor, Action: l.Action, Object: l.Object, RequestID: l.RequestID, Below: l.Below, Limit: &l.Limit,
	}
	var err error
	if req.From, err = c.Moment(l.Since); err != nil {
		return err
	}
	if req.Until, err = c.Moment(l.Until); err != nil {
		return err
	}
	return l.ask(c, func(a auditor) error {
		list, err := a.AuditEntries(c.Ctx, req)
		if err != nil {
			return err
		}
		if err := l.Output.Print(c, list, auditColumns(c), auditRows(list.Entries)); err != nil {
			return err
		}
		tellClock(c, a, l.MchID)
		if list.Next > 0 {
			c.Say("更早的记录：--below %d", "Earlier entries: --below %d", list.Next)
		}
		return nil
	})
}

// ask opens the source, asks, and closes it.
func (s *auditSource) ask(c *term.Command, question func(auditor) error) error {
	a, done, err := s.open(c)
	if err != nil {
		return err
	}
	return term.Refused(c, joined(question(a), done))
}

// Run implements the command.
func (s *auditShow) Run(c *term.Command) error {
	return s.ask(c, func(a auditor) error {
		shown, err := a.AuditEntry(c.Ctx, &manage.GetAuditRequest{MchID: s.MchID, Place: s.Place})
		if err != nil {
			return err
		}
		defer tellClock(c, a, s.MchID)
		return s.Output.Print(c, shown, []string{c.Choose("项目", "FIELD"), c.Choose("内容", "VALUE")}, proofRows(c, shown))
	})
}

func auditColumns(c *term.Command) []string {
	return []string{
		c.Choose("位置", "PLACE"), c.Choose("时间", "TIME"), c.Choose("操作者", "ACTOR"), c.Choose("操作", "ACTION"), c.Choose("对象", "OBJECT"),
		c.Choose("请求编号", "REQUEST ID"),
	}
}

func auditRows(entries []manage.AuditEntry) (rows [][]string) {
	for i := range entries {
		e := &entries[i]
		rows = append(rows, []string{placeOf(e), e.Time.String(), e.Actor, e.Action, e.Object, e.RequestID})
	}
	return rows
}

// placeOf is the place of an entry; it has none until it is sealed.
func placeOf(e *manage.AuditEntry) string {
	if e.Place == 0 {
		return "-"
	}
	return strconv.FormatInt(e.Place, 10)
}

func proofRows(c *term.Command, p *manage.AuditProof) [][]string {
	e := &p.Entry
	verdict := c.Choose("与封存时一致", "as it was sealed")
	if !p.Sound {
		verdict = c.Choose("与封存时不一致", "not as it was sealed")
	}
	rows := [][]string{
		{c.Choose("位置", "place"), placeOf(e)},
		{c.Choose("商户号", "merchant"), e.MchID},
		{c.Choose("时间", "time"), e.Time.String()},
		{c.Choose("操作者", "actor"), e.Actor},
		{c.Choose("操作", "action"), e.Action},
		{c.Choose("对象", "object"), e.Object},
		{c.Choose("请求编号", "request id"), e.RequestID},
		{c.Choose("变更前", "before"), e.Before},
		{c.Choose("变更后", "after"), e.After},
	}
	if e.Coupons > 0 {
		span := strconv.FormatInt(e.FirstID, 10) + "…" + strconv.FormatInt(e.LastID, 10)
		rows = append(rows,
			[]string{c.Choose("券", "coupons"), strconv.FormatInt(e.Coupons, 10) + "  " + span},
			[]string{c.Choose("券摘要", "digest"), e.Digest})
	}
	return append(rows,
		[]string{c.Choose("前一条的哈希", "previous"), p.Previous}, []string{c.Choose("哈希", "hash"), e.Hash},
		[]string{c.Choose("证明", "proof"), verdict})
}
