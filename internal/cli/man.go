package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// manCommand prints the manual page.
type manCommand struct{}

// Run implements the command.
func (manCommand) Run(c *command, model *kong.Kong) error {
	var b strings.Builder
	b.WriteString(".TH FAVORD 1 \"\" \"favord " + roff(version()) + "\"\n.SH NAME\nfavord \\- " + roff(model.Model.Help) + "\n")
	b.WriteString(".SH SYNOPSIS\n.B favord\n.I command\n[flags]\n.SH COMMANDS\n")
	describe(&b, model.Model.Node)
	b.WriteString(".SH EXIT STATUS\n")
	for _, status := range []struct {
		code   int
		zh, en string
	}{
		{exitDone, "成功", "The command did what it was told."},
		{exitFailed, "未能完成，或应答不是成功", "It could not, or the answer is no success."},
		{exitUsage, "命令行有误", "The command line makes no sense."},
	} {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", status.code, roff(c.choose(status.zh, status.en)))
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}

// describe writes the commands below a node, with their arguments and flags.
func describe(b *strings.Builder, node *kong.Node) {
	for _, child := range node.Children {
		if child.Hidden {
			continue
		}
		if len(child.Children) > 0 {
			describe(b, child)
			continue
		}
		fmt.Fprintf(b, ".SS %s\n%s\n", roff(strings.TrimPrefix(child.FullPath(), "favord ")), roff(child.Help))
		for _, argument := range child.Positional {
			fmt.Fprintf(b, ".TP\n.I %s\n%s\n", roff(argument.Summary()), roff(argument.Help))
		}
		for _, flag := range child.Flags {
			if !flag.Hidden && flag.Name != "help" {
				fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(flag.String()), roff(flag.Help))
			}
		}
	}
}

// roff escapes what troff would take for a command.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
