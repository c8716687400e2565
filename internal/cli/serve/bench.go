package serve

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/load"
	"github.com/favord/favord/internal/sandbox"
)

// Bench puts load on a server and prints what it bore.
type Bench struct {
	term.Final
	Scenario string        `help:"benchscenario" enum:"hot,flash,stocks,mixed,repeats,overload" default:"hot"`
	Rate     float64       `help:"benchrate" placeholder:"N"`
	Duration time.Duration `help:"benchduration" default:"5s"`
	Clients  int           `help:"benchclients" default:"64"`
	EnvFile  string        `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	BaseURL  string        `name:"base-url" help:"benchurl" placeholder:"URL"`
	Remote   bool          `help:"benchremote"`
}

// BenchTexts are the texts of --help for this command.
func BenchTexts() map[string][2]string {
	zh, en := "场景：", "Scenario:"
	for _, s := range load.Scenarios() {
		zh += fmt.Sprintf("%s（%s）；", s.Name, s.Title.ZH)
		en += fmt.Sprintf(" %s (%s);", s.Name, s.Title.EN)
	}
	return map[string][2]string{
		"benchscenario": {strings.TrimSuffix(zh, "；"), strings.TrimSuffix(en, ";") + "."},
		"benchrate":     {"每秒到达的请求数；缺省为各客户端收到应答后立即再发", "Requests per second, sent on schedule; if omitted, each client sends its next request as soon as it gets an answer."},
		"benchduration": {"压测时长，最长2分钟", "Length of the run, at most 2 minutes."},
		"benchclients":  {"同时在途的请求数上限，最多4000", "Maximum number of requests in flight, at most 4,000."},
		"benchurl":      {"改用此地址", "Send to this URL instead."},
		"benchremote":   {"允许压测本机以外的服务", "Allow a server on another machine."},
	}
}

// Run implements the command.
func (b *Bench) Run(c *term.Command) error {
	environment, err := c.Environment(term.Whom{File: b.EnvFile, APIURL: b.BaseURL})
	if err != nil {
		return err
	}
	if !b.Remote && !isLoopback(environment.APIURL) {
		return fault.New(fault.Refused,
			fmt.Sprintf("%s 不在本机；确需压测请加 --remote", environment.APIURL),
			fmt.Sprintf("%s is not on this machine; to test it anyway, add --remote.", environment.APIURL))
	}
	target, err := target(c, &environment)
	if err != nil {
		return err
	}
	plan := load.Plan{Rate: b.Rate, Duration: b.Duration, Clients: b.Clients}
	report, err := load.Play(c.Ctx, target, b.Scenario, plan, load.Options{
		Say: func(text fault.Text) { c.Say("%s", "%s", c.Choose(text.ZH, text.EN)) },
	})
	if err != nil {
		return err
	}
	if err := printLoad(c, report); err != nil {
		return err
	}
	return conclude(c, report, &environment)
}

// isLoopback reports an address that leads to this machine.
func isLoopback(link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// target is the server of an environment, and the merchant who calls it.
func target(c *term.Command, e *sandbox.Environment) (load.Target, error) {
	caller, err := c.NewClient(e, "", nil)
	if err != nil {
		return load.Target{}, err
	}
	signer, err := term.SignerOf(e)
	if err != nil {
		return load.Target{}, err
	}
	return load.Target{
		BaseURL: e.APIURL, Credential: apiv3.Credential{Identity: e.MchID, Signer: signer},
		Client: caller, AppID: e.AppID, Clock: c.Clock,
	}, nil
}

// printLoad prints what was measured, and what the server answered.
func printLoad(c *term.Command, r *load.Report) error {
	var speeds, answers [][]string
	for _, phase := range r.Phases {
		result := phase.Result
		speeds = append(speeds, []string{
			offered(result.Plan), rounded(result.PerSecond()), rounded(result.GoodPerSecond()),
			milliseconds(result.Latency(0.5)), milliseconds(result.Latency(0.99)), milliseconds(result.Latency(0.999)), milliseconds(result.Latency(1)),
			fmt.Sprint(result.Unsent), fmt.Sprint(result.Unanswered), phase.Name,
		})
		for _, a := range result.Answers() {
			answers = append(answers, []string{fmt.Sprint(a.Count), fmt.Sprint(a.Status), orDash(a.Code), phase.Name})
		}
	}
	t := c.Table()
	t.Right = true
	err := t.Write(c.Out, strings.Split(c.Choose("到达/秒 应答/秒 成功/秒 p50ms p99ms p99.9ms 最慢ms 未发出 无应答 阶段",
		"offered/s answered/s good/s p50ms p99ms p99.9ms maxms unsent unanswered phase"), " "), speeds)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(c.Out)
	return t.Write(c.Out, strings.Split(c.Choose("次数 状态 错误码 阶段", "calls status code phase"), " "), answers)
}

func rounded(perSecond float64) string { return fmt.Sprintf("%.0f", perSecond) }

func offered(p load.Plan) string {
	if p.Rate == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", p.Rate)
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// errUnproved ends the command when the server did not do what it said.
var errUnproved = fault.New(fault.Refused,
	"服务的记录与其应答不一致，请保留现场并检查",
	"The server's counts and its answers differ. Keep the data as it is and investigate.")

// conclude says what the load proved, and what to do next.
func conclude(c *term.Command, r *load.Report, e *sandbox.Environment) error {
	if o := r.Overload; o != nil {
		c.Say("能力 %.0f/秒，过载时 %.0f/秒（%.0f%%），%s", "capacity %.0f/s, under overload %.0f/s (%.0f %%), %s",
			o.Capacity, o.Goodput, 100*o.Goodput/o.Capacity, recovery(c, o.Recovered))
	}
	limited := 0
	for _, phase := range r.Phases {
		limited += phase.Result.RateLimited()
		if text := phase.Result.Broken; text != "" {
			c.Say("首个无应答的请求：%s", "First call without an answer: %s", text)
		}
	}
	if limited > 0 {
		c.Say("有%d个请求因超过文档规定的频率而得到429：用 favord dev --unlimited 启动沙箱，即不受此限",
			"%d calls got 429 because the sandbox applies the documented rate limits; start it with `favord dev --unlimited` to lift them.", limited)
	}
	holds := true
	for _, p := range r.Proofs {
		holds = holds && p.Holds
		c.Say("%s %s：%s", "%s %s: %s", map[bool]string{true: "✔", false: "✘"}[p.Holds], c.Choose(p.Title.ZH, p.Title.EN), orDash(c.Choose(p.Found.ZH, p.Found.EN)))
	}
	c.Say("下一步：停止沙箱，再执行 favord check --data %s 检验全部不变式（PostgreSQL用 --config）",
		"Next: stop the sandbox, then prove every invariant with `favord check --data %s` (on PostgreSQL: --config)",
		filepath.Dir(e.PrivateKeyFile))
	if !holds {
		return errUnproved
	}
	return nil
}

func recovery(c *term.Command, after time.Duration) string {
	if after < 0 {
		return c.Choose("此后未见恢复", "not seen to recover")
	}
	return c.Choose("此后", "recovered after ") + after.String() + c.Choose("恢复", "")
}
