package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/store"
)

// trial writes a table of about a megabyte, in fresh pages, so that the disk of the server must
// have room for it. It is rolled back.
const trial = `
	create table favord_trial (filler text);
	insert into favord_trial (filler)
	select repeat('x', 1000) from generate_series(1, 1000)`

// Room implements store.Store: since the server refused a change for want of room, it took a
// trial one.
func (s *Store) Room(ctx context.Context) error {
	if !s.full.Swap(false) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := s.tryWriting(ctx)
	if err == nil {
		return nil
	}
	s.full.Store(true)
	if codeOf(err) == codeDiskFull {
		return refused("PostgreSQL服务器 %s 的磁盘已满，请释放空间",
			"The disk of the PostgreSQL server %s is full; free some space.", addresses(s.pool.Config().ConnConfig))
	}
	return explain(err, s.pool.Config().ConnConfig)
}

func (s *Store) tryWriting(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, trial); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return fmt.Errorf("try writing: %w", err)
}

// errTried rolls the trial back.
var errTried = errors.New("pgstore: tried")

// noteFull remembers that the server had no room for a change, which [Store.Room] looks into.
func (s *Store) noteFull(err error) {
	if errors.Is(err, store.ErrFull) || codeOf(err) == codeDiskFull {
		s.full.Store(true)
	}
}
