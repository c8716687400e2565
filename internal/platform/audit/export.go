package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Export asks for sealed entries, the oldest first.
type Export struct {
	// Actor is who asks: that goes into the audit, too.
	Actor string
	Owner merchant.ID
	// After is the place before the first that is wanted.
	After int64
	Limit int64
}

// Exported are entries in the order of their places.
type Exported struct {
	Entries []trail.Entry
	// Head is where the chain ended when they were read.
	Head trail.Seal
}

// Export returns sealed entries, and writes into the audit of the server that it did. What it
// returns survives a failover: it was committed before that entry was.
func (s *Service) Export(ctx context.Context, e Export) (got Exported, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		entry := s.taken(e.Actor, "manage.audit.export", "audit/"+string(e.Owner))
		entry.After = fmt.Sprintf(`{"after":%d,"limit":%d}`, e.After, e.Limit)
		head, err := tx.AuditHead(ctx, e.Owner)
		if err != nil {
			return err
		}
		if got.Entries, err = tx.SealedAudit(ctx, e.Owner, e.After, e.Limit); err != nil {
			return err
		}
		got.Head = head.Seal
		return tx.AppendAudit(ctx, []trail.Entry{entry})
	})
	if err != nil {
		return Exported{}, fmt.Errorf("export audit: %w", err)
	}
	return got, nil
}

// Heads returns up to limit heads of chains behind a merchant's, all there are from "" on, and
// writes into the audit of the server that it did. The server's own chain has no merchant; it
// comes first, when own is asked for.
func (s *Service) Heads(ctx context.Context, actor string, after merchant.ID, limit int64) (heads []trail.Head, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		heads = nil
		if after == store.Platform {
			own, err := tx.AuditHead(ctx, store.Platform)
			if err != nil {
				return err
			}
			if own.Place > 0 {
				heads = append(heads, own)
			}
		}
		others, err := tx.AuditHeads(ctx, after, limit-int64(len(heads)))
		if err != nil {
			return err
		}
		heads = append(heads, others...)
		return tx.AppendAudit(ctx, []trail.Entry{s.taken(actor, "manage.audit.heads", "audit")})
	})
	if err != nil {
		return nil, fmt.Errorf("export heads of the audit: %w", err)
	}
	return heads, nil
}

// taken is an entry about what somebody took from the server.
func (s *Service) taken(actor, action, object string) trail.Entry {
	return trail.Entry{
		Owner: store.Platform, At: s.config.Clock.Now().Truncate(time.Second), Actor: actor, Action: action, Object: object,
	}
}
