//go:build linux || darwin || freebsd

package sqlitestore

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeRoom returns how many bytes a file in a directory may still take.
func freeRoom(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", dir, err)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:gosec,unconvert // systems differ in their types
}
