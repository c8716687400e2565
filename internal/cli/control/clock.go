package control

import (
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Clock shows and moves the business time of a sandbox.
type Clock struct {
	Show    clockShow    `cmd:"" help:"clockshow"`
	Freeze  clockFreeze  `cmd:"" help:"clockfreeze"`
	Set     clockSet     `cmd:"" help:"clockset"`
	Advance clockAdvance `cmd:"" help:"clockadvance"`
	Resume  clockResume  `cmd:"" help:"clockresume"`
}

// ClockTexts are the help of the commands about the clock, in Chinese and English, by their keys.
func ClockTexts() map[string][2]string {
	return map[string][2]string{
		"clock":        {"查看、冻结、调整沙箱的业务时间（签名时间永远是真实时间）", "Show, freeze or move the sandbox's business time; signatures always use real time."},
		"clockshow":    {"查看业务时间", "Show the business time."},
		"clockfreeze":  {"冻结业务时间", "Freeze the business time, now or at a given time."},
		"clockset":     {"设定业务时间", "Set the business time."},
		"clockadvance": {"推进业务时间，如 24h、30m、7d；负数为回退", "Move the business time by 24h, 30m or 7d; a negative duration moves it back."},
		"clockresume":  {"回到真实时间；--keep 则从当前业务时间继续走", "Return to real time; with --keep, let a frozen clock run on from where it is."},
		"clockmchid":   {"只影响该商户；缺省影响所有商户", "Change the time of this merchant only; all merchants if omitted."},
		"clocktime":    {"时间（RFC 3339，或北京时间 2006-01-02 15:04:05）", "Time: RFC 3339, or 2006-01-02 15:04:05 in Beijing time."},
		"clockmoment":  {"时刻：midnight，或配合--stock、--coupon的 before-start、start、after-start、before-end、end、after-end", "Moment: midnight, or with --stock and --coupon before-start, start, after-start, before-end, end, after-end."},
		"clockstock":   {"批次号", "Stock the moment refers to."},
		"clockcoupon":  {"券code", "Coupon the moment refers to."},
		"clockspan":    {"时长", "Duration."},
		"clockkeep":    {"从当前业务时间继续走", "Run on from the current business time."},
	}
}

// whose is whose time a command concerns.
type whose struct {
	term.Managed
	MchID string `name:"mchid" help:"clockmchid" placeholder:"MCHID"`
}

// when names a time.
type when struct {
	Time   string `arg:"" optional:"" help:"clocktime"`
	At     string `help:"clockmoment" enum:",midnight,before-start,start,after-start,before-end,end,after-end" default:"" placeholder:"MOMENT"`
	Stock  string `help:"clockstock" placeholder:"ID"`
	Coupon string `help:"clockcoupon" placeholder:"CODE"`
}

type (
	clockShow   struct{ whose }
	clockFreeze struct {
		whose
		when
	}
	clockSet struct {
		whose
		when
	}
	clockAdvance struct {
		whose
		Span string `arg:"" help:"clockspan"`
	}
	clockResume struct {
		whose
		Keep bool `help:"clockkeep"`
	}
)

// Run implements the command.
func (k *clockShow) Run(c *term.Command) error {
	return k.run(c, func(m *client.Management) (*manage.Clock, error) {
		return m.Clock(c.Ctx, &manage.GetClockRequest{MchID: k.MchID})
	})
}

// Run implements the command.
func (k *clockFreeze) Run(c *term.Command) error { return k.move(c, "FREEZE", k.when) }

// Run implements the command.
func (k *clockSet) Run(c *term.Command) error { return k.move(c, "SET", k.when) }

// Run implements the command.
func (k *clockAdvance) Run(c *term.Command) error {
	span, err := term.ParseSpan(k.Span)
	if err != nil {
		return err
	}
	return k.change(c, manage.SetClockRequest{Action: "ADVANCE", Seconds: int64(span / time.Second)})
}

// Run implements the command.
func (k *clockResume) Run(c *term.Command) error {
	if k.Keep {
		return k.change(c, manage.SetClockRequest{Action: "RUN"})
	}
	return k.change(c, manage.SetClockRequest{Action: "RESUME"})
}

func (w *whose) move(c *term.Command, action string, to when) error {
	req := manage.SetClockRequest{Action: action, Moment: momentOf(to.At), StockID: to.Stock, CouponCode: to.Coupon}
	if to.Time != "" {
		at, err := term.ParseTime(to.Time)
		if err != nil {
			return err
		}
		req.Time = schema.TimeOf(at)
	}
	return w.change(c, req)
}

func (w *whose) change(c *term.Command, req manage.SetClockRequest) error {
	req.MchID = w.MchID
	return w.run(c, func(m *client.Management) (*manage.Clock, error) { return m.SetClock(c.Ctx, &req) })
}

func (w *whose) run(c *term.Command, call func(*client.Management) (*manage.Clock, error)) error {
	var own []string
	err := term.ManageRun(c, &w.Managed, call,
		[]string{c.Head("商户", "MERCHANT"), c.Head("状态", "STATE"), c.Head("业务时间", "BUSINESS TIME"), c.Head("真实时间", "REAL TIME")},
		func(k *manage.Clock) [][]string {
			own = k.OwnMchIDs
			who := k.MchID
			if who == "" {
				who = c.Choose("全部", "all")
			}
			return [][]string{{who, k.State, k.BusinessTime.String(), k.RealTime.String()}}
		})
	if len(own) > 0 {
		c.Say("另有自己业务时间的商户：%s（查看：favord clock show --mchid 商户号；取消：favord clock resume --mchid 商户号）",
			"With a time of their own: %s (see `favord clock show --mchid MCHID`, end it by `favord clock resume --mchid MCHID`)",
			strings.Join(own, " "))
	}
	return err
}

// momentOf turns after-end into AFTER_END.
func momentOf(flag string) string {
	upper := []byte(flag)
	for i, b := range upper {
		switch {
		case b == '-':
			upper[i] = '_'
		case b >= 'a' && b <= 'z':
			upper[i] = b - 'a' + 'A'
		}
	}
	return string(upper)
}
