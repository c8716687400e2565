// Package engines opens every storage engine for tests that must hold on all of them.
package engines

import (
	"context"
	"testing"

	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/sqlitetest"
	"github.com/favord/favord/internal/store/storetest"
)

// Each runs a test once with a new store of each engine, in parallel, and once with one that
// runs every transaction twice. A quick run leaves PostgreSQL out.
func Each(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	each := all()
	each["twice"] = func(testing.TB) store.Store { return storetest.Twice{Store: memstore.New()} }
	for name, open := range each {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() { _ = s.Close() })
			test(t, s)
		})
	}
}

// EachBenchmark runs a benchmark once with a new store of each engine.
func EachBenchmark(b *testing.B, benchmark func(b *testing.B, s store.Store)) {
	b.Helper()
	for name, open := range all() {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			b.Cleanup(func() { _ = s.Close() })
			benchmark(b, s)
		})
	}
}

// EachLasting runs a test once with each engine that outlives its process. open opens the same
// database each time; on PostgreSQL it may be open more than once, as for nodes. A quick run
// leaves PostgreSQL out.
func EachLasting(t *testing.T, test func(t *testing.T, nodes int, open func() store.Store)) {
	t.Helper()
	type engine struct {
		nodes int
		at    func(tb testing.TB) func() (store.Store, error)
	}
	each := map[string]engine{"sqlite": {1, sqliteAt}}
	if size.HasPostgres() {
		each["postgres"] = engine{2, postgresAt}
	}
	for name, engine := range each {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opened := engine.at(t)
			test(t, engine.nodes, func() store.Store {
				s, err := opened()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = s.Close() })
				return s
			})
		})
	}
}

func all() map[string]storetest.Open {
	engines := map[string]storetest.Open{"memory": memory, "sqlite": sqlite}
	if size.HasPostgres() {
		engines["postgres"] = postgres
	}
	return engines
}

func memory(testing.TB) store.Store { return memstore.New() }

func sqlite(tb testing.TB) store.Store {
	tb.Helper()
	return must(tb, sqliteAt(tb))
}

func sqliteAt(tb testing.TB) func() (store.Store, error) {
	tb.Helper()
	path := sqlitetest.Put(tb, tb.TempDir())
	return func() (store.Store, error) {
		return sqlitestore.Open(tb.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	}
}

func postgres(tb testing.TB) store.Store {
	tb.Helper()
	return must(tb, postgresAt(tb))
}

func postgresAt(tb testing.TB) func() (store.Store, error) {
	tb.Helper()
	dsn := Database(tb)
	return func() (store.Store, error) {
		return pgstore.Open(tb.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	}
}

func must(tb testing.TB, open func() (store.Store, error)) store.Store {
	tb.Helper()
	s, err := open()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Database returns the DSN of a new sandbox's database on PostgreSQL, without rows. It is
// dropped when the test ends.
func Database(tb testing.TB) string {
	tb.Helper()
	return pgtest.Shared(tb).Fresh(tb, "sandbox", func(dsn string) error {
		s, err := pgstore.Open(context.Background(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
		if err != nil {
			return err
		}
		return s.Close()
	})
}
