package sqlitestore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strconv"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// migrations are applied in the order of their names, each once, each in a
// transaction. They go forward only.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

func migrations() (store.Migrations, error) {
	return store.ReadMigrations(migrationFiles, "migrations")
}

// applicationID marks a SQLite file as favord's: "Favd" in ASCII.
const applicationID = 0x46617664

// migrate brings a schema from the given version up to date.
func migrate(ctx context.Context, s *session, version int, mode store.Mode) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	for i := version; i < len(known); i++ {
		if err := s.apply(ctx, known[i], i+1); err != nil {
			return err
		}
	}
	if err := s.checkMode(ctx, mode); err != nil || version > len(known) {
		return err // a newer release has noted more
	}
	return s.noteFloor(ctx, known)
}

// noteFloor writes down which programs can work with the database.
func (s *session) noteFloor(ctx context.Context, known store.Migrations) error {
	floor, needs := known.Floor()
	return s.transact(ctx, "begin immediate", func() error {
		for name, value := range map[string]string{"floor": strconv.Itoa(floor), "needs": needs} {
			if err := s.exec(ctx, `
				insert into meta (name, value)
				values (?, ?)
				on conflict (name) do update
				set value = excluded.value
				where meta.value <> excluded.value`, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// schema tells how far the database has come. It changes nothing, and refuses another program's
// file.
func (s *session) schema(ctx context.Context) (store.Schema, error) {
	version, err := s.version(ctx)
	if err != nil {
		return store.Schema{}, err
	}
	known, err := migrations()
	if err != nil {
		return store.Schema{}, err
	}
	schema := known.SchemaAt(version)
	if version == 0 {
		return schema, nil
	}
	return schema, s.rows(ctx, `select name, value from meta where name in ('floor', 'needs')`, nil, func(scan row.Scan) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		if name == "needs" {
			schema.Needs = value
			return nil
		}
		var err error
		schema.Floor, err = strconv.Atoi(value)
		return err
	})
}

// identify returns the version of the schema, 0 for an empty database. It changes
// nothing, and refuses what this release must not touch.
func (s *session) identify(ctx context.Context) (int, error) {
	schema, err := s.schema(ctx)
	if err == nil && !schema.Usable() {
		err = errNewer(&schema)
	}
	return schema.Version, err
}

// version returns the version of the schema, 0 for an empty database.
func (s *session) version(ctx context.Context) (int, error) {
	var id, version, tables int
	for _, read := range []struct {
		query string
		into  *int
	}{
		{"pragma application_id", &id},
		{"pragma user_version", &version},
		{"select count(*) from sqlite_schema", &tables},
	} {
		if err := s.conn.QueryRowContext(ctx, read.query).Scan(read.into); err != nil {
			return 0, fmt.Errorf("%s: %w", read.query, err)
		}
	}
	if id != applicationID && (tables > 0 || version > 0) {
		return 0, errForeign()
	}
	return version, nil
}

// movesCoupons is the migration that moveCoupons belongs to.
const movesCoupons = 11

// apply runs one migration and records it, both or neither. Its statements run
// unprepared: they are scripts.
func (s *session) apply(ctx context.Context, m store.Migration, version int) error {
	return s.transact(ctx, "begin immediate", func() error {
		for _, statement := range []string{
			m.Text,
			fmt.Sprintf("pragma application_id = %d", applicationID),
			fmt.Sprintf("pragma user_version = %d", version),
		} {
			if _, err := s.conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("migrate %s: %w", m.Name, translate(err))
			}
		}
		if version == movesCoupons {
			if err := s.moveCoupons(ctx); err != nil {
				return fmt.Errorf("migrate %s: %w", m.Name, err)
			}
		}
		return nil
	})
}

// checkMode fixes the mode of a new database and holds an old one to it.
func (s *session) checkMode(ctx context.Context, mode store.Mode) error {
	return s.transact(ctx, "begin immediate", func() error {
		var is string
		err := s.row(ctx, `select value from meta where name = 'mode'`, nil, []any{&is})
		if errors.Is(err, store.ErrNotFound) {
			return s.exec(ctx, `insert into meta (name, value) values ('mode', ?)`, string(mode))
		}
		if err == nil && store.Mode(is) != mode {
			return errMode(store.Mode(is), mode)
		}
		return err
	})
}
