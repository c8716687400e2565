package term

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/favord/favord/internal/base/rsakey"
)

// release is the version of the program; between releases it is the next one with the suffix -dev.
const release = "0.2.0"

// VersionLine says what was built, from what, and how.
func VersionLine() string {
	return fmt.Sprintf("favord %s (%s, %s/%s, commit %s, RSA by %s)\n",
		Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, source(), rsakey.Engine())
}

// Version is what the program says about itself wherever it does.
func Version() string { return release }

// source is what the program was built from: a commit with its time, with a plus sign when
// files were changed; "unknown" when it was not built in a checkout.
func source() string {
	const enough = 12 // digits to tell commits apart
	revision, changed, at := "unknown", "", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return revision
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value[:min(enough, len(setting.Value))]
		case "vcs.time":
			at = " of " + setting.Value
		case "vcs.modified":
			if setting.Value == "true" {
				changed = "+"
			}
		}
	}
	return revision + changed + at
}
