package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/favord/favord/internal/cli/term"
)

// completionCommand prints a script by which a shell completes command lines.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"shell"`
}

// completeCommand prints what may follow on a command line, for scripts.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"words"`
}

func completionTexts() map[string][2]string {
	return map[string][2]string{
		"completion": {"打印Shell补全脚本，如 source <(favord completion bash)", "Print a shell completion script, as in: source <(favord completion bash)."},
		"shell":      {"bash、zsh、fish或powershell", "bash, zsh, fish or powershell."},
		"words":      {"已输入的命令行", "Command line typed so far."},
		"man":        {"打印手册页（roff），如 favord man | man -l -", "Print the manual page (roff), as in: favord man | man -l -"},
	}
}

// Run implements the command.
func (s *completionCommand) Run(c *term.Command) error {
	switch s.Shell {
	case "bash":
		return c.Root.GenBashCompletionV2(c.Out, true)
	case "zsh":
		return c.Root.GenZshCompletion(c.Out)
	case "fish":
		return c.Root.GenFishCompletion(c.Out, true)
	default:
		return c.Root.GenPowerShellCompletionWithDesc(c.Out)
	}
}

// Run implements the command. The library has a hidden command for it, which ends with a
// line for its own scripts.
func (w *completeCommand) Run(c *term.Command) error {
	var found bytes.Buffer
	root := tree(c)
	root.SetOut(&found)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(append([]string{"__completeNoDesc"}, w.Words...))
	if err := root.ExecuteContext(c.Ctx); err != nil {
		return err
	}
	for line := range strings.Lines(found.String()) {
		if strings.HasPrefix(line, ":") {
			continue
		}
		if _, err := fmt.Fprint(c.Out, line); err != nil {
			return err
		}
	}
	return nil
}
