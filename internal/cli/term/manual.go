package term

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/favord/favord/internal/base/fault"
)

// Exit is an exit code and what it stands for.
type Exit struct {
	Code int
	Text fault.Text
}

// Manual writes the manual page in roff: all commands on one page, headings and all in the user's
// language. (The library writes a page for each command, with English headings.)
func (g *Grammar) Manual(w io.Writer, root *cobra.Command, version string, exits []Exit) error {
	var b strings.Builder
	heading := func(zh, en string) { b.WriteString(".SH " + g.choose(zh, en) + "\n") }
	b.WriteString(".TH FAVORD 1 \"\" \"favord " + roff(version) + "\"\n")
	heading("名称", "NAME")
	b.WriteString("favord \\- " + roff(root.Short) + "\n")
	heading("用法", "SYNOPSIS")
	b.WriteString(".B favord\n.I " + g.choose("命令", "command") + "\n" + g.choose("[选项]", "[flags]") + "\n")
	heading("命令", "COMMANDS")
	g.manual(&b, root)
	heading("退出码", "EXIT STATUS")
	for _, exit := range exits {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", exit.Code, roff(g.choose(exit.Text.ZH, exit.Text.EN)))
	}
	if _, err := fmt.Fprint(w, b.String()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// manual writes the commands below one, with their arguments and flags.
func (g *Grammar) manual(b *strings.Builder, cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		if child.Hidden {
			continue
		}
		if child.HasSubCommands() {
			g.manual(b, child)
			continue
		}
		fmt.Fprintf(b, ".SS %s\n%s\n", roff(strings.TrimPrefix(child.CommandPath(), "favord ")), roff(child.Short))
		l := g.lines[child]
		for i, v := range l.args {
			fmt.Fprintf(b, ".TP\n.I %s\n%s\n", roff(l.usage()[i]), roff(l.describe(v)))
		}
		for _, v := range l.flags {
			fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(v.declaration())), roff(l.describe(v)))
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
