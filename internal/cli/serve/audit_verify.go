package serve

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire/manage"
)

// auditVerify proves the audit of a database.
type auditVerify struct {
	Data     string `help:"auditprove" placeholder:"DIR" type:"path" xor:"from" required:""`
	Database string `help:"auditdirect" placeholder:"URL" xor:"from" required:""`
	Config   string `help:"config" placeholder:"FILE" type:"path" xor:"from" required:""`
	Heads    string `help:"auditkept" placeholder:"FILE" type:"path"`
}

// errTampered ends the command when the audit is not what was sealed.
var errTampered = fault.New(fault.Refused,
	"审计记录与封存时不一致，请保留现场并调查",
	"The audit is not as it was sealed. Keep it as it is and investigate.")

// Run implements the command.
func (v *auditVerify) Run(c *term.Command) error {
	from, err := databaseOf(c, v.Data, v.Database, v.Config)
	if err != nil {
		return err
	}
	kept, err := readKept(v.Heads)
	if err != nil {
		return err
	}
	next := int64(told)
	report, err := server.VerifyAudit(c.Ctx, from, kept, func(entries int64) {
		if entries >= next {
			c.Say("已检验 %d 条", "%d entries looked at", entries)
			next = entries + told
		}
	})
	if err != nil {
		return err
	}
	for i := range report.Unsealed {
		e := &report.Unsealed[i]
		c.Say("未封存：%s %s %s %s %s", "not sealed: %s %s %s %s %s",
			chainName(c, string(e.Owner)), e.At.Format(time.RFC3339), e.Actor, e.Action, e.Object)
	}
	for _, f := range report.Findings {
		c.Say("%s 第 %d 条：%s", "%s, entry %d: %s", chainName(c, string(f.Owner)), f.Place, flawName(c, f.Flaw))
	}
	if _, err := fmt.Fprintf(c.Out, c.Choose("审计链 %d 条，记录 %d 条，与留存比对 %d 条，未封存 %d 条，异常 %d 处\n",
		"%d chains, %d entries, %d compared with what was kept, %d not sealed, %d wrong\n"),
		report.Chains, report.Entries, report.Compared, len(report.Unsealed), len(report.Findings)); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if !report.Sound() {
		return errTampered
	}
	return nil
}

// chainName is whose chain it is.
func chainName(c *term.Command, mchid string) string {
	if mchid == "" {
		return c.Choose("服务器自身", "the server itself")
	}
	return mchid
}

func flawName(c *term.Command, f trail.Flaw) string {
	return map[trail.Flaw]string{
		trail.FlawMissing:   c.Choose("缺失", "missing"),
		trail.FlawAltered:   c.Choose("内容或位置被改动", "its content or its place was changed"),
		trail.FlawAdded:     c.Choose("多出来的，未经封存", "added, and never sealed"),
		trail.FlawRewritten: c.Choose("与库外留存的不同，整条链被重写", "not what was kept outside: the chain was written anew"),
	}[f]
}

// readKept reads seals that were kept outside: heads or entries, one JSON object a line.
func readKept(path string) (kept []trail.Head, err error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Refused, "无法读取 "+path, "Cannot read "+path+".")
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	const longest = 1 << 20
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		var h manage.AuditHead
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil || h.Place < 1 {
			return nil, errKept(path, n)
		}
		hash, err := trail.ParseHash(h.Hash)
		if err != nil {
			return nil, errKept(path, n)
		}
		kept = append(kept, trail.Head{Owner: merchant.ID(h.MchID), Seal: trail.Seal{Place: h.Place, Hash: hash}})
	}
	if err := lines.Err(); err != nil {
		return nil, fault.New(fault.Refused, "无法读取 "+path+"："+err.Error(), "Cannot read "+path+": "+err.Error())
	}
	return kept, nil
}
