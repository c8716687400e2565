package term

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
)

// Whom says by flags which environment a command acts on. It is always exactly one: that of
// the flags, else of the variables that `favord env` prints, else of the current context, else
// the only sandbox that runs.
type Whom struct {
	// File describes the environment, as --ready-file writes it.
	File string
	// APIURL and ManageURL are addresses of its ports.
	APIURL, ManageURL string
}

// chosen is an environment, and what chose it.
type chosen struct {
	sandbox.Environment
	by fault.Text
}

// Final is embedded in commands that do what cannot be taken back: they name the environment
// on which they act.
type Final struct{}

// IsFinal marks the command.
func (Final) IsFinal() {}

// Environment finds out which environment is meant. It asks at most once.
func (c *Command) Environment(w Whom) (sandbox.Environment, error) {
	if one, is := c.chosen[w]; is {
		return one.Environment, nil
	}
	one, err := c.choose(w)
	if err != nil {
		return sandbox.Environment{}, err
	}
	if c.chosen == nil {
		c.chosen = map[Whom]chosen{}
	}
	c.chosen[w] = one
	if c.Final {
		c.Say("环境：%s（%s）", "Environment: %s (%s)", OrElse(one.APIURL, one.ManageURL), c.Choose(one.by.ZH, one.by.EN))
	}
	return one.Environment, nil
}

func (c *Command) choose(w Whom) (one chosen, err error) {
	if w.File != "" {
		e, err := sandbox.ReadEnvironment(w.File)
		e.APIURL, e.ManageURL = OrElse(w.APIURL, e.APIURL), OrElse(w.ManageURL, e.ManageURL)
		return chosen{e, fault.Text{ZH: "取自 " + w.File, EN: "from " + w.File}}, err
	}
	if w.APIURL == "" && w.ManageURL == "" {
		return c.unnamed()
	}
	byFlag := fault.Text{ZH: "由选项指定", EN: "named by a flag"}
	if e, is, err := c.at(w.APIURL, w.ManageURL); is || err != nil {
		return chosen{e, byFlag}, err
	}
	if w.APIURL == "" { // a server of which nothing else is known, and nothing else is needed
		return chosen{sandbox.Environment{ManageURL: w.ManageURL}, byFlag}, nil
	}
	if one, err = c.unnamed(); err != nil {
		return one, err
	}
	one.APIURL, one.ManageURL = w.APIURL, w.ManageURL // called by another way, such as a proxy
	return one, nil
}

// unnamed is the environment that is meant where no flag names one.
func (c *Command) unnamed() (chosen, error) {
	if e, is, err := c.variables(); is || err != nil {
		return chosen{e, fault.Text{ZH: "由环境变量 FAVORD_… 指定", EN: "named by the variables FAVORD_…"}}, err
	}
	return c.current()
}

// Current is the environment of the current context, whatever flags and variables say.
func (c *Command) Current() (sandbox.Environment, error) {
	one, err := c.current()
	return one.Environment, err
}

func (c *Command) current() (chosen, error) {
	name := c.Contexts().Current()
	if name != sandbox.RunningContext {
		e, err := c.Contexts().Read(name)
		return chosen{e, fault.Text{ZH: "当前上下文 " + name, EN: "the current context " + name}}, err
	}
	running, err := sandbox.Running(c.Ctx, c.StateDir)
	switch {
	case err != nil:
		return chosen{}, err
	case len(running) == 0:
		return chosen{}, sandbox.ErrNotRunning
	case len(running) == 1:
		return chosen{running[0].Environment, fault.Text{ZH: "唯一正在运行的沙箱", EN: "the only sandbox that runs"}}, nil
	}
	return c.ask(running)
}

// variables is the environment that the variables describe, if any do. What they leave out
// belongs to the environment at their addresses.
func (c *Command) variables() (e sandbox.Environment, is bool, err error) {
	e, err = c.ofVariables()
	if err != nil || e.APIURL == "" && e.ManageURL == "" {
		return e, false, err
	}
	if e.PrivateKeyFile == "" {
		if known, is, err := c.at(e.APIURL, e.ManageURL); is || err != nil {
			return known, is, err
		}
	}
	return e, true, nil
}

