// Package sqlitestore is the embedded engine: one SQLite file in WAL mode, synced at
// every commit, with one writer and several readers. It owns the SQL of SQLite and
// nothing else.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// minReaders is how many readers there are at least; more cores, more readers.
const minReaders = 4

// Options say which database to open.
type Options struct {
	// Path is the database file. Its directory must exist.
	Path string
	// Mode is what the database is for. A new database gets it, an existing one
	// must have it.
	Mode store.Mode
	// MaxPages bounds the size of the database in pages of 4 KiB; 0 means no
	// bound. Tests fill the storage with it.
	MaxPages int
	// Free returns how many bytes the file system has left; nil asks it.
	Free func() (uint64, error)
}

// Store implements store.Store on SQLite. Use Open.
type Store struct {
	path    string
	free    func() (uint64, error)
	lock    *os.File
	db      *sql.DB
	writers *pool
	readers *pool
	closed  sync.Once
	// contents and voucherContents are the stocks that were read lately, decoded.
	contents        document.Contents
	voucherContents document.VoucherContents
	// commits gathers transactions, so that one sync serves many.
	commits *lane.Group[struct{}, *job, error]

	// committed and changes count, for Figures.
	committed, changes atomic.Int64

	// stuck is true since a change could not be written.
	stuck atomic.Bool

	listening sync.Mutex
	onChange  []func(owner merchant.ID)
}

// Open opens or creates a database and brings its schema up to date. Errors that a
// person can mend are faults with one clear sentence, and leave the file as it
// was.
func Open(ctx context.Context, o Options) (*Store, error) {
	lock, err := lockFile(o.Path)
	if err != nil {
		return nil, explain(err, o.Path)
	}
	s := &Store{path: o.Path, free: o.Free, lock: lock}
	if s.free == nil {
		s.free = func() (uint64, error) { return freeRoom(filepath.Dir(o.Path)) }
	}
	s.commits = lane.New(lane.Bounds{Queue: maxWaiting, Batch: maxJobs}, s.commit)
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(explain(err, o.Path), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if err := makePrivate(o.Path); err != nil {
		return err
	}
	count := max(minReaders, runtime.GOMAXPROCS(0))
	s.writers, s.readers = newPool(1), newPool(count)
	var err error
	if s.db, err = sql.Open("sqlite", "file:"+filepath.ToSlash(o.Path)); err != nil {
		return fmt.Errorf("open %s: %w", o.Path, err)
	}
	writer, err := s.newSession(ctx)
	if err != nil {
		return err
	}
	s.writers.add(writer)
	// Whose file it is comes before the first pragma that would change it.
	version, err := writer.identify(ctx)
	if err != nil {
		return err
	}
	if err := writer.configure(ctx, writerPragmas(o)); err != nil {
		return err
	}
	if err := migrate(ctx, writer, version, o.Mode); err != nil {
		return err
	}
	for range count {
		reader, err := s.newSession(ctx)
		if err != nil {
			return err
		}
		s.readers.add(reader)
		if err := reader.configure(ctx, readerPragmas()); err != nil {
			return err
		}
	}
	return nil
}

// makePrivate creates the file for its owner only; SQLite would let others read it, and
// gives its journal the same rights.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return f.Close()
}

// writerPragmas prepare the connection that writes. The journal mode comes before
// what depends on it.
func writerPragmas(o Options) []string {
	pragmas := []string{
		"pragma journal_mode = wal",
		"pragma synchronous = " + planted.SQLiteUnsynced.Text("full", "off"),
		"pragma foreign_keys = on",
		"pragma temp_store = memory",
		"pragma cache_size = -131072",
		// What is replaced or removed does not stay readable in the file.
		"pragma secure_delete = on",
		// A page that many commits change is copied into the database once.
		"pragma wal_autocheckpoint = 16384",
	}
	if o.MaxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("pragma max_page_count = %d", o.MaxPages))
	}
	return pragmas
}

func readerPragmas() []string {
	return []string{
		"pragma query_only = on",
		"pragma temp_store = memory",
		"pragma cache_size = -16384",
	}
}

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, fn func(store.ReadTx) error) error {
	reader, err := s.readers.take(ctx)
	if err != nil {
		return err
	}
	defer s.readers.give(reader)
	err = reader.transact(ctx, "begin", func() error { return fn(&tx{session: reader}) })
	if store.IsSparing(ctx) {
		reader.shrink(ctx)
	}
	return err
}

// Glance implements store.Store: each statement is a transaction of its own.
func (s *Store) Glance(ctx context.Context, fn func(store.ReadTx) error) error {
	reader, err := s.readers.take(ctx)
	if err != nil {
		return err
	}
	defer s.readers.give(reader)
	return fn(&tx{session: reader})
}

// OnChange implements store.Store.
func (s *Store) OnChange(fn func(owner merchant.ID)) {
	s.listening.Lock()
	defer s.listening.Unlock()
	s.onChange = append(s.onChange, fn)
}

// Ready implements store.Store.
func (s *Store) Ready(ctx context.Context) error {
	return s.Read(ctx, func(tx store.ReadTx) error {
		_, err := tx.Merchant(ctx, store.Platform)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
}

// Close implements store.Store. It waits for transactions that are under way, and
// folds the journal into the database file.
func (s *Store) Close() error {
	var errs []error
	s.closed.Do(func() {
		errs = append(errs, s.readers.close(), s.writers.close())
		if s.db != nil {
			errs = append(errs, s.db.Close())
		}
		errs = append(errs, unlockFile(s.lock))
	})
	return errors.Join(errs...)
}
