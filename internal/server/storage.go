package server

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// openStore opens the database, and the secrets in it. Only a sandbox makes the key by itself: in
// production a key that was made anew would hide that the right one is missing. There the key
// comes first, so that without it no database is made.
func (s *Server) openStore(ctx context.Context) (err error) {
	path := s.config.KeyFile
	if path == "" {
		path = filepath.Join(s.config.DataDir, "kek")
	}
	var sealer *keyring.Sealer
	if s.config.Mode == store.Production {
		if sealer, err = keyring.LoadSealer(path); err != nil {
			return err
		}
	}
	if s.engine, err = s.config.openStore(ctx); err != nil {
		return err
	}
	s.store = metered{s.engine, s.config.Clock, s.metrics}
	s.expiry = &expiry{store: s.engine, clock: s.config.Clock, ports: s.certificates}
	if sealer == nil {
		if sealer, err = keyring.MakeSealer(ctx, s.store, path); err != nil {
			return err
		}
	}
	s.keyring = keyring.New(s.store, s.config.Clock, sealer)
	if s.config.RSAKey != nil {
		s.keyring.MakeRSAWith(s.config.RSAKey)
	}
	return s.keyring.Adopt(ctx)
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

// NewKeyFile makes a file with the key that seals all others. It overwrites none.
func NewKeyFile(path string) error { return keyring.NewKeyFile(path) }
