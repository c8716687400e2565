package operate

import (
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Prune removes what has been kept long enough, or says what it would remove.
type Prune struct {
	term.Managed
	Kind   string `arg:"" optional:"" enum:"journal,deliveries,nonces,sessions,drafts,imports" help:"prunekind"`
	Keep   string `help:"prunekeep" placeholder:"SPAN"`
	DryRun bool   `help:"prunedry"`
}

// PruneTexts are the help of the command, in Chinese and English, by their keys.
func PruneTexts() map[string][2]string {
	return map[string][2]string{
		"prune": {
			"立即清理保留期已满的数据（服务平时会自行清理）；券、支付与审计永久保留",
			"Remove what has been kept long enough, at once; a server does so by itself. Coupons, payments and the audit are kept for good.",
		},
		"prunekind": {
			"journal（沙箱请求日志）、deliveries（已结束的回调）、nonces（签名随机串）、sessions（过期会话与令牌）、" +
				"drafts（久未保存的草稿）或imports（code文件的导入任务）；缺省为全部",
			"journal (requests of a sandbox), deliveries (callbacks that ended), nonces, " +
				"sessions (and tokens that are over), drafts, or imports of codes; all by default.",
		},
		"prunekeep": {
			"本次改用此保留时长，如36h或30d；须指明种类",
			"Keep for this span in place of the configured one, such as 36h or 30d; name a kind.",
		},
		"prunedry": {"只列出各类可清理的行数与最早时间，不清理", "Say how many rows of each kind would go and from when, and remove nothing."},
	}
}

// Run implements the command.
func (p *Prune) Run(c *term.Command) error {
	heads := []string{c.Head("种类", "kind"), c.Head("保留", "keep"), c.Head("行数", "rows"), c.Head("最早", "from")}
	return term.ManageRun(c, &p.Managed, func(m *client.Management) (*manage.Retention, error) {
		old, err := m.Retention(c.Ctx, &manage.RetentionRequest{Kind: p.Kind, Keep: p.Keep})
		if err != nil || p.DryRun {
			return old, err
		}
		for i := range old.Kinds {
			if err := p.remove(c, m, &old.Kinds[i]); err != nil {
				return nil, err
			}
		}
		return old, nil
	}, heads, func(old *manage.Retention) (rows [][]string) {
		if p.DryRun {
			c.Say("以下数据将被清理（未清理）", "These rows would be removed.")
		} else {
			c.Say("以下数据已清理", "These rows were removed.")
		}
		for i := range old.Kinds {
			k := &old.Kinds[i]
			from := ""
			if !k.First.IsZero() {
				from = k.First.String()
			}
			rows = append(rows, []string{k.Kind, k.Keep, strconv.FormatInt(k.Rows, 10), from})
		}
		return rows
	})
}

// remove removes a kind, in as many calls as it takes, and notes how many rows that were.
func (p *Prune) remove(c *term.Command, m *client.Management, k *manage.KeptKind) error {
	k.Rows = 0
	for more := true; more; {
		pruned, err := m.Prune(c.Ctx, &manage.PruneRequest{Kind: k.Kind, Keep: p.Keep})
		if err != nil {
			return err
		}
		k.Rows, more = k.Rows+pruned.Rows, pruned.More
		if more {
			c.Say("%s：已清理 %d 行", "%s: %d rows removed", k.Kind, k.Rows)
		}
	}
	return nil
}
