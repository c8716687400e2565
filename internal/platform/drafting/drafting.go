// Package drafting keeps stocks that are being prepared, for all who prepare them: whoever saves over
// what somebody else saved meanwhile is told so, and nothing is lost.
package drafting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time: operators live in it, whatever the sandbox's clock says.
	Clock clock.Clock
}

// Service keeps drafts. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Get returns a draft, or draft.ErrUnknown.
func (s *Service) Get(ctx context.Context, id string) (d draft.Draft, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		d, err = tx.Draft(ctx, id)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return draft.Draft{}, draft.ErrUnknown.At("draft_id", id)
	case err != nil:
		return draft.Draft{}, fmt.Errorf("draft: %w", err)
	}
	return d, nil
}

// List returns a page of drafts, those that were saved last first.
func (s *Service) List(ctx context.Context, q draft.Query) (page []draft.Draft, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page, err = tx.Drafts(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return page, nil
}

// Saving saves a draft over the version that its editor has seen; 0 is for a new one.
type Saving struct {
	ID, Operation, Title, Body string
	Owner                      merchant.ID
	Version                    int64
	// Editor is who saves, as the audit has it.
	Editor string
}

// Put saves a draft. It is refused with draft.ErrUnknown, draft.ErrTaken or draft.ErrMany, and, when somebody else
// saved it after the editor saw it, with who and when. What is there already, from the same
// editor, is no conflict: a repeat changes nothing. The audit says who began a draft, and who went
// on with somebody else's.
func (s *Service) Put(ctx context.Context, p Saving) (saved draft.Draft, err error) {
	now := s.config.Clock.Now().Truncate(time.Second)
	next := draft.Draft{
		ID: p.ID, Owner: p.Owner, Operation: p.Operation, Title: p.Title, Body: p.Body,
		Version: p.Version + 1, Editor: p.Editor, Created: now, Updated: now,
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		saved = next
		if err := tx.LockMerchant(ctx, p.Owner); err != nil {
			return err
		}
		switch was, err := tx.Draft(ctx, p.ID); {
		case errors.Is(err, store.ErrNotFound):
			return insert(ctx, tx, &p, &saved)
		case err != nil:
			return err
		default:
			return update(ctx, tx, &was, &saved)
		}
	})
	if errors.Is(err, store.ErrDuplicate) || errors.Is(err, store.ErrStale) { // of another merchant, at once
		err = draft.ErrTaken.At("draft_id", p.ID)
	}
	if err != nil {
		return draft.Draft{}, fmt.Errorf("save draft: %w", err)
	}
	return saved, nil
}

// insert adds a draft that nobody has.
func insert(ctx context.Context, tx store.Tx, p *Saving, d *draft.Draft) error {
	if p.Version != 0 {
		return draft.ErrUnknown.At("draft_id", p.ID)
	}
	n, err := tx.CountDrafts(ctx, p.Owner)
	if err != nil {
		return err
	}
	if n >= draft.PerMerchant {
		return draft.ErrMany
	}
	return store.InOrder(
		func() error { return tx.InsertDraft(ctx, *d) },
		func() error { return note(ctx, tx, d, "manage.drafts.put", "") },
	)
}

// update saves over a draft; d becomes what is kept then.
func update(ctx context.Context, tx store.Tx, was, d *draft.Draft) error {
	if was.Repeats(d) {
		*d = *was
		return nil
	}
	if err := was.Follow(d); err != nil {
		return err
	}
	d.Created = was.Created
	if err := tx.UpdateDraft(ctx, *d, was.Version); err != nil || was.Editor == d.Editor {
		return err
	}
	return note(ctx, tx, d, "manage.drafts.put", fmt.Sprintf(`{"editor":%q}`, was.Editor))
}

// note writes into the audit what the editor of a draft did. What is in a draft is not said: it has
// no effect.
func note(ctx context.Context, tx store.Tx, d *draft.Draft, action, before string) error {
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: d.Owner, At: d.Updated, Actor: d.Editor, Action: action, Object: "draft/" + d.ID, Before: before,
		After: fmt.Sprintf(`{"operation":%q,"version":%d}`, d.Operation, d.Version),
	}})
}

// Removal discards a draft.
type Removal struct {
	ID string
	// Editor is who does, as the audit has it.
	Editor string
}

// Remove discards a draft; when there is none nothing changes.
func (s *Service) Remove(ctx context.Context, r Removal) error {
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		d, err := tx.Draft(ctx, r.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		d.Editor, d.Updated = r.Editor, s.config.Clock.Now().Truncate(time.Second)
		return store.InOrder(
			func() error { return tx.DropDraft(ctx, r.ID) },
			func() error { return note(ctx, tx, &d, "manage.drafts.remove", "") },
		)
	})
	if err != nil {
		return fmt.Errorf("discard draft: %w", err)
	}
	return nil
}
