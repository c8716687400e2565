package pgstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/store"
)

// migrations are applied in the order of their names, each once: all of a new database in one
// transaction, those of an old one each in its own. They go forward only, and the previous release
// must be able to work while they run.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

func migrations() (store.Migrations, error) {
	return store.ReadMigrations(migrationFiles, "migrations")
}

// mark is the comment on the table meta that tells favord's database from others.
const mark = "favord"

// migrationLock is the advisory lock that nodes take in turn: "favord" in ASCII.
const migrationLock = 0x6661766f7264

// migrate brings the schema up to date and fixes the mode of a new database. Nodes that
// start together do it one after the other.
func migrate(ctx context.Context, conn *pgx.Conn, mode store.Mode) error {
	for attempt := 1; ; {
		done, err := migrateOnce(ctx, conn, mode)
		switch {
		case err == nil && done:
			return nil
		case err == nil:
			attempt = 1
			continue
		case !isConflict(err) && codeOf(err) != codeCanceled:
			return err
		case attempt == maxMigrations:
			return err
		}
		if err := pause(ctx, min(attempt, longestPause)); err != nil {
			return err
		}
		attempt++
	}
}

// maxMigrations is how often a step is tried, for a minute or two: nodes of the release before go on
// working meanwhile, and a backup may read for long. longestPause bounds the pause between two of
// them: 2^8 ms.
const (
	maxMigrations = 240
	longestPause  = 8
)

// migrateOnce takes what is pending: the first step of it, or all where nobody else can be at work. It
// reports whether nothing is pending any more.
func migrateOnce(ctx context.Context, conn *pgx.Conn, mode store.Mode) (done bool, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := prepareMigration(ctx, tx); err != nil {
			return err
		}
		known, err := migrations()
		if err != nil {
			return err
		}
		schema, err := schemaOf(ctx, tx, known)
		if err != nil {
			return err
		}
		if !schema.Usable() {
			return errNewer(&schema)
		}
		if schema.Version > 0 {
			if err := checkMode(ctx, tx, mode); err != nil {
				return err
			}
		}
		if done, err = applyPending(ctx, tx, known, schema.Version); err != nil || schema.Version > len(known) {
			return err // a newer release has noted more
		}
		if err := noteFloor(ctx, tx, known); err != nil || schema.Version > 0 {
			return err
		}
		return checkMode(ctx, tx, mode)
	})
	return done, err
}

// prepareMigration waits for other nodes. What follows reads whole tables.
func prepareMigration(ctx context.Context, tx pgx.Tx) error {
	for _, statement := range []string{
		"set local statement_timeout = 0",
		"set local enable_seqscan = on",
		"set local enable_hashjoin = on",
		"set local enable_mergejoin = on",
		"set local plan_cache_mode = auto",
		fmt.Sprintf("select pg_advisory_xact_lock(%d)", migrationLock),
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("wait for other nodes: %w", err)
		}
	}
	return nil
}

