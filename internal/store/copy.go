package store

import "context"

// Copier is a store that can be copied into a file while it is in use. Not every engine
// can: a PostgreSQL server has tools of its own.
type Copier interface {
	// CopyTo writes one consistent, committed state into a new file.
	CopyTo(ctx context.Context, path string) error
	// CopyFrom replaces everything by what CopyTo wrote, all or nothing. Whoever keeps
	// something in memory hears that anything may have changed.
	CopyFrom(ctx context.Context, path string) error
}
