package sqlitestore_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/sqlitetest"
	"github.com/favord/favord/internal/store/storetest"
)

func open(tb testing.TB) store.Store {
	tb.Helper()
	return sqlitetest.Open(tb)
}

func mustOpen(tb testing.TB, o sqlitestore.Options) *sqlitestore.Store {
	tb.Helper()
	s, err := sqlitestore.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestSQLiteKeepsTheContractWhenTransactionsRunTwice(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.EachTwice(open))
}

func TestSQLiteAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	storetest.Differential(t, open, func(testing.TB) store.Store { return memstore.New() })
}

func BenchmarkSQLite(b *testing.B) { storetest.Benchmark(b, open) }

// TestADatabaseThatCannotBeUsedIsRefusedInOneSentence also looks that nothing was
// changed.
func TestADatabaseThatCannotBeUsedIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string)
		says    string
	}{
		"in use": {func(t *testing.T, path string) {
			s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
			t.Cleanup(func() { _ = s.Close() })
		}, "in use by another favord process"},
		"newer": {func(t *testing.T, path string) {
			made(t, path)
			execute(t, path, `
				pragma user_version = 99;
				update meta set value = '99' where name = 'floor';
				update meta set value = '9.1.0' where name = 'needs'`)
		}, "use release 9.1.0 or a newer one"},
		"another program's": {func(t *testing.T, path string) {
			execute(t, path, "create table theirs (a)")
		}, "another program's database"},
		"of the other mode": {func(t *testing.T, path string) {
			s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Production})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, "is for production"},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is no favord database"},
		"a directory": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "cannot be read and written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "favord.db")
			c.prepare(t, path)
			before, _ := os.ReadFile(path)
			_, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
			expectSentence(t, err, c.says)
			if after, _ := os.ReadFile(path); !bytes.Equal(after, before) {
				t.Error("the file was changed")
			}
		})
	}
	_, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "none", "favord.db")})
	expectSentence(t, err, "does not exist")
	_, err = sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "favord.db"), MaxPages: 3})
	expectSentence(t, err, "is full")
}

func expectSentence(t *testing.T, err error, says string) {
	t.Helper()
	refusal := fault.Of(err)
	if err == nil || refusal.Kind != fault.Refused || !strings.Contains(refusal.Text.EN, says) || refusal.Text.ZH == "" {
		t.Errorf("open gives %v, want a sentence with %q", err, says)
	}
	if strings.Contains(refusal.Text.EN, "\n") {
		t.Errorf("more than a sentence: %q", refusal.Text.EN)
	}
}

func TestAFullDiskRefusesAndHeals(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	made(t, path)
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox, MaxPages: 200})
	entry := []store.AuditEntry{{Owner: "1", Object: strings.Repeat("x", 20_000)}}
	add := func(tx store.Tx) error { return tx.AppendAudit(t.Context(), entry) }
	written := 0
	err := error(nil)
	for ; err == nil && written < 1000; written++ {
		err = s.Write(t.Context(), add)
	}
	const some = 5 // or there was nothing that could be lost
	if !errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnclear) || written < some {
		t.Fatalf("after %d entries: %v", written, err)
	}
	expectEntries(t, s, written-1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	healed := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox})
	t.Cleanup(func() { _ = healed.Close() })
	if err := healed.Write(t.Context(), add); err != nil {
		t.Errorf("with space again: %v", err)
	}
	expectEntries(t, healed, written)
	t.Logf("proof P15: %d entries until the disk of SQLite is full, none lost, 1 more with space again", written-1)
}

// TestAFullDiskIsToldAndHeals fills the database, and empties it behind the store's back.
func TestAFullDiskIsToldAndHeals(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	made(t, path)
	s := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox, MaxPages: 300, Free: plenty})
	t.Cleanup(func() { _ = s.Close() })
	entry := []store.AuditEntry{{Owner: "1", Object: strings.Repeat("x", 50_000)}}
	add := func(tx store.Tx) error { return tx.AppendAudit(t.Context(), entry) }
	expectSentenceOrNil(t, s.Room(t.Context()), "")
	err := error(nil)
	for range 1000 {
		if err = s.Write(t.Context(), add); err != nil {
			break
		}
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("it is not full: %v", err)
	}
	for range 2 { // and stays so
		expectSentenceOrNil(t, s.Room(t.Context()), "is full")
	}
	execute(t, path, "delete from audit")
	expectSentenceOrNil(t, s.Room(t.Context()), "")
	if err := s.Write(t.Context(), add); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func plenty() (uint64, error) { return 1 << 40, nil }

