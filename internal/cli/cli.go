// Package cli is the command line: it parses arguments, runs a command and says in the
// user's language what went wrong. It talks to servers through package client only.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	flag "github.com/spf13/pflag"

	"github.com/favord/favord/internal/cli/call"
	"github.com/favord/favord/internal/cli/control"
	"github.com/favord/favord/internal/cli/operate"
	"github.com/favord/favord/internal/cli/product"
	"github.com/favord/favord/internal/cli/receive"
	"github.com/favord/favord/internal/cli/serve"
	"github.com/favord/favord/internal/cli/story"
	"github.com/favord/favord/internal/cli/term"
)

// grammar is the command line. Help lists the commands of a group in this order.
type grammar struct {
	Dev          serve.Dev            `cmd:"" group:"start" help:"dev"`
	Demo         story.Demo           `cmd:"" group:"start" help:"demo"`
	Env          envCommand           `cmd:"" group:"start" help:"env"`
	Run          call.Run             `cmd:"" group:"start" help:"run"`
	Context      contextCommand       `cmd:"" group:"start" help:"context"`
	Get          call.Get             `cmd:"" group:"call" help:"get"`
	Post         call.Post            `cmd:"" group:"call" help:"post"`
	Patch        call.Patch           `cmd:"" group:"call" help:"patch"`
	Delete       call.Delete          `cmd:"" group:"call" help:"delete"`
	Example      call.Example         `cmd:"" group:"call" help:"example"`
	Sign         call.Sign            `cmd:"" group:"call" help:"sign"`
	Explain      call.Explain         `cmd:"" group:"call" help:"explain"`
	Errors       call.Errors          `cmd:"" group:"call" help:"errors"`
	Logs         call.Logs            `cmd:"" group:"call" help:"logs"`
	Stocks       product.Stocks       `cmd:"" group:"product" help:"stocks"`
	Codes        product.Codes        `cmd:"" group:"product" help:"codes"`
	Coupons      product.Coupons      `cmd:"" group:"product" help:"coupons"`
	Vouchers     product.Vouchers     `cmd:"" group:"product" help:"vouchers"`
	Partnerships product.Partnerships `cmd:"" group:"product" help:"partnerships"`
	Images       product.Images       `cmd:"" group:"product" help:"images"`
	Bills        product.Bills        `cmd:"" group:"product" help:"bills"`
	Pay          product.Pay          `cmd:"" group:"product" help:"pay"`
	Payments     product.Payments     `cmd:"" group:"product" help:"payments"`
	Callbacks    receive.Callbacks    `cmd:"" group:"callback" help:"callbacks"`
	Listen       receive.Listen       `cmd:"" group:"callback" help:"listen"`
	Trigger      receive.Trigger      `cmd:"" group:"callback" help:"trigger"`
	Deliveries   receive.Deliveries   `cmd:"" group:"callback" help:"deliveries"`
	Clock        control.Clock        `cmd:"" group:"sandbox" help:"clock"`
	Faults       control.Faults       `cmd:"" group:"sandbox" help:"faults"`
	Scenario     control.Scenario     `cmd:"" group:"sandbox" help:"scenario"`
	Snapshot     control.Snapshot     `cmd:"" group:"sandbox" help:"snapshot"`
	Bench        serve.Bench          `cmd:"" group:"sandbox" help:"bench"`
	Serve        serve.Serve          `cmd:"" group:"server" help:"serve"`
	Config       serve.Config         `cmd:"" group:"server" help:"configs"`
	Status       serve.Status         `cmd:"" group:"server" help:"status"`
	Check        serve.Check          `cmd:"" group:"server" help:"check"`
	Migrate      serve.Migrate        `cmd:"" group:"server" help:"migrate"`
	Audit        serve.Audit          `cmd:"" group:"server" help:"audit"`
	Backup       serve.Backup         `cmd:"" group:"server" help:"backup"`
	Export       serve.Export         `cmd:"" group:"server" help:"export"`
	Prune        operate.Prune        `cmd:"" group:"server" help:"prune"`
	Keyfile      serve.KeyFile        `cmd:"" group:"server" help:"keyfile"`
	Merchants    operate.Merchants    `cmd:"" group:"server" help:"merchants"`
	Keys         operate.Keys         `cmd:"" group:"server" help:"keys"`
	Users        operate.Users        `cmd:"" group:"server" help:"users"`
	Operators    operate.Operators    `cmd:"" group:"server" help:"operators"`
	Tokens       operate.Tokens       `cmd:"" group:"server" help:"tokens"`
	Balances     operate.Balances     `cmd:"" group:"server" help:"balances"`
	Orders       operate.Orders       `cmd:"" group:"server" help:"orders"`
	Cards        operate.Cards        `cmd:"" group:"server" help:"cards"`
	Version      versionCommand       `cmd:"" group:"program" help:"version"`
	Completion   completionCommand    `cmd:"" group:"program" help:"completion"`
	Man          manCommand           `cmd:"" group:"program" help:"man"`
	Complete     completeCommand      `cmd:"" hidden:"" help:"completion"`
}

