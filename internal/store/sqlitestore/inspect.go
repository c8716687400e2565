package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Contents tell what is in a database file, whatever its schema.
type Contents struct {
	// Schema is the version of its schema.
	Schema int
	Mode   store.Mode
	// Rows are how many each table has.
	Rows map[string]int64
	// Keys are what its secrets are sealed with.
	Keys []store.SealingKey
}

// KnownSchema is the newest schema that this release can work with.
func KnownSchema() (int, error) {
	known, err := migrations()
	return len(known), err
}

// SchemaOf tells how far the database in a file has come, and changes nothing. It refuses another
// program's file.
func SchemaOf(ctx context.Context, path string) (schema store.Schema, err error) {
	err = withFile(ctx, path, func(_ *Store, s *session) error {
		schema, err = s.schema(ctx)
		return err
	})
	return schema, err
}

// Copy writes one committed state of a database into a new file, which it syncs. A server may be
// at work on the database: it goes on, and only its journal grows meanwhile. Everything that was
// committed before Copy was called is in it.
func Copy(ctx context.Context, from, to string) error {
	if err := withFile(ctx, from, func(s *Store, _ *session) error { return s.CopyTo(ctx, to) }); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Inspect looks into a database file and changes nothing. It refuses another program's, and one
// of a newer release.
func Inspect(ctx context.Context, path string) (c Contents, err error) {
	err = withFile(ctx, path, func(_ *Store, s *session) error {
		c.Schema, err = s.identify(ctx)
		switch {
		case err != nil:
			return err
		case c.Schema == 0:
			return errEmpty(path)
		}
		return s.transact(ctx, "begin", func() error { return s.countAll(ctx, &c) })
	})
	return c, err
}

// countAll reads everything but the version, in one state.
func (s *session) countAll(ctx context.Context, c *Contents) error {
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	c.Rows = make(map[string]int64, len(tables))
	for _, table := range tables {
		var n int64
		if err := s.conn.QueryRowContext(ctx, "select count(*) from "+table).Scan(&n); err != nil {
			return fmt.Errorf("count rows of %s: %w", table, translate(err))
		}
		c.Rows[table[1:len(table)-1]] = n
	}
	if err := s.row(ctx, `select value from meta where name = 'mode'`, nil, []any{&c.Mode}); err != nil {
		return fmt.Errorf("mode of the database: %w", err)
	}
	if _, has := c.Rows["sealing_key"]; !has { // an older release's
		return nil
	}
	return s.rows(ctx, `select generation, fingerprint from sealing_key order by generation`, nil, row.Into(&c.Keys, row.SealingKey))
}

// Intact reports what is wrong with the pages and indexes of a database file.
func Intact(ctx context.Context, path string) error {
	return withFile(ctx, path, func(_ *Store, s *session) error {
		var verdict string
		if err := s.conn.QueryRowContext(ctx, "pragma integrity_check(1)").Scan(&verdict); err != nil {
			return fmt.Errorf("check integrity: %w", translate(err))
		}
		if verdict != "ok" {
			return fault.New(fault.Refused,
				fmt.Sprintf("数据库 %s 已损坏：%s", path, verdict),
				fmt.Sprintf("The database %s is damaged: %s", path, verdict))
		}
		return nil
	})
}

// withFile opens a file for reading only, without the lock that keeps a second server away.
func withFile(ctx context.Context, path string, use func(*Store, *session) error) (err error) {
	defer func() {
		if err != nil && !errors.Is(err, store.ErrFull) { // it is what was copied to that is full
			err = explain(err, path)
		}
	}()
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	// A path may have characters that mean something in a URI.
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := &Store{path: path, db: db}
	reader, err := s.newSession(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.close()) }()
	return use(s, reader)
}

func errEmpty(path string) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("%s 中没有favord的数据", path), fmt.Sprintf("There is no data of favord in %s.", path))
}
