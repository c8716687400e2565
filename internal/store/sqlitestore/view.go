package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/base/lane"
)

// View reads a database file that a server may be at work on: it takes no lock and
// shows what is committed. The store is good while use runs, for reading only.
func View(ctx context.Context, path string, use func(*Store) error) error {
	return withFile(ctx, path, func(s *Store, reader *session) error {
		known, err := KnownSchema()
		if err != nil {
			return err
		}
		version, err := reader.identify(ctx)
		switch {
		case err != nil:
			return err
		case version == 0:
			return errEmpty(path)
		case version < known:
			return errOlder(version, known)
		}
		s.readers, s.writers = newPool(1), newPool(0)
		s.readers.add(reader)
		close(s.writers.free) // nobody writes
		s.commits = lane.New(lane.Bounds{Queue: maxWaiting, Batch: maxJobs}, s.commit)
		return use(s)
	})
}