// TestLittleFreeRoomIsToldBeforeAChangeFails asks a file system that fills up.
func TestLittleFreeRoomIsToldBeforeAChangeFails(t *testing.T) {
	t.Parallel()
	free := uint64(64 << 20)
	s := mustOpen(t, sqlitestore.Options{
		Path: filepath.Join(t.TempDir(), "favord.db"), Mode: store.Sandbox, Free: func() (uint64, error) { return free, nil },
	})
	t.Cleanup(func() { _ = s.Close() })
	expectSentenceOrNil(t, s.Room(t.Context()), "")
	free--
	expectSentenceOrNil(t, s.Room(t.Context()), "has only 63 MiB left")
	free++
	expectSentenceOrNil(t, s.Room(t.Context()), "")
}

// expectSentenceOrNil looks for a refusal, or for none when it says nothing.
func expectSentenceOrNil(t *testing.T, err error, says string) {
	t.Helper()
	if says != "" {
		expectSentence(t, err, says)
	} else if err != nil {
		t.Errorf("gives %v", err)
	}
}

func expectEntries(t *testing.T, s store.Store, want int) {
	t.Helper()
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), "1", 0, 10_000)
		if len(entries) != want {
			t.Errorf("%d entries, want %d", len(entries), want)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestRowsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	o := sqlitestore.Options{Path: filepath.Join(t.TempDir(), "favord.db"), Mode: store.Production}
	request := store.Request{RequestKey: store.RequestKey{Owner: "1", Number: "n"}, Content: store.ContentOf("c"), Answer: []byte("first")}
	s := mustOpen(t, o)
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertRequests(t.Context(), []store.Request{request}) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, o)
	t.Cleanup(func() { _ = again.Close() })
	if err := again.Read(t.Context(), func(tx store.ReadTx) error {
		found, err := tx.Requests(t.Context(), []store.RequestKey{request.RequestKey})
		if string(found[request.RequestKey].Answer) != "first" {
			t.Errorf("found %v", found)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestTheBundledSQLiteHasTheFixesWeNeed holds the WAL-reset fix of 3.51.3.
func TestTheBundledSQLiteHasTheFixesWeNeed(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var newEnough bool
	if err := db.QueryRowContext(t.Context(), `
		with version (part) as (
			select printf('%03d%03d%03d',
				substr(sqlite_version(), 1, 1),
				substr(sqlite_version(), 3, 2),
				substr(sqlite_version(), 6)))
		select part >= '003051003' from version`).Scan(&newEnough); err != nil || !newEnough {
		t.Errorf("new enough: %v, %v", newEnough, err)
	}
}

// TestHotQueriesUseTheirIndex asks SQLite how it would find the rows.
func TestHotQueriesUseTheirIndex(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "favord.db")
	made(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for query, index := range map[string]string{
		`select 1 from stock where stock_id = ''`:                                                                              "stock_by_id",
		`select 1 from coupon where code = '' and stock_id = '' and creator_mchid = ''`:                                        "coupon_by_code",
		`select 1 from coupon where code = ''`:                                                                                 "coupon_by_code",
		`select 1 from coupon where locator = x'00' and creator_mchid = ''`:                                                    "coupon_by_locator",
		`select 1 from coupon where account = x'00' order by id desc`:                                                          "coupon_by_holder",
		`select 1 from user where person = x'00' and person <> account`:                                                        "user_person",
		`select 1 from user where account = x'00' and appid = ''`:                                                              "user_account",
		`select 1 from delivery where creator_mchid = '' and product = '' and state = 'PENDING' and due_ms <= 1`:               "delivery_due",
		`select 1 from audit indexed by audit_unsealed where creator_mchid = '' and place is null and id > 1`:                  "audit_unsealed",
		`select 1 from audit where creator_mchid = '' and place > 1 order by place`:                                            "audit_by_place",
		`select 1 from payment where mchid = '' and at >= 1 and (at, transaction_id) < (2, '') order by at desc`:               "payment_by_time",
		`select 1 from request where creator_mchid = '' and stock_id = '' and operation = 1 and subject = x'' and number = ''`: "PRIMARY KEY",
	} {
		var id, parent, unused int
		var plan string
		if err := db.QueryRowContext(t.Context(), "explain query plan "+query).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "SEARCH") || !strings.Contains(plan, index) {
			t.Errorf("%s: %s, want index %s", query, plan, index)
		}
	}
}

// made creates a database and closes it.
func made(t *testing.T, path string) {
	t.Helper()
	if err := mustOpen(t, sqlitestore.Options{Path: path, Mode: store.Sandbox}).Close(); err != nil {
		t.Fatal(err)
	}
}

// execute changes a database behind favord's back.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
