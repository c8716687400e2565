// Package size says how often the tests repeat what they repeat: crashes, sales, pairs of calls
// that meet. FAVORD_SIZE in the environment chooses; the tests themselves are always the same.
package size

import (
	"os"
	"testing"
)

// Name is the variable of the environment.
const Name = "FAVORD_SIZE"

// The sizes. Usual is that of `make test`, Quick that of `make quick`, which has no PostgreSQL. What
// soaks takes, all of it together and on two cores, about the time that its name says.
const (
	Usual = ""
	Quick = "quick"
	Hour  = "hour"
	Night = "night"
)

// Counts is how often something is repeated in a run of each size, so that each test gets of an hour
// and of a night what it is worth. A quick run repeats it a tenth as often as a usual one.
type Counts struct{ Usual, Hour, Night int }

// Of returns the count for the size of this run, at least one. It fails the test when there is no
// such size.
func (c Counts) Of(tb testing.TB) int {
	tb.Helper()
	switch name := os.Getenv(Name); name {
	case Usual:
		return c.Usual
	case Quick:
		return max(1, c.Usual/10)
	case Hour:
		return c.Hour
	case Night:
		return c.Night
	default:
		tb.Fatalf("%s is %q: use %s, %s or %s, or leave it unset", Name, name, Quick, Hour, Night)
		return 0
	}
}

// Soaks reports whether the tests run for long, so that they may also be wider.
func Soaks() bool { return os.Getenv(Name) == Hour || os.Getenv(Name) == Night }

// HasPostgres reports whether the tests of all engines include PostgreSQL.
func HasPostgres() bool { return os.Getenv(Name) != Quick }

// Tell says after each tenth of a long run how far it is: one that is cut says so what it did.
func Tell(tb testing.TB, done, all int, what string) {
	tb.Helper()
	const parts = 10
	if Soaks() && done*parts/all != (done-1)*parts/all {
		tb.Logf("%d of %d %s", done, all, what)
	}
}