// ofVariables is what the variables say.
func (c *Command) ofVariables() (sandbox.Environment, error) {
	return sandbox.EnvironmentOf(func(name string) string { return c.Env("FAVORD_" + strings.ToUpper(name)) })
}

// at finds the environment at an address among the sandboxes that run, the variables and the
// contexts.
func (c *Command) at(api, manage string) (e sandbox.Environment, is bool, err error) {
	running, err := sandbox.Running(c.Ctx, c.StateDir)
	if err != nil {
		return e, false, err
	}
	var known []sandbox.Environment
	for _, one := range running {
		known = append(known, one.Environment)
	}
	if named, err := c.ofVariables(); err == nil && named.PrivateKeyFile != "" {
		known = append(known, named)
	}
	names, err := c.Contexts().List()
	if err != nil {
		return e, false, err
	}
	for _, name := range names {
		if kept, err := c.Contexts().Read(name); err == nil {
			known = append(known, kept)
		}
	}
	for _, one := range known {
		if (api == "" || samePlace(api, one.APIURL)) && (manage == "" || samePlace(manage, one.ManageURL)) {
			return one, true, nil
		}
	}
	return e, false, nil
}

// samePlace reports whether two URLs lead to one port.
func samePlace(a, b string) bool {
	plain := func(link string) string {
		return strings.Replace(strings.ToLower(strings.TrimSuffix(link, "/")), "://localhost:", "://127.0.0.1:", 1)
	}
	return plain(a) == plain(b)
}

// Contexts are those of the user.
func (c *Command) Contexts() sandbox.Contexts {
	return sandbox.Contexts{Dir: filepath.Join(c.StateDir, "contexts")}
}

// ask lets a person choose among sandboxes. A program has to say which one it means.
func (c *Command) ask(running []sandbox.Found) (chosen, error) {
	var zh, en strings.Builder
	for i, one := range running {
		line := fmt.Sprintf("\n  %d  %s  --env %s", i+1, one.APIURL, one.File)
		zh.WriteString(line)
		en.WriteString(line)
	}
	if !c.Interactive {
		return chosen{}, usage(
			"有多个沙箱正在运行，什么也没有做；请用 --env 指明一个（或 eval \"$(favord env --env 文件)\"）："+zh.String(),
			"several sandboxes are running, and nothing was done; name one by --env, or eval \"$(favord env --env FILE)\":"+en.String())
	}
	c.Say("有多个沙箱正在运行：%s\n选择编号：", "Several sandboxes are running:%s\nWhich one?", c.Choose(zh.String(), en.String()))
	line, err := c.ReadLine()
	if err != nil {
		return chosen{}, err
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(running) {
		return chosen{}, usage("没有这个编号："+line, "there is no such number: "+line)
	}
	return chosen{running[n-1].Environment, fault.Text{ZH: "由您选择", EN: "as you chose"}}, nil
}

// ReadLine reads what a person types, without blanks around it. The end of the input is
// an error.
func (c *Command) ReadLine() (string, error) {
	if c.typed == nil {
		c.typed = bufio.NewReader(c.In)
	}
	line, err := c.typed.ReadString('\n')
	if line = strings.TrimSpace(line); line == "" && err != nil {
		return "", fmt.Errorf("read the answer: %w", cmp.Or(err, io.EOF))
	}
	return line, nil
}

// Likely is the environment that is meant, if that can be told without a question. It is for
// commands that send nothing there.
func (c *Command) Likely() (e sandbox.Environment, is bool) {
	if e, is, err := c.variables(); is && err == nil {
		return e, true
	}
	if name := c.Contexts().Current(); name != sandbox.RunningContext {
		e, err := c.Contexts().Read(name)
		return e, err == nil
	}
	running, err := sandbox.Running(c.Ctx, c.StateDir)
	if err != nil || len(running) != 1 {
		return e, false
	}
	return running[0].Environment, true
}
