package server

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// Audit is the audit of a database that no server works on. Close it.
type Audit struct {
	console.Auditor
	store store.Store
}

// OpenAudit opens the audit of a database; actor is who asks, for that very audit. The mode must
// be that of the database, or empty.
func OpenAudit(ctx context.Context, c Config, actor string) (*Audit, error) {
	s, err := c.openExisting(ctx)
	if err != nil {
		return nil, err
	}
	return &Audit{
		Auditor: console.Auditor{
			Audit: audit.New(audit.Config{Store: s, Clock: c.Clock, Log: c.Log}),
			Actor: func(context.Context) string { return actor },
		},
		store: s,
	}, nil
}

// Close releases the database.
func (a *Audit) Close() error { return a.store.Close() }

// openExisting opens a database that is there, whatever it is for when the mode is empty.
func (c *Config) openExisting(ctx context.Context) (store.Store, error) {
	if c.Mode != "" {
		return c.openStore(ctx)
	}
	if c.Database == "" {
		contents, err := sqlitestore.Inspect(ctx, c.file())
		if err != nil {
			return nil, err
		}
		c.Mode = contents.Mode
		return c.openStore(ctx)
	}
	c.Mode = store.Production
	s, err := c.openStore(ctx)
	if err == nil {
		return s, nil
	}
	c.Mode = store.Sandbox
	if s, errSandbox := c.openStore(ctx); errSandbox == nil {
		return s, nil
	}
	return nil, err
}

// file is where a database on SQLite is.
func (c *Config) file() string { return filepath.Join(c.DataDir, "favord.db") }

// VerifyAudit follows the chains of a database's audit and compares them with seals that were
// kept outside. A server may be at work on the database.
func VerifyAudit(ctx context.Context, c Config, kept []trail.Head, progress func(entries int64)) (report audit.Report, err error) {
	if c.Database == "" {
		err = sqlitestore.View(ctx, c.file(), func(s *sqlitestore.Store) error {
			report, err = audit.Verify(ctx, s, kept, progress)
			return err
		})
		return report, err
	}
	s, err := c.openExisting(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	report, err = audit.Verify(ctx, s, kept, progress)
	return report, errors.Join(err, s.Close())
}
