package cli

import (
	"fmt"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// envCommand prints how to reach the running sandbox.
type envCommand struct {
	Format  string `help:"format" enum:"shell,json,dotenv" default:"shell"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
}

// environment is whose description is printed. The variables are what comes of it, and do not count.
func (e *envCommand) environment(c *term.Command) (sandbox.Environment, error) {
	if e.EnvFile != "" {
		return sandbox.ReadEnvironment(e.EnvFile)
	}
	return c.Current()
}

// Run implements the command.
func (e *envCommand) Run(c *term.Command) error {
	environment, err := e.environment(c)
	if err != nil {
		return err
	}
	switch e.Format {
	case "json":
		text, err := environment.JSON()
		if err != nil {
			return err
		}
		_, err = c.Out.Write(text)
		return err
	case "dotenv":
		_, err = fmt.Fprint(c.Out, environment.Dotenv())
	default:
		_, err = fmt.Fprint(c.Out, environment.Shell())
	}
	return err
}
