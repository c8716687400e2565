package serve

import (
	"errors"
	"strconv"

	"github.com/favord/favord/internal/backup"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/schema"
)

type (
	backupList struct {
		Output term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
		Dir    string      `arg:"" help:"backupdir" type:"path"`
	}
	backupPrune struct {
		Output      term.Format `short:"o" enum:"table,json,yaml,csv" default:"table" help:"output"`
		Dir         string      `arg:"" help:"backupdir" type:"path"`
		KeepLast    int         `help:"keeplast" placeholder:"N"`
		KeepDaily   int         `help:"keepdaily" placeholder:"N"`
		KeepWeekly  int         `help:"keepweekly" placeholder:"N"`
		KeepMonthly int         `help:"keepmonthly" placeholder:"N"`
		DryRun      bool        `help:"backupdry"`
	}
)

// listed is a backup in a list.
type listed struct {
	File  string      `json:"file"`
	Bytes int64       `json:"bytes"`
	Mark  schema.Time `json:"mark,omitzero"`
	// Problem says why it cannot be read.
	Problem string `json:"problem,omitempty"`
}

func printListed(c *term.Command, f term.Format, entries []backup.Entry, last string) error {
	list := []listed{}
	var rows [][]string
	for _, e := range entries {
		one := listed{File: e.Path, Bytes: e.Size}
		if e.Err != nil {
			one.Problem = c.Sentence(e.Err)
		} else {
			one.Mark = schema.TimeOf(e.Mark)
		}
		list = append(list, one)
		rows = append(rows, []string{one.File, strconv.FormatInt(one.Bytes, 10), one.Mark.String(), one.Problem})
	}
	return f.Print(c, list, []string{c.Head("文件", "FILE"), c.Head("字节", "BYTES"), c.Head("截至", "MARK"), last}, rows)
}

// Run implements the command.
func (l *backupList) Run(c *term.Command) error {
	list, err := backup.List(l.Dir)
	if err != nil {
		return err
	}
	return printListed(c, l.Output, list, c.Choose("问题", "PROBLEM"))
}

// Run implements the command.
func (p *backupPrune) Run(c *term.Command) error {
	list, err := backup.List(p.Dir)
	if err != nil {
		return err
	}
	old, err := backup.Keep{Last: p.KeepLast, Daily: p.KeepDaily, Weekly: p.KeepWeekly, Monthly: p.KeepMonthly}.Prune(list)
	if err != nil {
		return err
	}
	var errs []error
	for i := range old {
		if !p.DryRun {
			errs = append(errs, old[i].Remove())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if p.DryRun {
		c.Say("以下备份将被删除（未删除），其余%d份保留", "These would be deleted, and %d stay.", len(list)-len(old))
	} else {
		c.Say("以下备份已删除，其余%d份保留", "These were deleted, and %d stay.", len(list)-len(old))
	}
	return printListed(c, p.Output, old, "")
}
