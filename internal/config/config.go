// Package config is the only place that reads the environment.
package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// English reports whether people are addressed in English, going by FAVORD_LANG and
// then by the locale. Without either it is English.
func English() bool {
	for _, name := range []string{"FAVORD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			return !strings.HasPrefix(strings.ToLower(value), "zh")
		}
	}
	return true
}

// StateDir is where sandboxes leave word of themselves, so that other commands of the
// same user find them: FAVORD_STATE_DIR, or a folder of the user's cache.
func StateDir() (string, error) {
	if dir := os.Getenv("FAVORD_STATE_DIR"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for state: %w", err)
	}
	return filepath.Join(cache, "favord", "running"), nil
}

// Environ is the environment for programs that this one runs, lines of NAME=VALUE.
func Environ() []string { return os.Environ() }

// CollectorIsSet reports whether whoever runs the program tells the garbage collector what
// to do.
func CollectorIsSet() bool { return os.Getenv("GOGC") != "" }

// VariableName is how the environment spells a name.
func VariableName(name string) string { return "FAVORD_" + strings.ToUpper(name) }
