package term

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// line is the command line of one command: its flags and its arguments.
type line struct {
	grammar *Grammar
	flags   []*value
	args    []*value
}

// flag declares a flag.
func (l *line) flag(cmd *cobra.Command, v *value) {
	l.flags = append(l.flags, v)
	declared := cmd.Flags().VarPF(v, v.name, v.tag.Get("short"), v.help)
	if v.isBool() {
		declared.NoOptDefVal = "true"
	}
	if choices := v.allowed(); choices != nil {
		fixed := cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)
		if err := cmd.RegisterFlagCompletionFunc(v.name, fixed); err != nil {
			panic(err) // twice the same flag: a fault of the program
		}
	}
}

// usage writes the arguments as help does.
func (l *line) usage() []string {
	words := make([]string, len(l.args))
	for i, v := range l.args {
		word := "<" + v.name + ">"
		if v.many() {
			word += "..."
		}
		if l.optional(v) {
			word = "[" + word + "]"
		}
		words[i] = word
	}
	return words
}

func (l *line) optional(v *value) bool { return has(v.tag, "optional") }

// passes reports whether what follows the first argument belongs to another program.
func (l *line) passes() bool {
	return slices.ContainsFunc(l.args, func(v *value) bool { return has(v.tag, "passthrough") })
}

// fill gives every field its value, once the flags have been read.
func (l *line) fill(args []string) error {
	for _, v := range l.flags {
		if v.given {
			continue
		}
		if err := v.otherwise(l.grammar.Env); err != nil {
			return err
		}
	}
	if err := l.missing(); err != nil {
		return err
	}
	return l.arguments(args)
}

// missing refuses a command line without a flag that it must have, or with two that exclude
// each other.
func (l *line) missing() error {
	seen := map[string]bool{}
	for _, v := range l.flags {
		group := l.group(v)
		if seen[v.tag.Get("xor")] || len(group) == 0 {
			continue
		}
		var given, names []string
		for _, one := range group {
			names = append(names, "--"+one.name)
			if one.given {
				given = append(given, "--"+one.name)
			}
		}
		switch {
		case len(given) > 1:
			return usage(strings.Join(given, " 与 ")+" 不能同时使用", strings.Join(given, " and ")+" cannot be used together")
		case len(given) == 0 && v.required():
			return usage("缺少参数："+strings.Join(names, " 或 "), "missing flags: "+strings.Join(names, " or "))
		}
		if name := v.tag.Get("xor"); name != "" {
			seen[name] = true
		}
	}
	return nil
}

// group are the flags of which one may be given: those of the same group, or the flag alone.
func (l *line) group(v *value) (list []*value) {
	name := v.tag.Get("xor")
	if name == "" {
		return []*value{v}
	}
	for _, one := range l.flags {
		if one.tag.Get("xor") == name {
			list = append(list, one)
		}
	}
	return list
}

// arguments fills the arguments, in order.
func (l *line) arguments(args []string) error {
	for i, v := range l.args {
		switch {
		case len(args) == 0 && (l.optional(v) || has(v.tag, "passthrough")):
			if err := v.otherwise(l.grammar.Env); err != nil {
				return err
			}
		case len(args) == 0:
			rest := strings.Join(l.usage()[i:], " ")
			return usage("缺少参数："+rest, "arguments are missing: expected "+rest)
		default:
			n := 1
			if v.many() {
				n = len(args)
			}
			if err := v.take(args[:n]); err != nil {
				return usage("<"+v.name+">："+zhOf(err), "<"+v.name+">: "+err.Error())
			}
			args = args[n:]
		}
	}
	if len(args) > 0 {
		return usage("多余的参数："+args[0], "unexpected argument: "+args[0])
	}
	return nil
}

// complete lists what an argument may be; without a list it may be a file.
func (l *line) complete(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(l.args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	v := l.args[min(len(args), len(l.args)-1)]
	choices := v.allowed()
	if choices == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	choices = slices.DeleteFunc(choices, func(one string) bool { return !strings.HasPrefix(one, begun) })
	return choices, cobra.ShellCompDirectiveNoFileComp
}
