// Package sqlitetest makes databases on SQLite for tests: copies of one that every process makes once,
// as its migrations take most of the time of a short test.
package sqlitetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// empty is the file of a sandbox's database without rows.
//
//nolint:gochecknoglobals // tests of a whole process share it, and nobody else
var empty = sync.OnceValues(makeEmpty)

func makeEmpty() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "favord-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "favord.db")
	s, err := sqlitestore.Open(context.Background(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// Put makes the database of a new sandbox in a directory, without rows, and returns its path.
func Put(tb testing.TB, dir string) string {
	tb.Helper()
	content, err := empty()
	path := filepath.Join(dir, "favord.db")
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// Open opens a new sandbox's database without rows. The caller closes it.
func Open(tb testing.TB) *sqlitestore.Store {
	tb.Helper()
	s, err := sqlitestore.Open(tb.Context(), sqlitestore.Options{Path: Put(tb, tb.TempDir()), Mode: store.Sandbox})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
