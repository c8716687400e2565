package server

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/favord/favord/internal/keyring"
	"github.com/favord/favord/internal/lane"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// sealer returns what opens the secrets. Only a sandbox makes the key by itself: in
// production a key that was made anew would hide that the right one is missing.
func (c *Config) sealer() (*keyring.Sealer, error) {
	path := c.KeyFile
	if path == "" {
		path = filepath.Join(c.DataDir, "kek")
	}
	if c.Mode == store.Sandbox {
		return keyring.MakeSealer(path)
	}
	return keyring.LoadSealer(path)
}

// openStore opens the database. A failed engine is no store, not even an empty one.
func (c *Config) openStore(ctx context.Context) (store.Store, error) {
	if c.Database != "" {
		opened, err := pgstore.Open(ctx, pgstore.Options{
			DSN: c.Database, Mode: c.Mode, Connections: int(c.Connections), Clock: c.Clock,
		})
		if err != nil {
			return nil, err
		}
		return opened, nil
	}
	opened, err := sqlitestore.Open(ctx, sqlitestore.Options{
		Path: filepath.Join(c.DataDir, "favord.db"), Mode: c.Mode,
	})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// lanes is how many batches of coupons run at once: SQLite has one writer.
func (c *Config) lanes() int {
	if c.Database == "" {
		return 1
	}
	return lane.DefaultLanes
}

// Check proves the invariants over a database that no server needs to run on. The mode
// must be that of the database.
func Check(ctx context.Context, c Config) ([]store.Invariant, error) {
	s, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Check(ctx)
	return list, errors.Join(err, s.Close())
}
