package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// program is what a manifest says who made it.
const program = "favord"

// Names of archives in a directory: the time of the mark in UTC, so that they sort by it.
const (
	prefix     = "favord-"
	nameLayout = "20060102T150405Z"
	suffix     = ".tar.gz"
)

// Order says what to archive where.
type Order struct {
	// DataDir has the database.
	DataDir string
	// To is a file that must not be there, with a name that ends in .tar.gz, or a directory, which
	// must, and in which the archive gets a name by its time.
	To string
	// Version is what the manifest says of the program.
	Version string
	Clock   clock.Clock
	// Keys are copied into KeysTo, a directory that is made for them; "" leaves them where they are.
	Keys   Keys
	KeysTo string
}

// Made is an archive that was made.
type Made struct {
	Path string
	Size int64
	Manifest
}

// Create makes an archive, and the copy of the keys if one is wanted, whole or not at all.
func Create(ctx context.Context, o Order) (made Made, err error) {
	if o.KeysTo == "" {
		return o.create(ctx)
	}
	if err := o.Keys.copyTo(o.KeysTo, o.To); err != nil {
		return Made{}, err
	}
	if made, err = o.create(ctx); err != nil {
		err = errors.Join(err, os.RemoveAll(o.KeysTo))
	}
	return made, err
}

func (o *Order) create(ctx context.Context) (Made, error) {
	mark := o.Clock.Now().UTC().Truncate(time.Millisecond)
	path, err := o.place(mark)
	if err != nil {
		return Made{}, err
	}
	database := filepath.Join(o.DataDir, fileDatabase)
	if _, err := os.Stat(database); errors.Is(err, fs.ErrNotExist) {
		return Made{}, errNoDatabase(o.DataDir)
	}
	// What is not finished lies beside the archive, on the disk whose room counts.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".favord-backup-")
	if err != nil {
		return Made{}, explain(err, path)
	}
	m, err := o.gather(ctx, database, dir, mark)
	if err == nil {
		err = writeArchive(filepath.Join(dir, "archive"), &m, dir)
	}
	if err == nil {
		err = moveTo(filepath.Join(dir, "archive"), path)
	}
	if err := errors.Join(explain(err, path), os.RemoveAll(dir)); err != nil {
		return Made{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Made{}, fmt.Errorf("backup: %w", err)
	}
	return Made{Path: path, Size: info.Size(), Manifest: m}, nil
}

// place is where the archive will be.
func (o *Order) place(mark time.Time) (string, error) {
	path := o.To
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path = filepath.Join(path, prefix+mark.Format(nameLayout)+suffix)
		_, err = os.Stat(path)
	}
	switch {
	case err == nil:
		return "", errExists(path)
	case path == o.To && !strings.HasSuffix(path, suffix):
		return "", errNoPlace(path)
	}
	return path, nil
}

// gather copies everything that belongs into the archive into a directory.
func (o *Order) gather(ctx context.Context, database, dir string, mark time.Time) (Manifest, error) {
	copied := filepath.Join(dir, fileDatabase)
	if err := sqlitestore.Copy(ctx, database, copied); err != nil {
		return Manifest{}, err
	}
	is, err := sqlitestore.Inspect(ctx, copied)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{
		Program: program, Format: Format, Version: o.Version, Mark: mark,
		Mode: is.Mode, Schema: is.Schema, Rows: is.Rows, Keys: []Key{},
	}
	for _, k := range is.Keys {
		m.Keys = append(m.Keys, Key(k))
	}
	names := []string{fileDatabase}
	if is.Mode == store.Sandbox {
		text, err := os.ReadFile(filepath.Join(o.DataDir, fileClock))
		if err == nil {
			names, err = append(names, fileClock), os.WriteFile(filepath.Join(dir, fileClock), text, 0o600) //nolint:gosec // in a directory of our own
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Manifest{}, fmt.Errorf("business time: %w", err)
		}
	}
	for _, name := range names {
		file, err := describe(filepath.Join(dir, name))
		if err != nil {
			return Manifest{}, err
		}
		m.Files = append(m.Files, file)
	}
	return m, nil
}

// writeArchive writes a file that outlives a power cut.
func writeArchive(path string, m *Manifest, dir string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = pack(f, m, dir)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// moveTo gives a file its name, which nothing else may have meanwhile, for good.
func moveTo(from, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return errExists(path)
	}
	if err := os.Rename(from, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
