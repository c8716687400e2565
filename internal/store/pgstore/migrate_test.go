package pgstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

// before makes a database as it was before a migration, with rows.
func before(t *testing.T, migration, rows string) string {
	t.Helper()
	dsn := pgtest.Shared(t).Empty(t)
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	version := slices.Index(files, filepath.Join("migrations", migration))
	var script strings.Builder
	for _, file := range files[:version] {
		part, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script.Write(part)
	}
	exec(t, dsn, fmt.Sprintf(`%s
		comment on table meta is 'favord';
		insert into meta (name, value) values ('schema', '%d'), ('mode', 'sandbox');
		%s`, &script, version, rows))
	return dsn
}

// TestNoticesOfAnOldDatabaseGoOnTheirWay breaks the migration off the first time.
func TestNoticesOfAnOldDatabaseGoOnTheirWay(t *testing.T) {
	t.Parallel()
	dsn := before(t, "0012_queue.sql", storetest.OldNotices("bytea", "overriding system value")+`;
		create function fail() returns trigger language plpgsql as $$ begin raise exception 'on purpose'; end $$;
		create trigger broken before update on delivery for each row execute function fail()`)
	if s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox}); err == nil {
		t.Fatal(errors.Join(errors.New("a migration that fails is passed over"), s.Close()))
	}
	exec(t, dsn, "drop trigger broken on delivery; select setval('outbox_id_seq', 7)")
	storetest.ExpectMoved(t, mustOpen(t, dsn))
}

// TestANoticeThatIsMissingIsFound is about a database of production, where times can be
// compared.
func TestANoticeThatIsMissingIsFound(t *testing.T) {
	t.Parallel()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: pgtest.Shared(t).Empty(t), Mode: store.Production})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectTold(t, s, clock.System{}.Now())
}

// TestWhatWasThereIsCounted has the migration count what transactions have counted.
func TestWhatWasThereIsCounted(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	s := mustOpen(t, dsn)
	before := storetest.CountedBefore(t, s)
	script, err := os.ReadFile("migrations/0013_tally.sql")
	if err != nil {
		t.Fatal(err)
	}
	exec(t, dsn, "drop table tally_hour; drop table tally_expiry; "+string(script))
	if diff := cmp.Diff(before, storetest.CountedNow(t, s)); diff != "" || len(before) < 7 {
		t.Errorf("counted by the migration (-want +got):\n%s", diff)
	}
}
