package cli

import (
	"fmt"

	"github.com/favord/favord/internal/cli/term"
)

// envCommand prints how to reach the running sandbox.
type envCommand struct {
	Format  string `help:"format" enum:"shell,json,dotenv" default:"shell"`
	EnvFile string `name:"env" help:"envfile" placeholder:"FILE" type:"path"`
}

// Run implements the command.
func (e *envCommand) Run(c *term.Command) error {
	environment, err := c.Environment(e.EnvFile)
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
