// Package cli is the command line: it parses arguments, runs a command and says in the
// user's language what went wrong. It talks to servers through package client only.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	flag "github.com/spf13/pflag"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/fault"
)

// Exit codes.
const (
	exitDone = 0
	// exitFailed is a command that could not do what it was told, or an answer
	// that is not a success.
	exitFailed = 1
	// exitUsage is a command line that makes no sense.
	exitUsage = 2
)

// IO is what a command reads, writes and goes by.
type IO struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// English addresses people in English instead of Chinese.
	English bool
	// StateDir is where running sandboxes are found.
	StateDir string
	Clock    clock.Clock
	// Env returns an environment variable, empty when it is not set.
	Env func(name string) string
	// Width is how many columns the terminal has; 0 when the output goes elsewhere.
	Width int
	// Bold makes headings stand out.
	Bold bool
	// Started is when the process began.
	Started time.Time
}

// command is what every command gets.
type command struct {
	IO
	root    *cobra.Command
	grammar *term.Grammar
	ctx     context.Context //nolint:containedctx // one command, one context: it is handed over by the parser.
}

// say prints a line for people: on the error stream, so that the output stays clean.
func (c *command) say(zh, en string, args ...any) {
	_, _ = fmt.Fprintf(c.Err, c.choose(zh, en)+"\n", args...)
}

func (c *IO) choose(zh, en string) string {
	if c.English {
		return en
	}
	return zh
}

// grammar is the command line. Help lists the commands of a group in this order.
type grammar struct {
	Dev          devCommand          `cmd:"" group:"start" help:"dev"`
	Demo         demoCommand         `cmd:"" group:"start" help:"demo"`
	Env          envCommand          `cmd:"" group:"start" help:"env"`
	Run          runCommand          `cmd:"" group:"start" help:"run"`
	Context      contextCommand      `cmd:"" group:"start" help:"context"`
	Get          getCommand          `cmd:"" group:"call" help:"get"`
	Post         postCommand         `cmd:"" group:"call" help:"post"`
	Patch        patchCommand        `cmd:"" group:"call" help:"patch"`
	Delete       deleteCommand       `cmd:"" group:"call" help:"delete"`
	Sign         signCommand         `cmd:"" group:"call" help:"sign"`
	Explain      explainCommand      `cmd:"" group:"call" help:"explain"`
	Errors       errorsCommand       `cmd:"" group:"call" help:"errors"`
	Logs         logsCommand         `cmd:"" group:"call" help:"logs"`
	Stocks       stocksCommand       `cmd:"" group:"product" help:"stocks"`
	Codes        codesCommand        `cmd:"" group:"product" help:"codes"`
	Coupons      couponsCommand      `cmd:"" group:"product" help:"coupons"`
	Vouchers     vouchersCommand     `cmd:"" group:"product" help:"vouchers"`
	Partnerships partnershipsCommand `cmd:"" group:"product" help:"partnerships"`
	Images       imagesCommand       `cmd:"" group:"product" help:"images"`
	Bills        billsCommand        `cmd:"" group:"product" help:"bills"`
	Pay          payCommand          `cmd:"" group:"product" help:"pay"`
	Callbacks    callbacksCommand    `cmd:"" group:"callback" help:"callbacks"`
	Listen       listenCommand       `cmd:"" group:"callback" help:"listen"`
	Trigger      triggerCommand      `cmd:"" group:"callback" help:"trigger"`
	Deliveries   deliveriesCommand   `cmd:"" group:"callback" help:"deliveries"`
	Clock        clockCommand        `cmd:"" group:"sandbox" help:"clock"`
	Faults       faultsCommand       `cmd:"" group:"sandbox" help:"faults"`
	Scenario     scenarioCommand     `cmd:"" group:"sandbox" help:"scenario"`
	Snapshot     snapshotCommand     `cmd:"" group:"sandbox" help:"snapshot"`
	Bench        benchCommand        `cmd:"" group:"sandbox" help:"bench"`
	Serve        serveCommand        `cmd:"" group:"server" help:"serve"`
	Status       statusCommand       `cmd:"" group:"server" help:"status"`
	Check        checkCommand        `cmd:"" group:"server" help:"check"`
	Merchants    merchantsCommand    `cmd:"" group:"server" help:"merchants"`
	Keys         keysCommand         `cmd:"" group:"server" help:"keys"`
	Users        usersCommand        `cmd:"" group:"server" help:"users"`
	Balances     balancesCommand     `cmd:"" group:"server" help:"balances"`
	Orders       ordersCommand       `cmd:"" group:"server" help:"orders"`
	Cards        cardsCommand        `cmd:"" group:"server" help:"cards"`
	Version      versionCommand      `cmd:"" group:"program" help:"version"`
	Completion   completionCommand   `cmd:"" group:"program" help:"completion"`
	Man          manCommand          `cmd:"" group:"program" help:"man"`
	Complete     completeCommand     `cmd:"" hidden:"" help:"completion"`
}

