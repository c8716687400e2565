// Package audit keeps who did what: it seals the entries that transactions append into a chain
// for each merchant, shows and exports them, and proves that nobody changed them since.
package audit

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time.
	Clock clock.Clock
	Log   *slog.Logger
}

// Service knows the audit. It is safe for concurrent use.
type Service struct {
	config Config
}

// New returns a service.
func New(c Config) *Service { return &Service{config: c} }

// MaxPage is the largest page of entries.
const MaxPage = 1000

// ErrUnknown is the answer to a place that has no entry.
var ErrUnknown = fault.New(fault.NotFound, "没有这条审计记录", "There is no such audit entry.")

// Page is a page of entries, the newest first.
type Page struct {
	Entries []trail.Entry
	// Below is what the next page is asked for with; 0 when this is the last. A page may have
	// few entries, or none, and not be the last: what is asked for may be rare.
	Below int64
}

// List answers a question. The first page, whose Below is 0, begins with entries that wait for
// their seals.
func (s *Service) List(ctx context.Context, q trail.Query) (page Page, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page = Page{}
		if q.Below == 0 {
			head, err := tx.AuditHead(ctx, q.Owner)
			if err != nil {
				return err
			}
			q.Below = head.Place + 1
			if page.Entries, err = waiting(ctx, tx, &q); err != nil {
				return err
			}
		}
		sealed := q
		sealed.Limit -= int64(len(page.Entries))
		found, err := tx.FindAudit(ctx, sealed)
		page.Entries = append(page.Entries, found...)
		page.Below = below(&sealed, found)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list audit: %w", err)
	}
	return page, nil
}

// below is where the page behind what was found begins.
func below(q *trail.Query, found []trail.Entry) int64 {
	next := q.Below - trail.Window
	switch {
	case q.Limit == 0:
		next = q.Below
	case int64(len(found)) == q.Limit:
		next = found[len(found)-1].Seal.Place
	}
	if next <= 1 {
		return 0
	}
	return next
}

// waiting returns the newest entries without a seal that a question asks for.
func waiting(ctx context.Context, tx store.ReadTx, q *trail.Query) ([]trail.Entry, error) {
	list, err := tx.UnsealedAudit(ctx, q.Owner, 0, MaxPage)
	list = slices.DeleteFunc(list, func(e trail.Entry) bool { return !q.Matches(&e) })
	slices.Reverse(list)
	return list[:min(q.Limit, int64(len(list)))], err
}

// Shown is an entry with what its seal is made of.
type Shown struct {
	trail.Entry
	// Previous is the hash of the entry before.
	Previous trail.Hash
	// Sound says that the entry and the one before give its hash.
	Sound bool
}

// Show returns the entry at a place, or ErrUnknown.
func (s *Service) Show(ctx context.Context, owner merchant.ID, place int64) (shown Shown, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		list, err := tx.SealedAudit(ctx, owner, max(0, place-2), 2)
		if err != nil {
			return err
		}
		var before trail.Seal
		for _, e := range list {
			if e.Seal.Place == place {
				shown = Shown{Entry: e, Previous: before.Hash, Sound: e.SealAt(before) == e.Seal}
				return nil
			}
			before = e.Seal
		}
		return ErrUnknown
	})
	if err != nil {
		return Shown{}, fmt.Errorf("show audit entry: %w", err)
	}
	return shown, nil
}
