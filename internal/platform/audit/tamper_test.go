package audit_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/sqlitetest"
)

// victim is a database with an audit, which somebody changes behind the server's back.
type victim struct {
	store.Store
	t    *testing.T
	exec func(statement string)
}

// eachVictim runs a test with a database of each engine that has SQL. Merchant alice has seven
// sealed entries, bob three.
func eachVictim(t *testing.T, test func(t *testing.T, v *victim)) {
	t.Helper()
	open := map[string]func(t *testing.T) *victim{"sqlite": onSQLite}
	if size.HasPostgres() {
		open["postgres"] = onPostgres
	}
	for name, opened := range open {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := opened(t)
			t.Cleanup(func() { _ = v.Close() })
			for n := range 7 {
				appended(t, v, entry(alice, fmt.Sprint(n)))
			}
			for n := range 3 {
				appended(t, v, entry(bob, fmt.Sprint(n)))
			}
			if sealed, err := serviceOf(v).Seal(t.Context()); sealed != 10 || err != nil {
				t.Fatalf("%d sealed, %v", sealed, err)
			}
			test(t, v)
		})
	}
}

func onSQLite(t *testing.T) *victim {
	t.Helper()
	path := sqlitetest.Put(t, t.TempDir())
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &victim{Store: s, t: t, exec: func(statement string) {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}}
}

func onPostgres(t *testing.T) *victim {
	t.Helper()
	dsn := engines.Database(t)
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return &victim{Store: s, t: t, exec: func(statement string) {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}}
}

// attack is what somebody does to the database, and what is found first.
type attack struct {
	statements []string
	want       audit.Finding
}

// attacks are those on alice's chain that leave heads outside aside.
func attacks() map[string]attack {
	const hers = " where creator_mchid = '1900000001' and "
	altered := func(place int64) audit.Finding {
		return audit.Finding{Owner: alice, Flaw: trail.FlawAltered, Place: place}
	}
	missing := func(place int64) audit.Finding {
		return audit.Finding{Owner: alice, Flaw: trail.FlawMissing, Place: place}
	}
	added := func(place int64) audit.Finding {
		return audit.Finding{Owner: alice, Flaw: trail.FlawAdded, Place: place}
	}
	list := map[string]attack{
		"delete the first":         {[]string{"delete from audit" + hers + "place = 1"}, missing(1)},
		"delete one":               {[]string{"delete from audit" + hers + "place = 4"}, missing(4)},
		"delete and close the gap": {append([]string{"delete from audit" + hers + "place = 4"}, moved(5, 7, -1)...), altered(4)},
		"delete, close the gap, and move the end": {slices.Concat(
			[]string{"delete from audit" + hers + "place = 4"}, moved(5, 7, -1),
			[]string{"update audit_head set place = 6" + hers + "true"},
		), altered(4)},
		"truncate":              {[]string{"delete from audit" + hers + "place > 5"}, missing(6)},
		"truncate everything":   {[]string{"delete from audit" + hers + "true"}, missing(1)},
		"forget where it ended": {[]string{"delete from audit_head" + hers + "true"}, added(1)},
		"move the end back":     {[]string{"update audit_head set place = 3" + hers + "true"}, added(4)},
		"reorder": {[]string{
			"update audit set place = 100" + hers + "place = 2", "update audit set place = 2" + hers + "place = 5",
			"update audit set place = 5" + hers + "place = 100",
		}, altered(2)},
		"insert": {append(moved(3, 7, 1), inserted(3)), altered(3)},
		"insert and move the end": {
			append(moved(3, 7, 1), inserted(3), "update audit_head set place = 8"+hers+"true"), altered(3),
		},
		"append with a seal": {[]string{inserted(8)}, altered(8)},
		"give to another": {[]string{
			"update audit set creator_mchid = '1900000009', place = 1, id = 999999" + hers + "place = 4",
		}, missing(4)},
	}
	for column, value := range map[string]string{
		"at": "at + 1", "actor": "'x'", "action": "'x'", "object": "'x'", "request_id": "'x'", "was": "null", "became": "'{}'",
		"coupons": "1", "first_id": "1", "last_id": "1", "hash": "(select hash from audit_head where creator_mchid = '1900000002')",
	} {
		list["edit "+column] = attack{[]string{"update audit set " + column + " = " + value + hers + "place = 4"}, altered(4)}
	}
	return list
}

// moved are the statements that shift alice's entries at places, in an order in which no place
// is taken twice.
func moved(first, last, by int) (statements []string) {
	for place := first; place <= last; place++ {
		at := place
		if by > 0 {
			at = first + last - place
		}
		statements = append(statements,
			fmt.Sprintf("update audit set place = %d where creator_mchid = '1900000001' and place = %d", at+by, at))
	}
	return statements
}

// inserted is the statement that adds an entry of alice at a place, with the hash of another.
func inserted(place int) string {
	return fmt.Sprintf(`insert into audit (creator_mchid, id, at, actor, action, object, place, hash)
		select creator_mchid, 555, at, actor, action, object, %d, hash from audit where creator_mchid = '1900000001' and place = 1`, place)
}

