// Package engines opens every storage engine for tests that must hold on all of them.
package engines

import (
	"path/filepath"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// Each runs a test once with a new store of each engine, in parallel.
func Each(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) store.Store{"memory": memory, "sqlite": sqlite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() { _ = s.Close() })
			test(t, s)
		})
	}
}

func memory(*testing.T) store.Store { return memstore.New() }

func sqlite(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "favord.db"), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
