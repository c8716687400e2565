package pgstore_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/storetest"
)

var errOnPurpose = errors.New("on purpose")

func open(tb testing.TB) store.Store {
	tb.Helper()
	return mustOpen(tb, engines.Database(tb))
}

func mustOpen(tb testing.TB, dsn string) *pgstore.Store {
	tb.Helper()
	s, err := pgstore.Open(tb.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestPostgresKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

// TestPostgresAgreesWithTheModel uses one database again and again: making one takes longer
// than a sequence.
func TestPostgresAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	emptied := func(tb testing.TB) store.Store {
		tb.Helper()
		exec(tb, dsn, `
			do $$
			declare name text;
			begin
				set local session_replication_role = replica; -- in any order
				for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'meta' loop
					execute format('delete from %I', name);
				end loop;
			end $$`)
		return mustOpen(tb, dsn)
	}
	storetest.Differential(t, emptied, func(testing.TB) store.Store { return memstore.New() })
}

func BenchmarkPostgres(b *testing.B) { storetest.Benchmark(b, open) }
