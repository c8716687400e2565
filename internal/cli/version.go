package cli

import (
	"fmt"

	"github.com/favord/favord/internal/cli/term"
)

// versionCommand prints the version.
type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(c *term.Command) error {
	_, err := fmt.Fprint(c.Out, term.VersionLine())
	return err
}