// groups are the headings of the guide.
func groups(c *term.Command) []*cobra.Group {
	return []*cobra.Group{
		{ID: "start", Title: c.Choose("入门", "Start")},
		{ID: "call", Title: c.Choose("调用与诊断", "Call and diagnose")},
		{ID: "product", Title: c.Choose("营销产品", "Products")},
		{ID: "callback", Title: c.Choose("回调通知", "Callbacks")},
		{ID: "sandbox", Title: c.Choose("沙箱控制", "Control the sandbox")},
		{ID: "server", Title: c.Choose("服务与管理", "Run and manage a server")},
		{ID: "program", Title: c.Choose("其他", "Other")},
	}
}

// tree is the command line as the library takes it.
func tree(c *term.Command) *cobra.Command {
	g := &term.Grammar{Texts: helpTexts(), English: c.English, Env: c.Env, Run: func(spec any) error {
		_, c.Final = spec.(interface{ IsFinal() })
		c.CSV = term.PrintsCSV(spec)
		return spec.(interface{ Run(c *term.Command) error }).Run(c)
	}}
	root := &cobra.Command{
		Use: "favord", Version: term.Version(), SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		Short: c.Choose(
			"惠券台：与微信支付APIv3营销接口兼容的沙箱与券引擎",
			"A sandbox and coupon engine, compatible with the marketing interfaces of WeChat Pay APIv3"),
		Args:              term.Unknown,
		RunE:              func(*cobra.Command, []string) error { return flag.ErrHelp },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddGroup(groups(c)...)
	root.Flags().BoolP("help", "h", false, "")
	root.Flags().Bool("version", false, "")
	root.SetVersionTemplate(term.VersionLine())
	root.SetFlagErrorFunc(term.FlagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { help(c, g, cmd) })
	root.SetHelpCommand(helpCommand(c))
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	g.Add(root, &grammar{})
	c.Root, c.Grammar = root, g
	return root
}

// help prints the help of a command, for a terminal as wide as the user's.
func help(c *term.Command, g *term.Grammar, cmd *cobra.Command) {
	const usual = 100 // columns, where there is no terminal
	t := term.Table{Width: cmp.Or(c.Width, usual), Bold: c.Bold}
	if cmd.HasParent() {
		_, _ = fmt.Fprint(c.Out, g.Help(cmd, t))
		return
	}
	_, _ = fmt.Fprint(c.Out, g.Guide(cmd, t))
}

// helpCommand is another way to write --help.
func helpCommand(c *term.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help", Hidden: true, Short: c.Choose("查看用法", "Show help."),
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
func Run(ctx context.Context, args []string, streams term.IO) int {
	c := &term.Command{IO: streams, Ctx: ctx}
	root := tree(c)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if code, is := errors.AsType[term.Ended](err); is {
		return int(code)
	}
	if wrong, is := errors.AsType[*term.Usage](err); is {
		_, _ = fmt.Fprintln(c.Err, "favord:", c.Choose(wrong.ZH, wrong.EN))
		_, _ = fmt.Fprintln(c.Err, c.Choose("执行 favord --help 查看用法", "See favord --help."))
		return term.ExitUsage
	}
	if err != nil {
		c.Report(err)
		return term.ExitFailed
	}
	return term.ExitDone
}
