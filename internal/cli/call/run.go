package call

import (
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
)

// Exit codes of a command that could not be run, those of shells.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
)

// Run runs another program with its HTTPS redirected to the sandbox.
type Run struct {
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
	// Transparent reaches programs that read no variable.
	Transparent bool     `help:"transparent"`
	Command     []string `arg:"" passthrough:"" help:"command"`
}

// Run implements the command.
func (r *Run) Run(c *term.Command) error {
	environment, err := c.Environment(term.Whom{File: r.EnvFile})
	if err != nil {
		return err
	}
	if environment.ProxyURL == "" {
		return errNoRedirect
	}
	args := r.Command
	if len(args) == 0 {
		return errNoCommand
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return notRun(c, args[0], err)
	}
	if r.Transparent {
		err = transparent(c, path, args, withVariables(config.Environ(), append(environment.Variables(), environment.TransparentVariables()...)), &environment)
		if fault.Of(err).Kind == fault.Refused { // it says what to do
			return err
		}
	} else {
		err = become(path, args, withVariables(config.Environ(), append(environment.Variables(), environment.RedirectVariables()...)))
	}
	if err != nil {
		return notRun(c, args[0], err)
	}
	return nil
}

// Refusals of `favord run`.
var (
	errNoRedirect = fault.New(fault.Refused,
		"该沙箱没有重定向代理：请不带 --no-proxy 启动 favord dev",
		"The sandbox has no redirect: start `favord dev` without --no-proxy.")
	errNoCommand = fault.New(fault.Refused,
		"缺少要运行的命令，如：favord run -- java -jar app.jar",
		"A command to run is missing, such as: favord run -- java -jar app.jar")
)

// notRun says why a program did not run. How a program ended that did run is its own
// business.
func notRun(c *term.Command, name string, err error) error {
	if code, is := errors.AsType[term.Ended](err); is {
		return code
	}
	c.Say("favord: 无法运行 %s：%v", "favord: cannot run %s: %v", name, err)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return term.Ended(exitNotFound)
	}
	return term.Ended(exitNotRunnable)
}

// withVariables adds to an environment, lines of NAME=VALUE, how to reach the sandbox. What it
// says about Java besides stays.
func withVariables(lines []string, more []sandbox.Pair) []string {
	for _, p := range more {
		value := p.Value
		at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, p.Name+"=") })
		if at >= 0 {
			before := strings.TrimPrefix(lines[at], p.Name+"=")
			if p.Name == sandbox.JavaOptions && !strings.Contains(before, value) {
				value = strings.TrimSpace(before + " " + value)
			}
			lines[at] = p.Name + "=" + value
			continue
		}
		lines = append(lines, p.Name+"="+value)
	}
	return lines
}
