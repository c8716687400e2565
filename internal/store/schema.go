package store

import "strings"

// Schema is how far a database has come, and what can work with it. Migrations add; one that takes
// something away that earlier programs need raises the floor.
type Schema struct {
	// Version counts the migrations that the database has had; 0 is an empty one. Known counts those
	// that this program brings.
	Version, Known int
	// Floor is how many a program must bring to work with the database, and Needs the first release
	// that does; 0 and "" where any does.
	Floor int
	Needs string
	// Pending are the names of the migrations that this program would apply, in order.
	Pending []string
}

// Usable reports whether this program can work with the database, after applying what is pending.
func (s *Schema) Usable() bool { return s.Version <= s.Known || s.Floor <= s.Known }

// floorLine begins the line of a migration that raises the floor; the release follows.
const floorLine = "-- floor: "

// FloorOf returns the floor that a database has after migrations, the text of each in order, and
// the first release that works with it.
func FloorOf(scripts []string) (floor int, needs string) {
	for i, script := range scripts {
		for line := range strings.Lines(script) {
			if release, raises := strings.CutPrefix(strings.TrimSpace(line), floorLine); raises {
				floor, needs = i+1, release
			}
		}
	}
	return floor, needs
}
