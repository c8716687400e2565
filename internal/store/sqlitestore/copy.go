package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store/row"
)

// CopyTo implements store.Copier. It has a connection of its own: readers may not even write
// elsewhere.
func (s *Store) CopyTo(ctx context.Context, path string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	reader, err := s.newSession(ctx)
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	defer func() { err = errors.Join(err, reader.close()) }()
	if _, err := reader.conn.ExecContext(ctx, "vacuum into ?", path); err != nil {
		return fmt.Errorf("copy to %s: %w", path, errors.Join(translate(err), os.Remove(path)))
	}
	return nil
}

// CopyFrom implements store.Copier. It waits for what is being written and keeps everything
// else waiting meanwhile; readers go on with what was before.
func (s *Store) CopyFrom(ctx context.Context, path string) error {
	writer, err := s.writers.take(ctx)
	if err != nil {
		return err
	}
	defer s.writers.give(writer)
	ctx = context.WithoutCancel(ctx)
	if _, err := writer.conn.ExecContext(ctx, "attach ? as copy", path); err != nil {
		return fmt.Errorf("open copy %s: %w", path, translate(err))
	}
	// What refers to what is as it was in the copy; the order of tables must not matter.
	err = writer.configure(ctx, []string{"pragma foreign_keys = off"})
	if err == nil {
		err = errors.Join(writer.takeCopy(ctx), writer.configure(ctx, []string{"pragma foreign_keys = on"}))
	}
	_, errDetach := writer.conn.ExecContext(ctx, "detach copy")
	if err = errors.Join(err, errDetach); err != nil {
		return fmt.Errorf("copy from %s: %w", path, err)
	}
	clear(writer.sequences)
	s.listening.Lock()
	listeners := append([]func(merchant.ID){}, s.onChange...)
	s.listening.Unlock()
	for _, tell := range listeners {
		tell("")
	}
	return nil
}

// errOtherRelease refuses a copy with another schema.
var errOtherRelease = fault.New(fault.Refused,
	"该快照出自另一版本的数据库结构，无法恢复", "The copy was made by another release and cannot be taken back.")

// takeCopy replaces the rows of every table. Statements are not prepared: they name tables.
func (s *session) takeCopy(ctx context.Context) error {
	var is, was int
	if err := s.conn.QueryRowContext(ctx, "pragma main.user_version").Scan(&is); err != nil {
		return translate(err)
	}
	if err := s.conn.QueryRowContext(ctx, "pragma copy.user_version").Scan(&was); err != nil {
		return translate(err)
	}
	if is != was {
		return errOtherRelease
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	return s.transact(ctx, "begin immediate", func() error {
		var script []string
		for _, table := range tables {
			script = append(script, "delete from main."+table, "insert into main."+table+" select * from copy."+table)
		}
		for _, statement := range script {
			if _, err := s.conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, translate(err))
			}
		}
		return nil
	})
}

// tables lists the tables of the schema, quoted.
func (s *session) tables(ctx context.Context) (names []string, err error) {
	err = s.rows(ctx, `
		select name
		from main.sqlite_schema
		where type = 'table' and name not like 'sqlite_%'`, nil, func(scan row.Scan) error {
		var name string
		err := scan(&name)
		names = append(names, `"`+strings.ReplaceAll(name, `"`, `""`)+`"`)
		return err
	})
	return names, err
}
