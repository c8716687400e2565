package serve

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

func TestEveryInvariantHasAChineseName(t *testing.T) {
	t.Parallel()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "favord.db"), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Check(t.Context())
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	names := proof.Statements()
	for _, one := range list {
		if names[one.Name].ZH == "" {
			t.Errorf("%q has no Chinese name", one.Name)
		}
		delete(names, one.Name)
	}
	for name := range names {
		t.Errorf("%q has a Chinese name and is no invariant", name)
	}
}
