package store_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/favord/favord/internal/store"
)

func TestOnlyAMigrationThatTakesAwayRaisesTheFloor(t *testing.T) {
	t.Parallel()
	all := read(t, fstest.MapFS{
		"migrations/0003_c.sql": {Data: []byte("create table c (d);")},
		"migrations/0001_a.sql": {Data: []byte("create table a (b);")},
		"migrations/0002_b.sql": {Data: []byte("-- Takes a away.\n-- floor: 0.2.0\ndrop table a;")},
		"migrations/readme.txt": {},
	})
	for n, want := range map[int]struct {
		floor int
		needs string
	}{0: {}, 1: {}, 2: {2, "0.2.0"}, 3: {2, "0.2.0"}} {
		if floor, needs := all[:n].Floor(); floor != want.floor || needs != want.needs {
			t.Errorf("after %d migrations the floor is %d, %q", n, floor, needs)
		}
	}
	for _, c := range []struct {
		schema store.Schema
		want   bool
	}{
		{store.Schema{Version: 3, Known: 3, Floor: 2}, true},
		{store.Schema{Version: 4, Known: 3, Floor: 2}, true},
		{store.Schema{Version: 4, Known: 3, Floor: 3}, true},
		{store.Schema{Version: 4, Known: 3, Floor: 4}, false},
		{store.Schema{Known: 3}, true},
	} {
		if c.schema.Usable() != c.want {
			t.Errorf("%+v is usable: %v", c.schema, !c.want)
		}
	}
}

func TestADatabaseLacksTheMigrationsThatItHasNotHad(t *testing.T) {
	t.Parallel()
	all := read(t, fstest.MapFS{"m/0002_b.sql": {}, "m/0001_a.sql": {}})
	for version, want := range [][]string{{"0001_a.sql", "0002_b.sql"}, {"0002_b.sql"}, nil, nil} {
		got := all.SchemaAt(version)
		if got.Version != version || got.Known != 2 || !slices.Equal(got.Pending, want) {
			t.Errorf("a database that has had %d: %+v", version, got)
		}
	}
}

// read reads the migrations of the only folder there is.
func read(t *testing.T, files fstest.MapFS) store.Migrations {
	t.Helper()
	folders, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.ReadMigrations(files, folders[0].Name())
	if err != nil {
		t.Fatal(err)
	}
	return all
}
