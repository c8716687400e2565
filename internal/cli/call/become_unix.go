//go:build unix

package call

import (
	"fmt"
	"syscall"
)

// become makes this process the named program: signals and the exit code are its own then.
// It returns only when that fails.
func become(path string, args, environment []string) error {
	if err := syscall.Exec(path, args, environment); err != nil { //nolint:gosec // the person who runs favord names the program
		return fmt.Errorf("exec: %w", err)
	}
	return nil
}
