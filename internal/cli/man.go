package cli

import (
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/fault"
)

// manCommand prints the manual page.
type manCommand struct{}

// Run implements the command.
func (manCommand) Run(c *term.Command) error {
	return c.Grammar.Manual(c.Out, c.Root, term.Version(), []term.Exit{
		{Code: term.ExitDone, Text: fault.Text{ZH: "成功", EN: "The command did what you asked."}},
		{Code: term.ExitFailed, Text: fault.Text{ZH: "未能完成，或应答不是成功", EN: "It could not, or the answer is not a success."}},
		{Code: term.ExitUsage, Text: fault.Text{ZH: "命令行有误", EN: "The command line is wrong."}},
	})
}
