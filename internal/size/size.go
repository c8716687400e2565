// Package size says how often the tests repeat what they repeat: crashes, sales, pairs of calls
// that meet. FAVORD_SIZE in the environment chooses; the tests themselves are always the same.
package size

import (
	"os"
	"testing"
)

// Name is the variable of the environment.
const Name = "FAVORD_SIZE"

// The sizes. Usual is that of `make test`, Quick that of `make quick`, which has no PostgreSQL.
const (
	Usual = ""
	Quick = "quick"
	Hour  = "hour"
	Night = "night"
)

// Times returns how often to repeat what the usual size repeats n times: a tenth as often, and at
// least once, in a quick run, 20 times as often in an hour, and 200 times in a night. It fails
// the test when there is no such size.
func Times(tb testing.TB, n int) int {
	tb.Helper()
	switch name := os.Getenv(Name); name {
	case Usual:
		return n
	case Quick:
		return max(1, n/10)
	case Hour:
		return 20 * n
	case Night:
		return 200 * n
	default:
		tb.Fatalf("%s is %q: use %s, %s or %s, or leave it unset", Name, name, Quick, Hour, Night)
		return 0
	}
}

// Soaks reports whether the tests run for long, so that they may also be wider.
func Soaks() bool { return os.Getenv(Name) == Hour || os.Getenv(Name) == Night }

// HasPostgres reports whether the tests of all engines include PostgreSQL.
func HasPostgres() bool { return os.Getenv(Name) != Quick }