// applyPending applies one step to a database of that version, all to a new one, and reports whether
// that was the last.
func applyPending(ctx context.Context, tx pgx.Tx, known store.Migrations, version int) (done bool, err error) {
	if version == 0 {
		for i, m := range known {
			if err := apply(ctx, tx, m, i+1); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	if version >= len(known) {
		return true, nil
	}
	step := known[version]
	if err := lockTables(ctx, tx, step); err != nil {
		return false, err
	}
	return version+1 == len(known), apply(ctx, tx, step, version+1)
}

// Lines of a migration that name the tables which it takes away from others while it runs: from
// everybody, or from who changes them.
const (
	closesLine  = "-- closes: "
	freezesLine = "-- freezes: "
)

// lockTables takes all locks that a step needs before its first change, and gives up before anybody who
// waits for it looks for a deadlock: so it is never a call of another node that is given up for the step.
func lockTables(ctx context.Context, tx pgx.Tx, step store.Migration) error {
	var locks []string
	for _, l := range []struct{ line, mode string }{{closesLine, "access exclusive"}, {freezesLine, "share row exclusive"}} {
		if tables := step.Line(l.line); tables != "" {
			locks = append(locks, "lock table "+tables+" in "+l.mode+" mode")
		}
	}
	if locks == nil {
		return nil
	}
	limit := `select set_config('statement_timeout', (setting::int / 4)::text, true) from pg_settings where name = 'deadlock_timeout'`
	for _, statement := range slices.Concat([]string{limit}, locks, []string{"set local statement_timeout = 0"}) {
		if _, err := tx.Exec(ctx, statement); err != nil {
			if codeOf(err) == codeCanceled {
				err = errors.Join(errBusy(step.Name), err)
			}
			return fmt.Errorf("lock tables for %s: %w", step.Name, err)
		}
	}
	return nil
}

// noteFloor writes down which programs can work with the database.
func noteFloor(ctx context.Context, tx pgx.Tx, known store.Migrations) error {
	floor, needs := known.Floor()
	_, err := tx.Exec(ctx, `
		insert into meta (name, value)
		values ('floor', $1), ('needs', $2)
		on conflict (name) do update
		set value = excluded.value
		where meta.value <> excluded.value`, strconv.Itoa(floor), needs)
	return err
}

// schemaOf tells how far the database has come. It refuses another program's.
func schemaOf(ctx context.Context, tx pgx.Tx, known store.Migrations) (store.Schema, error) {
	version, err := identify(ctx, tx)
	if err != nil {
		return store.Schema{}, err
	}
	schema := known.SchemaAt(version)
	if version == 0 {
		return schema, nil
	}
	var floor string
	if err := tx.QueryRow(ctx, `
		select coalesce((select value from meta where name = 'floor'), '0'),
		       coalesce((select value from meta where name = 'needs'), '')`).Scan(&floor, &schema.Needs); err != nil {
		return store.Schema{}, fmt.Errorf("read floor of schema: %w", err)
	}
	if schema.Floor, err = strconv.Atoi(floor); err != nil {
		return store.Schema{}, fmt.Errorf("floor of schema: %w", err)
	}
	return schema, nil
}

// SchemaOf tells how far a database has come, and changes nothing. It refuses another program's.
func SchemaOf(ctx context.Context, dsn string) (schema store.Schema, err error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return schema, errDSN()
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return schema, explain(err, config)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		known, err := migrations()
		if err != nil {
			return err
		}
		schema, err = schemaOf(ctx, tx, known)
		return err
	})
	if err != nil {
		return schema, explain(err, config)
	}
	return schema, nil
}

// identify returns the version of the schema, 0 for an empty one. It refuses another
// program's.
func identify(ctx context.Context, tx pgx.Tx) (int, error) {
	var marked, used bool
	if err := tx.QueryRow(ctx, `
		select coalesce(obj_description(to_regclass('meta'), 'pg_class') = $1, false),
		       exists (
		           select from pg_class c
		           where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
		             and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))`,
		mark).Scan(&marked, &used); err != nil {
		return 0, fmt.Errorf("identify database: %w", err)
	}
	switch {
	case !marked && used:
		return 0, errForeign(tx.Conn().Config().Database)
	case !marked:
		return 0, nil
	}
	var text string
	if err := tx.QueryRow(ctx, `select value from meta where name = 'schema'`).Scan(&text); err != nil {
		return 0, fmt.Errorf("read version of schema: %w", err)
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("version of schema: %w", err)
	}
	return version, nil
}

// apply runs one migration and records it. Its statements run unprepared: they are a
// script.
func apply(ctx context.Context, tx pgx.Tx, m store.Migration, version int) error {
	for _, statement := range []string{
		m.Text,
		"comment on table meta is '" + mark + "'",
		fmt.Sprintf(`
			insert into meta (name, value)
			values ('schema', '%d')
			on conflict (name) do update
			set value = excluded.value`, version),
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("migrate %s: %w", m.Name, translate(err))
		}
	}
	return nil
}

// checkMode fixes the mode of a new database and holds an old one to it.
func checkMode(ctx context.Context, tx pgx.Tx, mode store.Mode) error {
	var is string
	err := tx.QueryRow(ctx, `select value from meta where name = 'mode'`).Scan(&is)
	if errors.Is(err, pgx.ErrNoRows) {
		_, err = tx.Exec(ctx, `insert into meta (name, value) values ('mode', $1)`, string(mode))
		return err
	}
	if err == nil && store.Mode(is) != mode {
		return errMode(store.Mode(is), mode)
	}
	return err
}
