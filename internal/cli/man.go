package cli

import (
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
)

// manCommand prints the manual page.
type manCommand struct{}

// Run implements the command.
func (manCommand) Run(c *term.Command) error {
	return c.Grammar.Manual(c.Out, c.Root, term.Version(), []term.Exit{
		{Code: term.ExitDone, Text: fault.Text{ZH: "成功", EN: "The command succeeded."}},
		{Code: term.ExitFailed, Text: fault.Text{ZH: "未能完成，或应答不是成功", EN: "The command failed, or the answer was an error."}},
		{Code: term.ExitUsage, Text: fault.Text{ZH: "命令行有误", EN: "The command line is invalid."}},
	})
}
