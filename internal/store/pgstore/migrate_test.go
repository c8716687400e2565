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
	"github.com/favord/favord/internal/store/document"
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

// TestAMigrationThatMeetsOthersIsTriedAgain has it lose against transactions of the release before, twice.
func TestAMigrationThatMeetsOthersIsTriedAgain(t *testing.T) {
	t.Parallel()
	dsn := before(t, "0022_stock_key.sql", `
		create sequence tries;
		create function meet() returns trigger language plpgsql as $$
		begin
			if nextval('tries') <= 2 then
				raise exception 'on purpose' using errcode = 'deadlock_detected';
			end if;
			return new;
		end $$;
		create trigger meeting before insert or update on meta for each row execute function meet()`)
	mustOpen(t, dsn)
	if tried := ask[int64](t, dsn, "select last_value from tries"); tried < 3 {
		t.Errorf("the trigger saw %d changes", tried)
	}
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

// oldCoupons makes a database as it was before coupons were moved.
func oldCoupons(t *testing.T) (dsn string) {
	t.Helper()
	stock := storetest.OldStock()
	content, err := document.EncodeStock(&stock)
	if err != nil {
		t.Fatal(err)
	}
	rows := storetest.OldRows(content, func(hex string) string { return `'\x` + hex + `'` })
	return before(t, "0011_rows.sql", strings.Join(rows, ";\n"))
}

func TestCouponsOfAnOldDatabaseAreMoved(t *testing.T) {
	t.Parallel()
	dsn := oldCoupons(t)
	s := mustOpen(t, dsn)
	storetest.ExpectCouponsMoved(t, s)
}

// TestAMoveThatFailsLeavesTheOldDatabase: it is one transaction, so that being killed in the
// midst of it is the same.
func TestAMoveThatFailsLeavesTheOldDatabase(t *testing.T) {
	t.Parallel()
	dsn := oldCoupons(t)
	exec(t, dsn, "update stock_holder set received = received + 1 where received = 1")
	_, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err == nil || !strings.Contains(err.Error(), "favord check") {
		t.Fatalf("holders who were miscounted give %v", err)
	}
	exec(t, dsn, "update stock_holder set received = 1 where holder = (select holder from coupon where code = 'E')")
	s := mustOpen(t, dsn)
	storetest.ExpectCouponsMoved(t, s)
}

// TestACheckFindsWhatIsBroken changes rows behind favord's back.
func TestACheckFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	dsn := oldCoupons(t)
	s := mustOpen(t, dsn)
	storetest.ExpectCouponsMoved(t, s)
	for _, one := range storetest.Violations() {
		had := storetest.Broken(t, s)
		if one[0] == store.InvariantUnique {
			exec(t, dsn, "drop index coupon_by_code")
		}
		exec(t, dsn, one[1])
		if after := storetest.Broken(t, s); slices.Contains(had, one[0]) || !slices.Contains(after, one[0]) {
			t.Errorf("after %s: %q, before %q", one[1], after, had)
		}
	}
}

// TestANewerSchemaIsUsedThatLeavesWhatThisReleaseNeeds opens a database that a later migration has
// added to.
func TestANewerSchemaIsUsedThatLeavesWhatThisReleaseNeeds(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Shared(t).Empty(t)
	empty, err := pgstore.SchemaOf(t.Context(), dsn)
	if err != nil || empty.Version != 0 || len(empty.Pending) != empty.Known || !empty.Usable() {
		t.Errorf("an empty database is %+v, %v", empty, err)
	}
	storetest.ExpectUsable(t, mustOpen(t, dsn))
	exec(t, dsn, "update meta set value = '99' where name = 'schema'; update meta set value = '9.1.0' where name = 'needs'")
	storetest.ExpectUsable(t, mustOpen(t, dsn))
	newer, err := pgstore.SchemaOf(t.Context(), dsn)
	if err != nil || newer.Version != 99 || newer.Floor == 0 || newer.Needs != "9.1.0" || len(newer.Pending) != 0 || !newer.Usable() {
		t.Errorf("the newer database is %+v, %v", newer, err)
	}
}
