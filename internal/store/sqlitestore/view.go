package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/store"
)

// View reads a database file that a server may be at work on: it takes no lock, changes nothing
// and shows what is committed. It is good while use runs.
func View(ctx context.Context, path string, use func(read func(context.Context, func(store.ReadTx) error) error) error) error {
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
		s.readers = newPool(1)
		s.readers.add(reader)
		return use(s.Read)
	})
}
