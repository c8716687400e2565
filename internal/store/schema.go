package store

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

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

// Migration is one step that an engine's schema takes.
type Migration struct {
	// Name is the file's, Text its statements.
	Name, Text string
}

// Line returns what follows a prefix that begins a line of the migration, "" where no line has it.
func (m Migration) Line(prefix string) string {
	for line := range strings.Lines(m.Text) {
		if rest, has := strings.CutPrefix(strings.TrimSpace(line), prefix); has {
			return rest
		}
	}
	return ""
}

// Migrations are an engine's, in the order in which they are applied.
type Migrations []Migration

// ReadMigrations reads the SQL files of a folder, in the order of their names.
func ReadMigrations(files fs.FS, folder string) (Migrations, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	all := make(Migrations, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		all[i] = Migration{Name: path.Base(name), Text: string(text)}
	}
	return all, nil
}

// floorLine begins the line of a migration that raises the floor; the release follows.
const floorLine = "-- floor: "

// Floor returns the floor that a database has after the migrations, and the first release that
// works with it.
func (m Migrations) Floor() (floor int, needs string) {
	for i, migration := range m {
		if release := migration.Line(floorLine); release != "" {
			floor, needs = i+1, release
		}
	}
	return floor, needs
}

// SchemaAt returns the schema of a database that has had version of the migrations. Its floor is
// not known yet.
func (m Migrations) SchemaAt(version int) Schema {
	schema := Schema{Version: version, Known: len(m)}
	for _, migration := range m[min(version, len(m)):] {
		schema.Pending = append(schema.Pending, migration.Name)
	}
	return schema
}
