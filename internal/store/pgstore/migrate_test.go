package pgstore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

// oldDatabase makes one as it was before a migration, with the rows of that time.
func oldDatabase(t *testing.T) (dsn string) {
	t.Helper()
	dsn = pgtest.Shared(t).Empty(t)
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) <= storetest.BeforeRows {
		t.Fatal(files, err)
	}
	for _, file := range files[:storetest.BeforeRows] {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, dsn, string(text))
	}
	stock := storetest.OldStock()
	content, err := document.EncodeStock(&stock)
	if err != nil {
		t.Fatal(err)
	}
	rows := storetest.OldRows(content, func(hex string) string { return `'\x` + hex + `'` })
	exec(t, dsn, strings.Join(rows, ";\n"))
	exec(t, dsn, fmt.Sprintf(`
		comment on table meta is 'favord';
		insert into meta (name, value) values ('schema', '%d'), ('mode', 'sandbox')`, storetest.BeforeRows))
	return dsn
}

func TestCouponsOfAnOldDatabaseAreMoved(t *testing.T) {
	t.Parallel()
	storetest.ExpectMoved(t, mustOpen(t, oldDatabase(t)))
}

// TestAMoveThatFailsLeavesTheOldDatabase: it is one transaction, so that being killed in the
// midst of it is the same.
func TestAMoveThatFailsLeavesTheOldDatabase(t *testing.T) {
	t.Parallel()
	dsn := oldDatabase(t)
	exec(t, dsn, "update stock_holder set received = received + 1 where received = 1")
	_, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err == nil || !strings.Contains(err.Error(), "favord check") {
		t.Fatalf("holders who were miscounted give %v", err)
	}
	exec(t, dsn, "update stock_holder set received = 1 where holder = (select holder from coupon where code = 'E')")
	storetest.ExpectMoved(t, mustOpen(t, dsn))
}

// TestACheckFindsWhatIsBroken changes rows behind favord's back.
func TestACheckFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	dsn := oldDatabase(t)
	s := mustOpen(t, dsn)
	storetest.ExpectMoved(t, s)
	for _, one := range storetest.Violations() {
		before := storetest.Broken(t, s)
		if one[0] == store.InvariantUnique {
			exec(t, dsn, "drop index coupon_by_code")
		}
		exec(t, dsn, one[1])
		if after := storetest.Broken(t, s); slices.Contains(before, one[0]) || !slices.Contains(after, one[0]) {
			t.Errorf("after %s: %q, before %q", one[1], after, before)
		}
	}
}
