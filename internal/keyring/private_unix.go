//go:build unix

package keyring

import (
	"fmt"
	"os"

	"github.com/favord/favord/internal/fault"
)

// checkPrivate refuses a key file that others may read.
func checkPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("keyring: key file: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return fault.New(fault.Refused,
		fmt.Sprintf("密钥文件 %s 可被其他用户读取，请执行 chmod 600", path),
		fmt.Sprintf("The key file %s may be read by others; run chmod 600 on it.", path))
}
