package call

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/favord/favord/internal/cli/term"
)

// become runs the named program to its end and returns its exit code: a process of Windows
// cannot become another program. Ctrl-C reaches both, and this one waits for the other.
func become(path string, args, environment []string) error {
	program := exec.CommandContext(context.Background(), path, args[1:]...)
	program.Env = environment
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := program.Run()
	if failed, is := errors.AsType[*exec.ExitError](err); is {
		return term.Ended(failed.ExitCode())
	}
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	return nil
}
