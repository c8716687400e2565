package server

import (
	"context"
	"path/filepath"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// Schema tells how far a database has come, and changes nothing.
func Schema(ctx context.Context, c Config) (store.Schema, error) {
	if c.Database != "" {
		return pgstore.SchemaOf(ctx, c.Database)
	}
	return sqlitestore.SchemaOf(ctx, filepath.Join(c.DataDir, "favord.db"))
}

// Migrate brings a database to the schema of this program, as its first start would.
func Migrate(ctx context.Context, c Config) error {
	s, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	return s.Close()
}
