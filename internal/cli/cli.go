// Package cli is the command line: it parses arguments, runs a command and says in the
// user's language what went wrong. It talks to servers through package client only.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

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
}

// command is what every command gets.
type command struct {
	IO
	ctx context.Context //nolint:containedctx // one command, one context: it is handed over by the parser.
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

// grammar is the command line.
type grammar struct {
	Dev          devCommand          `cmd:"" help:"${dev}"`
	Serve        serveCommand        `cmd:"" help:"${serve}"`
	Check        checkCommand        `cmd:"" help:"${check}"`
	Bench        benchCommand        `cmd:"" help:"${bench}"`
	Demo         demoCommand         `cmd:"" help:"${demo}"`
	Env          envCommand          `cmd:"" help:"${env}"`
	Run          runCommand          `cmd:"" help:"${run}"`
	Get          getCommand          `cmd:"" help:"${get}"`
	Post         postCommand         `cmd:"" help:"${post}"`
	Patch        patchCommand        `cmd:"" help:"${patch}"`
	Delete       deleteCommand       `cmd:"" help:"${delete}"`
	Clock        clockCommand        `cmd:"" help:"${clock}"`
	Faults       faultsCommand       `cmd:"" help:"${faults}"`
	Stocks       stocksCommand       `cmd:"" help:"${stocks}"`
	Vouchers     vouchersCommand     `cmd:"" help:"${vouchers}"`
	Bills        billsCommand        `cmd:"" help:"${bills}"`
	Scenario     scenarioCommand     `cmd:"" help:"${scenario}"`
	Snapshot     snapshotCommand     `cmd:"" help:"${snapshot}"`
	Context      contextCommand      `cmd:"" help:"${context}"`
	Completion   completionCommand   `cmd:"" help:"${completion}"`
	Complete     completeCommand     `cmd:"" hidden:""`
	Man          manCommand          `cmd:"" help:"${man}"`
	Codes        codesCommand        `cmd:"" help:"${codes}"`
	Coupons      couponsCommand      `cmd:"" help:"${coupons}"`
	Callbacks    callbacksCommand    `cmd:"" help:"${callbacks}"`
	Pay          payCommand          `cmd:"" help:"${pay}"`
	Errors       errorsCommand       `cmd:"" help:"${errors}"`
	Sign         signCommand         `cmd:"" help:"${sign}"`
	Users        usersCommand        `cmd:"" help:"${users}"`
	Merchants    merchantsCommand    `cmd:"" help:"${merchants}"`
	Balances     balancesCommand     `cmd:"" help:"${balances}"`
	Orders       ordersCommand       `cmd:"" help:"${orders}"`
	Cards        cardsCommand        `cmd:"" help:"${cards}"`
	Keys         keysCommand         `cmd:"" help:"${keys}"`
	Version      versionCommand      `cmd:"" help:"${version}"`
	Logs         logsCommand         `cmd:"" help:"${logs}"`
	Listen       listenCommand       `cmd:"" help:"${listen}"`
	Trigger      triggerCommand      `cmd:"" help:"${trigger}"`
	Deliveries   deliveriesCommand   `cmd:"" help:"${deliveries}"`
	Images       imagesCommand       `cmd:"" help:"${images}"`
	Partnerships partnershipsCommand `cmd:"" help:"${partnerships}"`
	Explain      explainCommand      `cmd:"" help:"${explain}"`
}

// exit carries an exit code out of the parser.
type exit int

// Run runs one command line and returns the exit code.
func Run(ctx context.Context, args []string, streams IO) (code int) {
	defer func() {
		if p := recover(); p != nil {
			ended, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(ended)
		}
	}()
	c := &command{IO: streams, ctx: ctx}
	parser, err := kong.New(&grammar{},
		kong.Name("favord"),
		kong.Description(c.choose(
			"惠券台：与微信支付APIv3营销接口兼容的沙箱与券引擎",
			"A sandbox and coupon engine, compatible with the marketing interfaces of WeChat Pay APIv3")),
		streams.helpTexts(),
		kong.Writers(streams.Out, streams.Err),
		kong.Exit(func(code int) { panic(exit(code)) }), // --help ends here
		kong.UsageOnError(),
		kong.Bind(c),
	)
	if err != nil {
		panic(err) // the grammar is wrong, not the arguments
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(streams.Err, "favord:", err)
		_, _ = fmt.Fprintln(streams.Err, c.choose("执行 favord --help 查看用法", "See favord --help."))
		return exitUsage
	}
	err = parsed.Run()
	if code, is := errors.AsType[ended](err); is {
		return int(code)
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
