package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/favord/favord/internal/sandbox"
)

// readyFile gets the environment once calls are accepted; empty is none.
type readyFile string

// forget removes it: one that is left over would say that a server is ready which is
// not.
func (f readyFile) forget() error {
	if f == "" {
		return nil
	}
	if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ready file: %w", err)
	}
	return nil
}

func (f readyFile) write(e *sandbox.Environment) error {
	if f == "" {
		return nil
	}
	return e.WriteFile(string(f))
}
