package cli

import (
	"fmt"

	"github.com/favord/favord/internal/sandbox"
)

// envCommand prints how to reach the running sandbox.
type envCommand struct {
	Format  string `help:"format" enum:"shell,json,dotenv" default:"shell"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
}

// Run implements the command.
func (e *envCommand) Run(c *command) error {
	environment, err := c.environment(e.EnvFile)
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

// environment finds out whom to call: the file that is named, else the current context,
// which without further ado is the sandbox that runs.
func (c *command) environment(file string) (sandbox.Environment, error) {
	if file != "" {
		return sandbox.ReadEnvironment(file)
	}
	return c.named(c.contexts().Current())
}
