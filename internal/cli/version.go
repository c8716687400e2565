package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/favord/favord/internal/rsakey"
)

// versionCommand prints the version.
type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(c *command) error {
	_, err := fmt.Fprint(c.Out, versionLine())
	return err
}

// versionLine says what was built, from what, and how.
func versionLine() string {
	return fmt.Sprintf("favord %s (%s, %s/%s, commit %s, RSA by %s)\n",
		version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, commit(), rsakey.Engine())
}

// version is the version of the module, "devel" when it was built from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// commit is what the program was built from, with a plus sign when files were changed;
// "unknown" when it was not built in a checkout.
func commit() string {
	const enough = 12 // digits to tell commits apart
	revision, changed := "unknown", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return revision
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value[:min(enough, len(setting.Value))]
		case "vcs.modified":
			if setting.Value == "true" {
				changed = "+"
			}
		}
	}
	return revision + changed
}
