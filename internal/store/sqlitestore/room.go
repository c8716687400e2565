package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

// minFree is the free room of the file system, in bytes, below which the store says that there
// is none: what the journal may grow to before it is folded into the database.
const minFree = 64 << 20

// Room implements store.Store: the file system has free room, and since a change could not be
// written, a trial one was.
func (s *Store) Room(ctx context.Context) error {
	free, err := s.free()
	if err != nil {
		return fmt.Errorf("free room of the disk: %w", err)
	}
	if free < minFree {
		return errLittleRoom(s.path, free)
	}
	if !s.stuck.Swap(false) {
		return nil
	}
	if err := s.tryWriting(ctx); err != nil {
		s.stuck.Store(true)
		return errStuck(s.path, err)
	}
	return nil
}

// tryWriting makes a row durable that needs fresh pages, and removes it again.
func (s *Store) tryWriting(ctx context.Context) error {
	for _, statement := range []string{
		`insert or replace into meta (name, value) values ('trial', hex(zeroblob(131072)))`,
		`delete from meta where name = 'trial'`,
	} {
		if err := s.Write(ctx, func(t store.Tx) error {
			return t.(*tx).exec(ctx, statement) //nolint:forcetypeassert // Write gives its own kind
		}); err != nil {
			return err
		}
	}
	return nil
}

// noteStuck remembers that a change could not be written, which [Store.Room] looks into.
func (s *Store) noteStuck(errs ...error) {
	for _, err := range errs {
		if isStuck(err) {
			s.stuck.Store(true)
		}
	}
}

// isStuck reports that the disk did not take a change: it is full, beyond a quota, read-only or
// broken.
func isStuck(err error) bool {
	const primary = 0xff
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & primary {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

func errLittleRoom(path string, free uint64) error {
	const need, mebi = minFree >> 20, 20
	return fault.New(fault.Refused,
		fmt.Sprintf("存放数据库 %s 的磁盘只剩 %d MiB（至少需要 %d MiB），请释放空间", path, free>>mebi, need),
		fmt.Sprintf("The disk that holds the database %s has only %d MiB left, at least %d are needed; free some space.", path, free>>mebi, need))
}

func errStuck(path string, err error) error {
	if errors.Is(err, store.ErrFull) {
		return fault.New(fault.Refused,
			fmt.Sprintf("存放数据库 %s 的磁盘已满，请释放空间", path),
			fmt.Sprintf("The disk that holds the database %s is full; free some space.", path))
	}
	return fault.New(fault.Refused,
		fmt.Sprintf("数据库 %s 无法写入，请检查其磁盘", path),
		fmt.Sprintf("The database %s cannot be written; check its disk.", path))
}
