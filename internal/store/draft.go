package store

import (
	"context"

	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
)

// DraftReader reads stocks that are being prepared.
type DraftReader interface {
	// Draft returns a draft, or ErrNotFound.
	Draft(ctx context.Context, id string) (draft.Draft, error)
	// Drafts lists drafts, those that were saved last first.
	Drafts(ctx context.Context, q draft.Query) ([]draft.Draft, error)
	// CountDrafts returns how many drafts a merchant has.
	CountDrafts(ctx context.Context, owner merchant.ID) (int64, error)
}

// DraftWriter changes drafts.
type DraftWriter interface {
	// InsertDraft adds a draft with an id that is new.
	InsertDraft(ctx context.Context, d draft.Draft) error
	// UpdateDraft replaces title, body, version, editor and time of a draft that has the given
	// version. ErrStale when there is none.
	UpdateDraft(ctx context.Context, d draft.Draft, version int64) error
	// DropDraft forgets one; when there is none nothing changes.
	DropDraft(ctx context.Context, id string) error
}
