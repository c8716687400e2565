//go:build planted

package planted

import (
	"os"
	"time"
)

// In reports whether the bug is there: when the environment names it.
func (b Bug) In() bool { return os.Getenv(Name) == string(b) }

// One is by how much a limit is off.
func (b Bug) One() int64 {
	if b.In() {
		return 1
	}
	return 0
}

// Second is by how much a time is off.
func (b Bug) Second() time.Duration { return time.Duration(b.One()) * time.Second }

// Text chooses between what is right and what is wrong.
func (b Bug) Text(right, wrong string) string {
	if b.In() {
		return wrong
	}
	return right
}
