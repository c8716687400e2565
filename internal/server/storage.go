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
	if err := s.findLanes(ctx); err != nil {
		return err
	}
	s.store = metered{s.engine, s.config.Clock, s.metrics, s.traces}
	if s.config.around != nil {
		s.store = s.config.around(s.store)
	}
	if sealer == nil {
		if sealer, err = keyring.MakeSealer(ctx, s.store, path); err != nil {
			return err
		}
	}
	s.keyring = keyring.New(s.store, s.config.Clock, sealer)
	s.expiry = &expiry{store: s.engine, clock: s.config.Clock, authority: s.keyring.AuthorityEnd, ports: s.certificates}
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

// findLanes notes how many batches run at once: SQLite has one writer, and where the rows of merchants
// lie on different servers each merchant has batches of its own.
func (s *Server) findLanes(ctx context.Context) error {
	s.lanes = 1
	placed, is := s.engine.(interface {
		Distributed(ctx context.Context) (bool, error)
	})
	if !is {
		return nil
	}
	s.lanes = lane.DefaultLanes
	distributed, err := placed.Distributed(ctx)
	if distributed {
		s.lanes = lane.PerOwner
	}
	return err
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

// Distribution are the statements that spread a database on PostgreSQL over the nodes of Citus.
func Distribution(database string, shards int) []string {
	return pgstore.Distribution(database, shards)
}

// NewKeyFile makes a file with the key that seals all others. It overwrites none.
func NewKeyFile(path string) error { return keyring.NewKeyFile(path) }
