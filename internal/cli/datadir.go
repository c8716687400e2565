package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/favord/favord/internal/fault"
)

// dataDir is where a sandbox keeps its data.
type dataDir struct {
	path string
	// kept is true when it outlives the command.
	kept bool
}

// openDataDir makes the directory for its owner only, if it is not there. Without a
// name it is a temporary one.
func openDataDir(name string) (dataDir, error) {
	if name == "" {
		path, err := os.MkdirTemp("", "favord-")
		if err != nil {
			return dataDir{}, fmt.Errorf("temporary directory: %w", err)
		}
		return dataDir{path: path}, nil
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return dataDir{}, fmt.Errorf("data directory: %w", err)
	}
	const ownerOnly = 0o700
	if err := os.MkdirAll(path, ownerOnly); err != nil {
		return dataDir{}, fault.New(fault.Refused,
			fmt.Sprintf("无法创建数据目录 %s：%v", path, err),
			fmt.Sprintf("The data directory %s cannot be made: %v", path, err))
	}
	return dataDir{path: path, kept: true}, nil
}

// release removes a temporary directory.
func (d dataDir) release() error {
	if d.kept {
		return nil
	}
	if err := os.RemoveAll(d.path); err != nil {
		return fmt.Errorf("remove temporary directory: %w", err)
	}
	return nil
}
