package sqlitestore_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/storetest"
)

// oldDatabase makes one as it was before a migration, with the rows of that time.
func oldDatabase(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "favord.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) <= storetest.BeforeRows {
		t.Fatal(files, err)
	}
	var script []string
	for _, file := range files[:storetest.BeforeRows] {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script = append(script, string(text))
	}
	stock := storetest.OldStock()
	content, err := document.EncodeStock(&stock)
	if err != nil {
		t.Fatal(err)
	}
	script = append(script, storetest.OldRows(content, func(hex string) string { return "x'" + hex + "'" })...)
	script = append(script, "insert into meta (name, value) values ('mode', 'sandbox')",
		"pragma application_id = 1180792420", fmt.Sprintf("pragma user_version = %d", storetest.BeforeRows))
	for _, statement := range script {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return path
}

func TestCouponsOfAnOldDatabaseAreMoved(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqlitestore.Options{Path: oldDatabase(t), Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectMoved(t, s)
}

// TestAMoveThatFailsLeavesTheOldDatabase: it is one transaction, so that being killed in the
// midst of it is the same.
func TestAMoveThatFailsLeavesTheOldDatabase(t *testing.T) {
	t.Parallel()
	path := oldDatabase(t)
	execute(t, path, "update stock_holder set received = received + 1 where received = 1")
	_, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err == nil || !strings.Contains(err.Error(), "favord check") {
		t.Fatalf("holders who were miscounted give %v", err)
	}
	execute(t, path, "update stock_holder set received = 1 where received = 2 and holder = (select holder from coupon where code = 'E')")
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = s.Close() })
	storetest.ExpectMoved(t, s)
}

// TestACheckFindsWhatIsBroken changes rows behind favord's back.
func TestACheckFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	path := oldDatabase(t)
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	storetest.ExpectMoved(t, s)
	for _, one := range storetest.Violations() {
		before := storetest.Broken(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if one[0] == store.InvariantUnique {
			execute(t, path, "drop index coupon_by_code")
		}
		execute(t, path, one[1])
		s = mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
		if after := storetest.Broken(t, s); slices.Contains(before, one[0]) || !slices.Contains(after, one[0]) {
			t.Errorf("after %s: %q, before %q", one[1], after, before)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
