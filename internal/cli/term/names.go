package term

import (
	"fmt"

	"github.com/spf13/cobra"
)

// Names lists every command with its arguments and flags as scripts write them, and what they
// are by themselves.
func (g *Grammar) Names(cmd *cobra.Command) (list []string) {
	list = append(list, cmd.CommandPath())
	if l := g.lines[cmd]; l != nil {
		for i, v := range l.args {
			list = append(list, "  "+l.usage()[i]+v.facts())
		}
		for _, v := range l.flags {
			list = append(list, "  "+v.declaration()+v.facts())
		}
	}
	for _, child := range cmd.Commands() {
		list = append(list, g.Names(child)...)
	}
	return list
}

// facts are the tags of a value that a script notices.
func (v *value) facts() (text string) {
	for _, tag := range []string{"enum", "default", "env", "xor", "required"} {
		if value, is := v.tag.Lookup(tag); is {
			text += fmt.Sprintf(" %s=%q", tag, value)
		}
	}
	return text
}
