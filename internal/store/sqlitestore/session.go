package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// session is one connection with its prepared statements, used by one transaction
// at a time.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	// contents and voucherContents are the store's.
	contents        *document.Contents
	voucherContents *document.VoucherContents
	// sequences are the last numbers that were given out.
	sequences map[sequence]int64
}

// newSession connects. Nothing may ever wait for a lock without a timeout.
func (s *Store) newSession(ctx context.Context) (*session, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	connected := &session{conn: conn, contents: &s.contents, voucherContents: &s.voucherContents, statements: map[string]*sql.Stmt{}, sequences: map[sequence]int64{}}
	if err := connected.configure(ctx, []string{"pragma busy_timeout = 5000"}); err != nil {
		return nil, errors.Join(err, connected.close())
	}
	return connected, nil
}

// configure sets pragmas, which cannot be prepared.
func (s *session) configure(ctx context.Context, pragmas []string) error {
	for _, pragma := range pragmas {
		if _, err := s.conn.ExecContext(ctx, pragma); err != nil {
			return fmt.Errorf("%s: %w", pragma, translate(err))
		}
	}
	return nil
}

func (s *session) close() error {
	var errs []error
	for _, statement := range s.statements {
		errs = append(errs, statement.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

// transact runs fn between begin and commit. Once begun, a transaction is not
// interrupted: it is short, and a half-run statement helps nobody.
func (s *session) transact(ctx context.Context, begin string, fn func() error) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.exec(ctx, begin); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // fn panicked
			_ = s.exec(ctx, "rollback")
		}
	}()
	if err := fn(); err != nil {
		done = true
		return errors.Join(err, s.rollBack(ctx))
	}
	done = true
	return s.commit(ctx)
}

func (s *session) rollBack(ctx context.Context) error {
	// A full disk rolls back by itself, so that there may be nothing left to do.
	if err := s.exec(ctx, "rollback"); err != nil && !isNoTransaction(err) {
		return err
	}
	return nil
}

// commit makes the transaction durable. When SQLite cannot say that it did, nobody
// can: the outcome is unclear until somebody looks again.
func (s *session) commit(ctx context.Context) error {
	err := s.exec(ctx, "commit")
	if err == nil || planted.SQLiteSwallowed.In() {
		return nil
	}
	if rollback := s.rollBack(ctx); rollback == nil && errors.Is(err, store.ErrFull) {
		return err
	}
	if planted.SQLiteClear.In() {
		return err
	}
	return errors.Join(store.ErrUnclear, err)
}

// shrink gives back the memory of all pages that are not in use. What is done is done: a connection on
// which that fails says so to the next transaction.
func (s *session) shrink(ctx context.Context) { _ = s.exec(ctx, "pragma shrink_memory") }

// prepared returns the statement of a text, which each session compiles once.
func (s *session) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if statement, known := s.statements[text]; known {
		return statement, nil
	}
	statement, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, translate(err))
	}
	s.statements[text] = statement
	return statement, nil
}

// exec runs a statement that returns no rows.
func (s *session) exec(ctx context.Context, text string, args ...any) error {
	_, err := s.execCount(ctx, text, args...)
	return err
}

// execOne runs a statement that must change a row, or reports store.ErrNotFound.
func (s *session) execOne(ctx context.Context, text string, args ...any) error {
	n, err := s.execCount(ctx, text, args...)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// execCount runs a statement and returns how many rows it changed.
func (s *session) execCount(ctx context.Context, text string, args ...any) (int64, error) {
	ctx = context.WithoutCancel(ctx)
	statement, err := s.prepared(ctx, text) //nolint:sqlclosecheck // the session closes it
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, translate(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("rows affected: %w", err)
	}
	return n, nil
}

// row reads one row into dest, or reports store.ErrNotFound.
func (s *session) row(ctx context.Context, text string, args, dest []any) error {
	found := false
	err := s.rows(ctx, text, args, func(scan row.Scan) error {
		found = true
		return scan(dest...)
	})
	if err == nil && !found {
		return store.ErrNotFound
	}
	return err
}

// rows calls each for every row, with a function that reads the row.
func (s *session) rows(ctx context.Context, text string, args []any, each func(scan row.Scan) error) (err error) {
	ctx = context.WithoutCancel(ctx)
	statement, err := s.prepared(ctx, text) //nolint:sqlclosecheck // the session closes it
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return translate(err)
	}
	return nil
}
