package sqlitestore_test

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
	"github.com/favord/favord/internal/store/document"
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

// oldCoupons makes a database as it was before coupons were moved.
func oldCoupons(t *testing.T) (path string) {
	t.Helper()
	stock := storetest.OldStock()
	content, err := document.EncodeStock(&stock)
	if err != nil {
		t.Fatal(err)
	}
	rows := storetest.OldRows(content, func(hex string) string { return "x'" + hex + "'" })
	return before(t, "0011_rows.sql", strings.Join(rows, ";\n"))
}

func TestCouponsOfAnOldDatabaseAreMoved(t *testing.T) {
	t.Parallel()
	path := oldCoupons(t)
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectCouponsMoved(t, s)
}

// TestAMoveThatFailsLeavesTheOldDatabase: it is one transaction, so that being killed in the
// midst of it is the same.
func TestAMoveThatFailsLeavesTheOldDatabase(t *testing.T) {
	t.Parallel()
	path := oldCoupons(t)
	execute(t, path, "update stock_holder set received = received + 1 where received = 1")
	_, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err == nil || !strings.Contains(err.Error(), "favord check") {
		t.Fatalf("holders who were miscounted give %v", err)
	}
	execute(t, path, "update stock_holder set received = 1 where holder = (select holder from coupon where code = 'E')")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectCouponsMoved(t, s)
}

// TestACheckFindsWhatIsBroken changes rows behind favord's back.
func TestACheckFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	path := oldCoupons(t)
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	storetest.ExpectCouponsMoved(t, s)
	for _, one := range storetest.Violations() {
		had := storetest.Broken(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if one[0] == store.InvariantUnique {
			execute(t, path, "drop index coupon_by_code")
		}
		execute(t, path, one[1])
		s = mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
		if after := storetest.Broken(t, s); slices.Contains(had, one[0]) || !slices.Contains(after, one[0]) {
			t.Errorf("after %s: %q, before %q", one[1], after, had)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestANewerSchemaIsUsedThatLeavesWhatThisReleaseNeeds opens a database that a later migration has
// added to.
func TestANewerSchemaIsUsedThatLeavesWhatThisReleaseNeeds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	made(t, path)
	execute(t, path, "pragma user_version = 99; update meta set value = '9.1.0' where name = 'needs'")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	storetest.ExpectUsable(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	newer, err := sqlitestore.SchemaOf(t.Context(), path)
	if err != nil || newer.Version != 99 || newer.Floor == 0 || newer.Needs != "9.1.0" || len(newer.Pending) != 0 || !newer.Usable() {
		t.Errorf("the newer database is %+v, %v", newer, err)
	}
}
