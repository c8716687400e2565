package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
)

// Old are rows that ended before some time.
type Old struct {
	// Rows is how many there are, First when the first of them ended; zero for none.
	Rows  int64
	First time.Time
}

// Ended asks for rows of a kind that ended before a time. Limit bounds how many are removed.
type Ended struct {
	Before time.Time
	Limit  int64
}

// RetentionReader tells what has been kept long enough.
type RetentionReader interface {
	// OldRows counts the rows of a kind that ended before a time, to the second. It reads all of them: it is for
	// questions of operators. A kind that has no rows gives none.
	OldRows(ctx context.Context, kind keep.Kind, before time.Time) (Old, error)
	// NonceOwners returns whose the nonces from before a time are, after a look at up to limit of
	// them.
	NonceOwners(ctx context.Context, before time.Time, limit int64) ([]merchant.ID, error)
}

// RetentionWriter removes what has been kept long enough. Each method removes a bounded number of
// rows, the oldest first where an order is said, and returns how many; several nodes may do so at
// once. [NoticeWriter] removes deliveries.
type RetentionWriter interface {
	// DropNonces removes answers to signed calls of a merchant.
	DropNonces(ctx context.Context, owner merchant.ID, e Ended) (int64, error)
	// DropExpired removes credentials that were over before the time, the oldest first.
	DropExpired(ctx context.Context, e Ended) (int64, error)
	// DropFailures removes counts of tries to sign in, the last of which was before the time.
	DropFailures(ctx context.Context, e Ended) (int64, error)
	// DropDrafts removes drafts that were saved last before the time, the oldest first.
	DropDrafts(ctx context.Context, e Ended) (int64, error)
}
