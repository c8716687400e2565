package pgstore_test

import (
	"context"
	"errors"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

// fresh returns a database of the shared cluster with everything in it but rows.
func fresh(tb testing.TB) string {
	tb.Helper()
	return pgtest.Shared(tb).Fresh(tb, "sandbox", func(dsn string) error {
		s, err := pgstore.Open(context.Background(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func open(tb testing.TB) store.Store {
	tb.Helper()
	return mustOpen(tb, fresh(tb))
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

var errOnPurpose = errors.New("on purpose")

func TestPostgresKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestPostgresAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	storetest.Differential(t, open, func(testing.TB) store.Store { return memstore.New() })
}

func BenchmarkPostgres(b *testing.B) { storetest.Benchmark(b, open) }
