package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// auditExport writes entries to the output as they come, whatever their number.
type auditExport struct {
	auditSource
	MchID string `name:"mchid" help:"auditmchid" placeholder:"MCHID"`
	All   bool   `help:"auditall"`
	Heads bool   `help:"auditheads"`
}

// told is after how many entries progress is told again.
const told = 100_000

// Run implements the command.
func (x *auditExport) Run(c *term.Command) error {
	return x.ask(c, func(a auditor) error {
		if x.Heads {
			return x.heads(c, a)
		}
		return x.entries(c, a)
	})
}

// heads writes the ends of all chains.
func (x *auditExport) heads(c *term.Command, a auditor) error {
	if x.Output == "csv" {
		if err := term.PrintCSV(c.Out, [][]string{{"mchid", "place", "hash"}}); err != nil {
			return err
		}
	}
	count := 0
	err := x.eachHead(c, a, func(h *manage.AuditHead) error {
		count++
		if x.Output == "csv" {
			return term.PrintCSV(c.Out, [][]string{{h.MchID, strconv.FormatInt(h.Place, 10), h.Hash}})
		}
		return printLine(c, h)
	})
	c.Say("导出 %d 个链尾", "Exported %d heads.", count)
	return err
}

// eachHead calls each for the end of every chain.
func (x *auditExport) eachHead(c *term.Command, a auditor, each func(*manage.AuditHead) error) error {
	req := &manage.AuditHeadsRequest{}
	for {
		list, err := a.AuditHeads(c.Ctx, req)
		if err != nil {
			return err
		}
		for i := range list.Heads {
			if err := each(&list.Heads[i]); err != nil {
				return err
			}
		}
		if req.After = list.Next; list.Next == "" {
			return nil
		}
	}
}

// entries writes the entries of one chain, or of all.
func (x *auditExport) entries(c *term.Command, a auditor) error {
	chains := []string{x.MchID}
	if x.All {
		chains = nil
		if err := x.eachHead(c, a, func(h *manage.AuditHead) error {
			chains = append(chains, h.MchID)
			return nil
		}); err != nil {
			return err
		}
	}
	if x.Output == "csv" {
		if err := term.PrintCSV(c.Out, [][]string{entryColumns()}); err != nil {
			return err
		}
	}
	count := int64(0)
	for _, mchid := range chains {
		if err := x.chain(c, a, mchid, &count); err != nil {
			return err
		}
	}
	c.Say("导出 %d 条审计记录", "Exported %d audit entries.", count)
	return nil
}

// chain writes the entries of one chain, up to where it ended when the export began.
func (x *auditExport) chain(c *term.Command, a auditor, mchid string, count *int64) error {
	req := &manage.ExportAuditRequest{MchID: mchid}
	for end := int64(-1); ; {
		piece, err := a.ExportAudit(c.Ctx, req)
		if err != nil {
			return err
		}
		if end < 0 {
			end = piece.Head.Place
		}
		for i := range piece.Entries {
			e := &piece.Entries[i]
			if e.Place > end {
				return nil
			}
			if err := x.write(c, e); err != nil {
				return err
			}
			req.After = e.Place
			if *count++; *count%told == 0 {
				c.Say("已导出 %d 条（%s：%d/%d）", "%d exported (%s: %d of %d)", *count, mchid, e.Place, end)
			}
		}
		if len(piece.Entries) == 0 || req.After >= end {
			return nil
		}
	}
}

func (x *auditExport) write(c *term.Command, e *manage.AuditEntry) error {
	if x.Output != "csv" {
		return printLine(c, e)
	}
	return term.PrintCSV(c.Out, [][]string{{
		e.MchID, strconv.FormatInt(e.Place, 10), e.Time.String(), e.Actor, e.Action, e.Object, e.RequestID, e.Before, e.After,
		strconv.FormatInt(e.Coupons, 10), strconv.FormatInt(e.FirstID, 10), strconv.FormatInt(e.LastID, 10), e.Digest, e.Hash,
	}})
}

func entryColumns() []string {
	return []string{
		"mchid", "place", "time", "actor", "action", "object", "request_id", "before", "after",
		"coupons", "first_id", "last_id", "digest", "hash",
	}
}

// printLine writes a value as one line of JSON.
func printLine(c *term.Command, value any) error {
	encoder := json.NewEncoder(c.Out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// joined is the error of work, and of what ends it.
func joined(err error, done func() error) error { return errors.Join(err, done()) }

// errKept refuses a file that has no seals.
func errKept(path string, line int) error {
	at := path + ":" + strconv.Itoa(line)
	return fault.New(fault.Refused,
		at+" 不是链尾或审计记录（每行一个JSON，含place与hash）",
		at+" is neither a head nor an audit entry: one JSON object per line, with place and hash.")
}
