package call

import (
	"fmt"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox/sample"
)

// dryRun prints a call as a program or a command that makes it.
func dryRun(c *term.Command, language string, call *sample.Call) error {
	text, err := sample.Text(language, call)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.Out, text)
	return err
}
