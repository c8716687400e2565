package store_test

import (
	"testing"

	"github.com/favord/favord/internal/store"
)

func TestOnlyAMigrationThatTakesAwayRaisesTheFloor(t *testing.T) {
	t.Parallel()
	scripts := []string{"create table a (b);", "-- Takes a away.\n-- floor: 0.2.0\ndrop table a;", "create table c (d);"}
	for n, want := range map[int]struct {
		floor int
		needs string
	}{0: {}, 1: {}, 2: {2, "0.2.0"}, 3: {2, "0.2.0"}} {
		if floor, needs := store.FloorOf(scripts[:n]); floor != want.floor || needs != want.needs {
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