// groups are the headings of the guide.
func (c *IO) groups() []*cobra.Group {
	return []*cobra.Group{
		{ID: "start", Title: c.choose("入门", "Start")},
		{ID: "call", Title: c.choose("调用与诊断", "Call and diagnose")},
		{ID: "product", Title: c.choose("营销产品", "Products")},
		{ID: "callback", Title: c.choose("回调通知", "Callbacks")},
		{ID: "sandbox", Title: c.choose("沙箱控制", "Control the sandbox")},
		{ID: "server", Title: c.choose("服务与管理", "Run and manage a server")},
		{ID: "program", Title: c.choose("其他", "Other")},
	}
}

// tree is the command line as the library takes it.
func (c *command) tree() *cobra.Command {
	g := &term.Grammar{Texts: helpTexts(), English: c.English, Env: c.Env, Run: func(spec any) error {
		return spec.(interface{ Run(c *command) error }).Run(c)
	}}
	root := &cobra.Command{
		Use: "favord", Version: version(), SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		Short: c.choose(
			"惠券台：与微信支付APIv3营销接口兼容的沙箱与券引擎",
			"A sandbox and coupon engine, compatible with the marketing interfaces of WeChat Pay APIv3"),
		Args:              term.Unknown,
		RunE:              func(*cobra.Command, []string) error { return flag.ErrHelp },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddGroup(c.groups()...)
	root.Flags().BoolP("help", "h", false, "")
	root.Flags().Bool("version", false, "")
	root.SetVersionTemplate(versionLine())
	root.SetFlagErrorFunc(term.FlagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { c.help(g, cmd) })
	root.SetHelpCommand(c.helpCommand())
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	g.Add(root, &grammar{})
	c.root, c.grammar = root, g
	return root
}

// help prints the help of a command, for a terminal as wide as the user's.
func (c *command) help(g *term.Grammar, cmd *cobra.Command) {
	const usual = 100 // columns, where there is no terminal
	t := term.Table{Width: cmp.Or(c.Width, usual), Bold: c.Bold}
	if cmd.HasParent() {
		_, _ = fmt.Fprint(c.Out, g.Help(cmd, t))
		return
	}
	_, _ = fmt.Fprint(c.Out, g.Guide(cmd, t))
}

// helpCommand is another way to write --help.
func (c *command) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help", Hidden: true, Short: c.choose("查看用法", "Show help."),
		RunE: func(help *cobra.Command, args []string) error {
			cmd, rest, err := help.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return term.Unknown(cmd, rest)
			}
			return cmd.Help()
		},
	}
}

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, args []string, streams IO) int {
	c := &command{IO: streams, ctx: ctx}
	root := c.tree()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if code, is := errors.AsType[ended](err); is {
		return int(code)
	}
	if wrong, is := errors.AsType[*term.Usage](err); is {
		_, _ = fmt.Fprintln(c.Err, "favord:", c.choose(wrong.ZH, wrong.EN))
		_, _ = fmt.Fprintln(c.Err, c.choose("执行 favord --help 查看用法", "See favord --help."))
		return exitUsage
	}
	if err != nil {
		c.report(err)
		return exitFailed
	}
	return exitDone
}

// errReported ends a command that has already said what is wrong.
var errReported = errors.New("reported")

func (c *command) report(err error) {
	if errors.Is(err, errReported) {
		return
	}
	message := err.Error()
	if refusal := new(fault.Error); errors.As(err, &refusal) {
		message = c.choose(refusal.Text.ZH, refusal.Text.EN)
	}
	_, _ = fmt.Fprintln(c.Err, "favord:", message)
}
