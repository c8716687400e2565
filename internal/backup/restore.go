package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/favord/favord/internal/platform/keyring"
)

// Place is where an archive goes.
type Place struct {
	DataDir string
	Keys    Keys
	// KeysFrom is a directory that [Create] copied the keys to; "" leaves the keys as they are.
	KeysFrom string
}

// Restore puts an archive into a data directory that has no database, whole or not at all. A key
// file must fit if it is there.
func Restore(ctx context.Context, path string, p Place) (m Manifest, err error) {
	dataDir := p.DataDir
	for _, name := range []string{fileDatabase, fileDatabase + "-wal", fileClock} {
		if _, err := os.Lstat(filepath.Join(dataDir, name)); !errors.Is(err, fs.ErrNotExist) {
			return m, errExists(filepath.Join(dataDir, name))
		}
	}
	if _, err := os.Stat(dataDir); errors.Is(err, fs.ErrNotExist) {
		const ownerOnly = 0o700
		if err := os.MkdirAll(dataDir, ownerOnly); err != nil {
			return m, explain(err, dataDir)
		}
		defer func() {
			if err != nil {
				_ = os.Remove(dataDir) // it was made for nothing; what has files stays
			}
		}()
	}
	dir, err := os.MkdirTemp(dataDir, ".favord-restore-")
	if err != nil {
		return m, explain(err, dataDir)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if m, err = unpackTo(ctx, path, dir); err != nil {
		return m, err
	}
	if err := p.keys(&m); err != nil {
		return m, err
	}
	// The database comes last: what has one is whole.
	for _, file := range slices.Backward(m.Files) {
		name := file.Name
		if err := moveTo(filepath.Join(dir, name), filepath.Join(dataDir, name)); err != nil {
			return m, explain(err, dataDir)
		}
	}
	return m, nil
}

// keys puts the keys back that are missing, if they fit.
func (p *Place) keys(m *Manifest) error {
	if err := m.fits(p.Keys.KeyFile); err != nil || p.KeysFrom == "" {
		return err
	}
	key := filepath.Join(p.KeysFrom, fileKey)
	if _, err := os.Stat(key); err != nil {
		return explain(err, key)
	}
	if err := m.fits(key); err != nil {
		return err
	}
	return p.Keys.putBack(p.KeysFrom)
}

// fits refuses a key file that does not open the secrets of the archive.
func (m *Manifest) fits(keyFile string) error {
	if _, err := os.Stat(keyFile); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	sealer, err := keyring.LoadSealer(keyFile)
	if err != nil {
		return err
	}
	if len(m.Keys) == 0 { // an older release's, which has no fingerprints
		return nil
	}
	if err := sealer.Fits(m.fingerprints()); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}
