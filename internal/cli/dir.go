package cli

import (
	"fmt"
	"os"

	"github.com/favord/favord/internal/fault"
)

// makeDir makes a data directory for its owner only, if it is not there.
func makeDir(dir string) error {
	const ownerOnly = 0o700
	if err := os.MkdirAll(dir, ownerOnly); err != nil {
		return fault.New(fault.Refused,
			fmt.Sprintf("无法创建数据目录 %s：%v", dir, err),
			fmt.Sprintf("The data directory %s cannot be made: %v", dir, err))
	}
	return nil
}
