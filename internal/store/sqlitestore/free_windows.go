package sqlitestore

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// freeRoom returns how many bytes a file in a directory may still take.
func freeRoom(dir string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, fmt.Errorf("free room of %s: %w", dir, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free room of %s: %w", dir, err)
	}
	return free, nil
}
