// Package retention removes what has been kept long enough: deliveries that ended, nonces, what
// operators showed, drafts that nobody saved for long, files of codes that nobody imports, and what a sandbox remembers of requests. It
// is the only one that does, in pieces that hold no lock for long. Coupons, vouchers, payments and the audit are kept for good.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time.
	Clock clock.Clock
	// Spans say for how long each kind is kept.
	Spans keep.Spans
	// Journal is that of a sandbox; the zero Memory is none.
	Journal Memory
	Log     *slog.Logger
}

// Memory is what is kept in memory, not in rows.
type Memory struct {
	// Old counts what ended before a time, and tells when the first of it did.
	Old func(before time.Time) (count int64, first time.Time)
	// Forget removes it and returns how much it was.
	Forget func(before time.Time) int64
}

// Service removes. It is safe for concurrent use; Run is called once.
type Service struct {
	config Config
	// after is the callback at which Run's last turn ended. It is Run's own.
	after merchant.CallbackKey
}

// New returns a service.
func New(c Config) *Service { return &Service{config: c} }

// Bounds of the work.
const (
	// every is how often Run looks.
	every = 2 * time.Second
	// rows is how many rows one transaction removes of a callback, a merchant or a kind.
	rows = 1000
	// callbacks is how many of them one transaction is about.
	callbacks = 20
)

// Run removes what has been kept long enough, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := s.turn(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.Error("what was kept long enough is not removed", telemetry.Cause(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// turn removes a part of each kind.
func (s *Service) turn(ctx context.Context) error {
	for _, kind := range keep.Kinds() {
		begin := part{kind: kind, before: s.end(s.config.Spans[kind])}
		if kind == keep.Deliveries {
			begin.after = s.after
		}
		done, err := s.remove(ctx, begin)
		if err != nil {
			return fmt.Errorf("remove %s: %w", kind, err)
		}
		if kind == keep.Deliveries {
			s.after = done.after
		}
	}
	return nil
}

// end is before when something must have ended that was kept for a span.
func (s *Service) end(span time.Duration) time.Time { return s.config.Clock.Now().Add(-span) }

// part is a bounded part of a kind: what ended before a time, of the callbacks after one.
type part struct {
	kind   keep.Kind
	before time.Time
	after  merchant.CallbackKey
}

// done is what became of a part.
type done struct {
	removed int64
	// more says that there may be more, after the callback where it matters.
	more  bool
	after merchant.CallbackKey
}

// remove removes a part in one transaction.
func (s *Service) remove(ctx context.Context, p part) (d done, err error) {
	if p.kind == keep.Journal {
		if s.config.Journal.Forget != nil {
			d.removed = s.config.Journal.Forget(p.before)
		}
		return d, nil
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) (err error) {
		switch p.kind { //nolint:exhaustive // the journal has no rows
		case keep.Deliveries:
			d, err = deliveries(ctx, tx, p)
		case keep.Nonces:
			d, err = nonces(ctx, tx, p)
		case keep.Sessions:
			d, err = sessions(ctx, tx, p)
		case keep.Drafts:
			d, err = drafts(ctx, tx, p)
		case keep.Imports:
			d, err = imports(ctx, tx, p)
		}
		return err
	})
	return d, err
}

// deliveries removes those of a few callbacks, up to the bound of each.
func deliveries(ctx context.Context, tx store.Tx, p part) (d done, err error) {
	page, err := tx.Callbacks(ctx, p.after, callbacks)
	if err != nil {
		return d, err
	}
	full := false
	for i := range page {
		n, err := tx.RemoveDeliveries(ctx, page[i].CallbackKey, p.before, rows)
		if err != nil {
			return d, err
		}
		d.removed += n
		full = full || n == rows
	}
	switch {
	case full:
		d.more, d.after = true, p.after // the same ones once more
	case len(page) == callbacks:
		d.more, d.after = true, page[callbacks-1].CallbackKey
	}
	return d, nil
}

// nonces removes those of a few merchants.
func nonces(ctx context.Context, tx store.Tx, p part) (d done, err error) {
	list, err := tx.NonceOwners(ctx, p.before, rows)
	if err != nil {
		return d, err
	}
	for _, owner := range list {
		n, err := tx.DropNonces(ctx, owner, store.Ended{Before: p.before, Limit: rows})
		if err != nil {
			return d, err
		}
		d.removed += n
	}
	d.more = d.removed > 0
	return d, nil
}

// drafts removes those that nobody saved for long.
func drafts(ctx context.Context, tx store.Tx, p part) (done, error) {
	n, err := tx.DropDrafts(ctx, store.Ended{Before: p.before, Limit: rows})
	return done{removed: n, more: n == rows}, err
}

// files is how many imports one transaction removes: each may have a large file.
const files = 2

// imports removes those of which nothing became for long.
func imports(ctx context.Context, tx store.Tx, p part) (d done, err error) {
	list, err := tx.OldImports(ctx, store.Ended{Before: p.before, Limit: files})
	if err != nil {
		return d, err
	}
	for _, key := range list {
		i, err := tx.LockCodeImport(ctx, key)
		if errors.Is(err, store.ErrNotFound) || err == nil && !i.Updated.Before(p.before) {
			continue // somebody was faster
		}
		if err := errors.Join(err, tx.DropCodeImport(ctx, key)); err != nil {
			return d, err
		}
		d.removed++
	}
	d.more = len(list) == files
	return d, nil
}

// tries is how long counts of tries to sign in are kept at least: they bound the next ones.
const tries = 24 * time.Hour

// sessions removes what operators and programs showed, and old counts of their tries.
func sessions(ctx context.Context, tx store.Tx, p part) (d done, err error) {
	n, err := tx.DropExpired(ctx, store.Ended{Before: p.before, Limit: rows})
	if err != nil {
		return d, err
	}
	counts, err := tx.DropFailures(ctx, store.Ended{Before: p.before.Add(-tries), Limit: rows})
	return done{removed: n, more: n == rows || counts == rows}, err
}
