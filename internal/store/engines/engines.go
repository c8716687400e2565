// Package engines opens every storage engine for tests that must hold on all of them.
package engines

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/storetest"
)

// Each runs a test once with a new store of each engine, in parallel, and once with one that
// runs every transaction twice.
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

func all() map[string]storetest.Open {
	return map[string]storetest.Open{"memory": memory, "sqlite": sqlite, "postgres": postgres}
}

func memory(testing.TB) store.Store { return memstore.New() }

func sqlite(tb testing.TB) store.Store {
	tb.Helper()
	s, err := sqlitestore.Open(tb.Context(), sqlitestore.Options{Path: filepath.Join(tb.TempDir(), "favord.db"), Mode: store.Sandbox})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func postgres(tb testing.TB) store.Store {
	tb.Helper()
	s, err := pgstore.Open(tb.Context(), pgstore.Options{DSN: Database(tb), Mode: store.Sandbox})
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
