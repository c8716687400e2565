package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// AuditEntry says who changed what. It is written in the transaction of the
// change and never altered.
type AuditEntry struct {
	// Owner is the merchant whose data changed.
	Owner merchant.ID
	At    time.Time
	// Actor is who asked: an mchid, or a name with a prefix such as "system:".
	Actor string
	// Action is the id of an operation.
	Action string
	// Object is what changed, such as "stock/1282070000000017".
	Object string
}

// TrailReader reads audit entries, the oldest first.
type TrailReader interface {
	AuditEntries(ctx context.Context, owner merchant.ID, offset, limit int64) ([]AuditEntry, error)
}

// TrailWriter appends.
type TrailWriter interface {
	AppendAudit(ctx context.Context, entries []AuditEntry) error
}
