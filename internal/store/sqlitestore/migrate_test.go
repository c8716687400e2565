package sqlitestore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/storetest"
)

// before makes a database as it was before a migration, with rows.
func before(t *testing.T, migration, rows string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "favord.db")
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	version := slices.Index(files, filepath.Join("migrations", migration))
	for _, file := range files[:version] {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, path, string(script))
	}
	execute(t, path, fmt.Sprintf("pragma application_id = 0x46617664; pragma user_version = %d; %s", version, rows))
	return path
}

// TestEventsOfAnOldDatabaseGoOnTheirWay breaks the migration off the first time.
func TestEventsOfAnOldDatabaseGoOnTheirWay(t *testing.T) {
	t.Parallel()
	path := before(t, "0012_queue.sql", storetest.OldNotices("blob", "")+`;
		create trigger broken before update on delivery begin select raise(abort, 'on purpose'); end`)
	if s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox}); err == nil {
		t.Fatal(errors.Join(errors.New("a migration that fails is passed over"), s.Close()))
	}
	execute(t, path, "drop trigger broken")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectMoved(t, s)
}

// TestAnEventThatIsMissingIsFound is about a database of production, where times can be
// compared.
func TestAnEventThatIsMissingIsFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Production})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectTold(t, s, clock.System{}.Now())
}

// TestWhatWasThereIsCounted has the migration count what transactions have counted.
func TestWhatWasThereIsCounted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	before := storetest.CountedBefore(t, s)
	script, err := os.ReadFile("migrations/0013_tally.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, path, "drop table tally_hour; drop table tally_expiry; "+string(script))
	if diff := cmp.Diff(before, storetest.CountedNow(t, s)); diff != "" || len(before) < 7 {
		t.Errorf("counted by the migration (-want +got):\n%s", diff)
	}
}
