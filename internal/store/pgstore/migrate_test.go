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
	"github.com/jackc/pgx/v5"

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

// TestAMigrationGivesWayToCalls: a call of the release before holds one of the tables that the step
// wants, and asks for another one. It is answered, though it is the first to look for a deadlock.
func TestAMigrationGivesWayToCalls(t *testing.T) {
	t.Parallel()
	dsn := before(t, "0023_owner.sql", `
		do $$ begin execute format('alter database %I set deadlock_timeout = ''4s''', current_database()); end $$`)
	call := connect(t, dsn)
	do := func(statement string) {
		t.Helper()
		if _, err := call.Exec(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	do("begin; set local deadlock_timeout = '3s'; lock table voucher_stock in row exclusive mode")
	opened := make(chan error, 1)
	go func() {
		s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	for !ask[bool](t, dsn, "select exists (select from pg_locks where locktype = 'relation' and not granted)") {
	}
	do("lock table stock in row exclusive mode")
	do("commit")
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

// locked tells in which of these modes a transaction holds tables that it has not made.
const locked = `
	select coalesce(string_agg(relname, ', ' order by relname), '')
	from (
	    select c.relname::text, max(case l.mode when 'AccessExclusiveLock' then 2 else 1 end) as mode
	    from pg_locks l
	    join pg_class c on c.oid = l.relation
	    where l.pid = pg_backend_pid() and c.relkind = 'r' and c.relname = any($1)
	      and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
	    group by c.relname
	) held
	where mode = $2`

// TestAMigrationNamesTheTablesThatItTakesAway compares what each says with the locks that it holds at
// its end.
func TestAMigrationNamesTheTablesThatItTakesAway(t *testing.T) {
	t.Parallel()
	known, err := store.ReadMigrations(os.DirFS("."), "migrations")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, pgtest.Shared(t).Empty(t))
	floor, _ := known.Floor() // below it, nobody else is at work
	for i, step := range known {
		closes, freezes := taken(t, conn, step)
		if i < floor {
			continue
		}
		if said := step.Line("-- closes: "); said != closes {
			t.Errorf("%s closes %q and says %q", step.Name, closes, said)
		}
		if said := step.Line("-- freezes: "); said != freezes {
			t.Errorf("%s freezes %q and says %q", step.Name, freezes, said)
		}
	}
}

// taken applies a migration, and returns the tables that it takes away from everybody, and from who changes them.
func taken(t *testing.T, conn *pgx.Conn, step store.Migration) (closes, freezes string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		var tables []string
		if err := tx.QueryRow(t.Context(), `
			select coalesce(array_agg(relname::text), '{}')
			from pg_class
			where relnamespace = 'public'::regnamespace and relkind = 'r'`).Scan(&tables); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), step.Text)
		return errors.Join(err,
			tx.QueryRow(t.Context(), locked, tables, 2).Scan(&closes),
			tx.QueryRow(t.Context(), locked, tables, 1).Scan(&freezes))
	})
	if err != nil {
		t.Fatalf("%s: %v", step.Name, err)
	}
	return closes, freezes
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
