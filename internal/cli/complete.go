package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints a script by which a shell completes command lines.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"${shell}"`
}

// completeCommand prints what may follow on a command line; the scripts call it.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

func completionTexts() map[string][2]string {
	return map[string][2]string{
		"completion": {"打印Shell补全脚本，如 source <(favord completion bash)", "Print a script for completion, as in: source <(favord completion bash)."},
		"shell":      {"bash、zsh或fish", "bash, zsh or fish."},
		"man":        {"打印手册页（roff），如 favord man | man -l -", "Print the manual page (roff), as in: favord man | man -l -"},
	}
}

// Run implements the command.
func (s *completionCommand) Run(c *command) error {
	_, err := fmt.Fprint(c.Out, map[string]string{
		"bash": `_favord() {
  local IFS=$'\n'
  COMPREPLY=($(favord complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _favord favord
`,
		"zsh": `#compdef favord
_favord() {
  local -a found
  found=("${(@f)$(favord complete -- "${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
  if (( ${#found} )) && [[ -n ${found[1]} ]]; then compadd -- "${found[@]}"; else _files; fi
}
compdef _favord favord
`,
		"fish": `complete -c favord -a '(favord complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
	}[s.Shell])
	return err
}

// Run implements the command.
func (w *completeCommand) Run(c *command, model *kong.Kong) error {
	words := w.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, candidate := range candidates(model.Model.Node, words) {
		if _, err := fmt.Fprintln(c.Out, candidate); err != nil {
			return err
		}
	}
	return nil
}

// candidates lists what may stand in place of the last word: commands, flags, or the values
// of a flag.
func candidates(node *kong.Node, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	node, wants := follow(node, words[:len(words)-1])
	var all []string
	switch {
	case wants != nil:
		all = choices(wants.Value)
	case strings.HasPrefix(last, "-"):
		all = flags(node)
	default:
		all = nouns(node)
	}
	all = slices.DeleteFunc(all, func(one string) bool { return one == "" || !strings.HasPrefix(one, last) })
	slices.Sort(all)
	return slices.Compact(all)
}

// follow goes down to the command that words name, and returns the flag that waits for its
// value, if one does.
func follow(node *kong.Node, words []string) (*kong.Node, *kong.Flag) {
	var wants *kong.Flag
	for _, word := range words {
		switch {
		case wants != nil:
			wants = nil
		case strings.HasPrefix(word, "-"):
			wants = valued(node, word)
		default:
			if child := childOf(node, word); child != nil {
				node = child
			}
		}
	}
	return node, wants
}

func flags(node *kong.Node) (names []string) {
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			names = append(names, "--"+flag.Name)
		}
	}
	return names
}

// nouns are the commands below a node, and the values of its arguments.
func nouns(node *kong.Node) (names []string) {
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	for _, argument := range node.Positional {
		names = append(names, choices(argument)...)
	}
	return names
}

// choices are the allowed values, if there is a list of them.
func choices(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// valued returns the flag of a word if its value is the next word.
func valued(node *kong.Node, word string) *kong.Flag {
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			if (word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short)) && !flag.IsBool() {
				return flag
			}
		}
	}
	return nil
}
