package term

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/favord/favord/internal/base/fault"
)

// DataDir is where a sandbox keeps its data.
type DataDir struct {
	Path string
	// Kept is true when it outlives the command.
	Kept bool
}

// OpenDataDir makes the directory for its owner only, if it is not there. Without a
// name it is a temporary one.
func OpenDataDir(name string) (DataDir, error) {
	if name == "" {
		path, err := os.MkdirTemp("", "favord-")
		if err != nil {
			return DataDir{}, fmt.Errorf("temporary directory: %w", err)
		}
		return DataDir{Path: path}, nil
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return DataDir{}, fmt.Errorf("data directory: %w", err)
	}
	const ownerOnly = 0o700
	if err := os.MkdirAll(path, ownerOnly); err != nil {
		return DataDir{}, fault.New(fault.Refused,
			fmt.Sprintf("无法创建数据目录 %s：%v", path, err),
			fmt.Sprintf("The data directory %s cannot be created: %v", path, err))
	}
	return DataDir{Path: path, Kept: true}, nil
}

// Release removes a temporary directory.
func (d DataDir) Release() error {
	if d.Kept {
		return nil
	}
	if err := os.RemoveAll(d.Path); err != nil {
		return fmt.Errorf("remove temporary directory: %w", err)
	}
	return nil
}
