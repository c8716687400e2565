package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// Trial says how an archive is proved.
type Trial struct {
	// TempDir is where it is unpacked for the while; "" is the system's place for such things.
	TempDir string
	// KeyFile is a key file that must open the secrets; "" leaves them closed.
	KeyFile string
	Clock   clock.Clock
}

// Verify unpacks an archive into a temporary place, holds it to its manifest, brings its schema up
// to date as a server would, and proves the invariants over it.
func Verify(ctx context.Context, path string, t Trial) (m Manifest, list []store.Invariant, err error) {
	dir, err := os.MkdirTemp(t.TempDir, "favord-verify-")
	if err != nil {
		return m, nil, explain(err, t.TempDir)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if m, err = unpackTo(ctx, path, dir); err != nil {
		return m, nil, err
	}
	database := filepath.Join(dir, fileDatabase)
	if err := sqlitestore.Intact(ctx, database); err != nil {
		return m, nil, err
	}
	s, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: database, Mode: m.Mode})
	if err != nil {
		return m, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if t.KeyFile != "" {
		sealer, err := keyring.LoadSealer(t.KeyFile)
		if err != nil {
			return m, nil, err
		}
		if err := keyring.New(s, t.Clock, sealer).OpensEverything(ctx); err != nil {
			return m, nil, err
		}
	}
	list, err = s.Check(ctx)
	return m, list, err
}

// unpackTo unpacks an archive and compares what is in its database with the manifest.
func unpackTo(ctx context.Context, path, dir string) (Manifest, error) {
	a, err := open(path)
	if err != nil {
		return Manifest{}, explain(err, path)
	}
	defer a.close()
	m := a.manifest
	known, err := sqlitestore.KnownSchema()
	if err != nil {
		return m, err
	}
	if m.Schema > known {
		return m, errNewerSchema(path, m.Schema, known)
	}
	if err := a.unpack(dir); err != nil {
		return m, explain(err, filepath.Dir(dir))
	}
	is, err := sqlitestore.Inspect(ctx, filepath.Join(dir, fileDatabase))
	switch {
	case err != nil:
		return m, fmt.Errorf("database in %s: %w", path, err)
	case is.Schema != m.Schema || is.Mode != m.Mode || len(is.Rows) != len(m.Rows):
		return m, errForeign(path)
	}
	for table, rows := range is.Rows {
		if rows != m.Rows[table] {
			return m, errCounts(path, table, rows, m.Rows[table])
		}
	}
	return m, nil
}
