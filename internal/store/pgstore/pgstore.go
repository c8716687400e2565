// Package pgstore is the engine for many nodes: PostgreSQL 15 or newer, spoken to in its
// binary protocol with prepared statements, which travel in pipelines. It owns the SQL of
// PostgreSQL and nothing else.
package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// Options say which database to open.
type Options struct {
	// DSN says where the database is and who may use it, as a URL or as words
	// (host=… dbname=…). What it leaves out comes from the usual PG… variables.
	DSN string
	// Mode is what the database is for. A new database gets it, an existing one
	// must have it.
	Mode store.Mode
	// Connections is how many there are at most. 0 means what the DSN says in
	// pool_max_conns, or a default.
	Connections int
	// Clock is the real time, which Ready compares with the database's. Nil means
	// not to compare.
	Clock clock.Clock
}

// Store implements store.Store on PostgreSQL. Use Open.
type Store struct {
	pool            *pgxpool.Pool
	clock           clock.Clock
	contents        document.Contents
	voucherContents document.VoucherContents
	hints           hints
	ear             ear
	closed          sync.Once
	// commits counts, for Figures.
	commits atomic.Int64
	// full is true since the server had no room for a change.
	full atomic.Bool
}

// Open connects to a database and brings its schema up to date; several nodes may do so
// at once. Errors that a person can mend are faults with one clear sentence, and leave
// the database as it was.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := configure(o)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(err, config.ConnConfig)
	}
	s := &Store{pool: pool, clock: o.Clock}
	if err := s.prepare(ctx, o.Mode); err != nil {
		return nil, errors.Join(explain(err, config.ConnConfig), s.Close())
	}
	return s, nil
}

// prepare looks whether the server keeps what it promises before the first change.
func (s *Store) prepare(ctx context.Context, mode store.Mode) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	server, err := inspect(ctx, conn.Conn())
	if err != nil {
		return err
	}
	if err := server.check(); err != nil {
		return err
	}
	return migrate(ctx, conn.Conn(), mode)
}

// Read implements store.Store. Its transaction sees one snapshot. When all was read, the caller does
// not wait until the server has let go of it.
func (s *Store) Read(ctx context.Context, fn func(store.ReadTx) error) (err error) {
	t, err := s.begin(ctx, "begin isolation level repeatable read, read only")
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if whole {
			go func() { _ = s.end(ctx, t) }() // the connection is not used again before
			return
		}
		err = errors.Join(err, s.end(ctx, t))
	}()
	err = t.outcome(fn(t))
	whole = err == nil && !t.conn.Conn().IsClosed()
	return err
}

// Glance implements store.Store. Nothing begins and nothing ends: what travels together is a
// transaction by itself, and each statement of it sees one snapshot.
func (s *Store) Glance(ctx context.Context, fn func(store.ReadTx) error) error {
	t, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer s.release(t)
	return t.outcome(fn(t))
}

// readyWithin bounds how long Ready waits for a connection and an answer.
const readyWithin = 5 * time.Second

// Ready implements store.Store: the server answers, accepts changes, keeps what it
// promises, and its clock agrees with this node's.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		return explain(err, s.pool.Config().ConnConfig)
	}
	return nil
}

// ready looks again when the connection it got was broken: the server may be back.
func (s *Store) ready(ctx context.Context) error {
	broken, err := s.look(ctx)
	if broken {
		s.reset()
		_, err = s.look(ctx)
	}
	return err
}

// reset has new connections made.
func (s *Store) reset() { s.pool.Reset() }

func (s *Store) look(ctx context.Context) (broken bool, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	var before, after time.Time
	if s.clock != nil {
		before = s.clock.Now()
	}
	server, err := inspect(ctx, conn.Conn())
	if err != nil {
		return conn.Conn().IsClosed(), err
	}
	if s.clock != nil {
		after = s.clock.Now()
	}
	if err := server.check(); err != nil {
		return false, err
	}
	return false, server.checkClock(before, after)
}

// OnChange implements store.Store. What this node changes is told as soon as it is
// committed, what others change when PostgreSQL notifies.
func (s *Store) OnChange(fn func(owner merchant.ID)) {
	s.ear.add(fn)
	s.ear.open(s.pool.Config().ConnConfig)
}

// Close implements store.Store. It waits for transactions that are under way.
func (s *Store) Close() error {
	s.closed.Do(func() {
		s.ear.close()
		s.pool.Close()
	})
	return nil
}
