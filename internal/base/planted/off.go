//go:build !planted

package planted

import "time"

// In reports whether the bug is there: never.
func (Bug) In() bool { return false }

// One is by how much a limit is off: nothing.
func (Bug) One() int64 { return 0 }

// Second is by how much a time is off: nothing.
func (Bug) Second() time.Duration { return 0 }

// Text chooses what is right.
func (Bug) Text(right, _ string) string { return right }