// TestTamperingIsFound: whatever is edited, deleted, inserted, moved or cut off behind the server's
// back is found on both engines, at the first entry that is wrong, and by `favord check`, too.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() {
		if !t.Failed() {
			t.Logf("proof P20: %d of %d ways of tampering are found, on both engines", len(attacks()), len(attacks()))
		}
	})
	for name, a := range attacks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachVictim(t, func(t *testing.T, v *victim) {
				if report := v.verified(nil); !report.Sound() || report.Entries != 10 || report.Chains != 2 {
					t.Fatalf("before: %+v", report)
				}
				v.broken(0)
				for _, statement := range a.statements {
					v.exec(v.possible(statement))
				}
				report := v.verified(nil)
				if i := slices.IndexFunc(report.Findings, func(f audit.Finding) bool { return f.Owner == alice }); i < 0 {
					t.Error("nothing is found")
				} else if diff := cmp.Diff(a.want, report.Findings[i]); diff != "" {
					t.Errorf("found (-want +got):\n%s", diff)
				}
				if slices.ContainsFunc(report.Findings, func(f audit.Finding) bool { return f.Owner == bob }) {
					t.Errorf("bob's chain is whole: %+v", report.Findings)
				}
				if got, err := serviceOf(v).Follow(t.Context(), audit.Piece{Owner: alice, Limit: audit.MaxPiece}); err != nil || got.Flaw != a.want.Flaw || got.Place != a.want.Place {
					t.Errorf("followed: %+v, %v", got, err)
				}
				v.broken(1)
			})
		})
	}
}

// possible makes a statement one that PostgreSQL takes: there ids are the database's own.
func (v *victim) possible(statement string) string {
	if _, is := v.Store.(*pgstore.Store); !is {
		return statement
	}
	for _, part := range [][2]string{{", id, at", ", at"}, {"creator_mchid, 555, at", "creator_mchid, at"}, {", id = 999999", ""}} {
		if before, after, found := cut(statement, part[0]); found {
			statement = before + part[1] + after
		}
	}
	return statement
}

// verified follows the chains.
func (v *victim) verified(kept []store.AuditHead) audit.Report {
	v.t.Helper()
	report, err := audit.Verify(v.t.Context(), v, kept, func(int64) {})
	if err != nil {
		v.t.Fatal(err)
	}
	return report
}

// broken looks whether the invariant is broken by at least so many rows, and by none for zero.
func (v *victim) broken(least int64) {
	v.t.Helper()
	list, err := v.Check(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(one store.Invariant) bool { return one.Name == store.InvariantAudit })
	if i < 0 || list[i].Rows == 0 || list[i].Broken < least || (list[i].Broken > 0) != (least > 0) {
		v.t.Errorf("check says %+v, want at least %d broken", list, least)
	}
}

// TestAChainThatWasWrittenAnewIsFoundByWhatWasKeptOutside: who can write everything can make
// another chain that is sound; what was kept outside shows it, also when it is cut off.
func TestAChainThatWasWrittenAnewIsFoundByWhatWasKeptOutside(t *testing.T) {
	t.Parallel()
	eachVictim(t, func(t *testing.T, v *victim) {
		heads, err := serviceOf(v).Heads(t.Context(), "auditor", "", 10)
		if err != nil || len(heads) != 2 {
			t.Fatalf("%+v, %v", heads, err)
		}
		if report := v.verified(heads); !report.Sound() || report.Compared != 2 {
			t.Errorf("before: %+v", report)
		}
		v.exec("update audit set actor = 'x' where creator_mchid = '1900000001' and place = 4")
		v.rewrite(alice)
		if report := v.verified(nil); !report.Sound() {
			t.Errorf("the other chain is not sound: %+v", report)
		}
		want := []audit.Finding{{Owner: alice, Flaw: trail.FlawRewritten, Place: 7}}
		if diff := cmp.Diff(want, v.verified(heads).Findings); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
		v.exec("delete from audit where creator_mchid = '1900000001' and place = 7")
		v.rewrite(alice)
		want[0].Flaw = trail.FlawMissing
		if diff := cmp.Diff(want, v.verified(heads).Findings); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
		t.Log("proof P20: 2 chains that were written anew are found by heads that were kept outside")
	})
}

// rewrite seals a merchant's entries anew, as they are now, and keeps where they end.
func (v *victim) rewrite(owner merchant.ID) {
	v.t.Helper()
	var entries []store.AuditEntry
	if err := v.Read(v.t.Context(), func(tx store.ReadTx) (err error) {
		entries, err = tx.SealedAudit(v.t.Context(), owner, 0, 100)
		return err
	}); err != nil {
		v.t.Fatal(err)
	}
	var last store.Seal
	hash := func(h store.Hash) string {
		if _, is := v.Store.(*pgstore.Store); is {
			return `'\x` + h.String() + `'`
		}
		return "x'" + h.String() + "'"
	}
	for i := range entries {
		last = entries[i].SealAt(last)
		v.exec(fmt.Sprintf("update audit set hash = %s where creator_mchid = '%s' and place = %d", hash(last.Hash), owner, last.Place))
	}
	v.exec(fmt.Sprintf("update audit_head set place = %d, hash = %s where creator_mchid = '%s'", last.Place, hash(last.Hash), owner))
}
