package term

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// Guide is the help of the program as a whole: its groups of commands, a line each.
func (g *Grammar) Guide(root *cobra.Command, t Table) string {
	var b strings.Builder
	b.WriteString(t.wrap(root.Short) + "\n\n" + g.choose("用法：", "Usage: ") + root.Name() + g.choose(" <命令> [选项]", " <command> [flags]") + "\n")
	t.Indent = indent
	width := 0
	for _, cmd := range root.Commands() {
		width = max(width, len(cmd.Name()))
	}
	for _, group := range root.Groups() {
		var rows [][]string
		for _, cmd := range root.Commands() {
			if cmd.GroupID == group.ID && !cmd.Hidden {
				rows = append(rows, []string{fmt.Sprintf("%-*s", width, cmd.Name()), cmd.Short})
			}
		}
		b.WriteString("\n" + t.head(group.Title) + t.String(nil, rows))
	}
	b.WriteString("\n" + t.wrap(g.choose("favord <命令> --help 查看一个命令的用法。", "favord <command> --help tells more about a command.")) + "\n")
	return b.String()
}

const indent = 2

// Help is the help of a command.
func (g *Grammar) Help(cmd *cobra.Command, t Table) string {
	var b strings.Builder
	usage := cmd.UseLine()
	if cmd.HasSubCommands() {
		usage += g.choose(" <命令>", " <command>")
	}
	b.WriteString(g.choose("用法：", "Usage: ") + usage + g.choose(" [选项]", " [flags]") + "\n\n" + t.wrap(cmd.Short) + "\n")
	if cmd.HasSubCommands() {
		var rows [][]string
		for _, child := range cmd.Commands() {
			if !child.Hidden {
				rows = append(rows, []string{strings.TrimSpace(child.Use), child.Short})
			}
		}
		g.section(&b, t, g.choose("命令：", "Commands:"), rows)
	}
	l := g.lines[cmd]
	if l == nil {
		l = &line{grammar: g}
	}
	var args [][]string
	for _, v := range l.args {
		args = append(args, []string{"<" + v.name + ">", l.describe(v)})
	}
	g.section(&b, t, g.choose("参数：", "Arguments:"), args)
	flags := [][]string{{"-h, --help", g.text("help")}}
	for _, v := range l.flags {
		flags = append(flags, []string{v.declaration(), l.describe(v)})
	}
	g.section(&b, t, g.choose("选项：", "Flags:"), flags)
	return b.String()
}

func (g *Grammar) section(b *strings.Builder, t Table, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	t.Indent = indent
	b.WriteString("\n" + t.head(title) + t.String(nil, rows))
}

// declaration writes a flag with its letter and its value.
func (v *value) declaration() string {
	names := "    --" + v.name
	if short := v.tag.Get("short"); short != "" {
		names = "-" + short + ", --" + v.name
	}
	if placeholder := v.placeholder(); placeholder != "" {
		return names + "=" + placeholder
	}
	return names
}

// describe tells what a value is, whether it must be given, what it is by itself, and which variable sets it.
func (l *line) describe(v *value) string {
	g := l.grammar
	var notes []string
	if note := l.demand(v); note != "" {
		notes = append(notes, note)
	}
	if otherwise := v.tag.Get("default"); otherwise != "" {
		notes = append(notes, g.choose("缺省 ", "default ")+otherwise)
	}
	if name := v.tag.Get("env"); name != "" {
		notes = append(notes, g.choose("环境变量 ", "environment variable ")+name)
	}
	switch {
	case len(notes) == 0:
		return v.help
	case g.English:
		return v.help + " (" + strings.Join(notes, ", ") + ")"
	}
	return v.help + "（" + strings.Join(notes, "，") + "）"
}

// demand says whether a value must be given, or which one of several.
func (l *line) demand(v *value) string {
	group := l.group(v)
	if len(group) == 1 {
		if v.required() {
			return l.grammar.choose("必填", "required")
		}
		return ""
	}
	names := make([]string, len(group))
	for i, one := range group {
		names[i] = "--" + one.name
	}
	zh, en := strings.Join(names, "、"), strings.Join(names, ", ")
	if v.required() {
		return l.grammar.choose(zh+" 任选其一，必填", "one of "+en+" is required")
	}
	return l.grammar.choose(zh+" 至多其一", "at most one of "+en)
}

func (g *Grammar) choose(zh, en string) string {
	if g.English {
		return en
	}
	return zh
}

func (t Table) head(title string) string {
	if t.Bold {
		title = text.Colors{text.Bold}.Sprint(title)
	}
	return title + "\n"
}

func (t Table) wrap(paragraph string) string {
	if t.Width == 0 {
		return paragraph
	}
	return text.WrapSoft(paragraph, t.Width)
}
