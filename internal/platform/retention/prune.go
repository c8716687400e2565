package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/store"
)

// State is how things stand with a kind.
type State struct {
	Kind keep.Kind
	// Span is for how long it is kept.
	Span time.Duration
	// Rows counts what has been kept for longer, First tells when the first of it ended.
	Rows  int64
	First time.Time
}

// Overview tells of each kind what has been kept for longer than its span. What is given wins over
// the configured spans.
func (s *Service) Overview(ctx context.Context, given keep.Spans) (list []State, err error) {
	for _, kind := range keep.Kinds() {
		state := State{Kind: kind, Span: s.span(kind, given)}
		old, err := s.old(ctx, kind, s.end(state.Span))
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", kind, err)
		}
		state.Rows, state.First = old.Rows, old.First
		list = append(list, state)
	}
	return list, nil
}

func (s *Service) span(kind keep.Kind, given keep.Spans) time.Duration {
	if span, is := given[kind]; is {
		return span
	}
	return s.config.Spans[kind]
}

func (s *Service) old(ctx context.Context, kind keep.Kind, before time.Time) (old store.Old, err error) {
	if kind == keep.Journal {
		if s.config.Journal.Old != nil {
			old.Rows, old.First = s.config.Journal.Old(before)
		}
		return old, nil
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		old, err = tx.OldRows(ctx, kind, before)
		return err
	})
	return old, err
}

// Order asks to remove at once what has been kept long enough.
type Order struct {
	// Actor is who asks, for the audit.
	Actor string
	Kind  keep.Kind
	// Span is for how long the kind is kept; nil is as configured.
	Span *time.Duration
}

// Pruned is what was removed.
type Pruned struct {
	Kind keep.Kind
	Span time.Duration
	// Rows is how many rows were removed. More says that time ran out before all were.
	Rows int64
	More bool
}

// pruning is for how long one Prune works.
const pruning = 5 * time.Second

// Prune removes what has been kept long enough, for some seconds. The audit of the server says
// before what will be removed, unless it is nothing: nothing goes without a trace. An error does not
// undo what was removed before.
func (s *Service) Prune(ctx context.Context, o Order) (Pruned, error) {
	p := Pruned{Kind: o.Kind, Span: s.config.Spans[o.Kind], More: true}
	if o.Span != nil {
		p.Span = *o.Span
	}
	begun := s.config.Clock.Now()
	if err := s.note(ctx, o, p.Span); err != nil {
		return Pruned{}, fmt.Errorf("prune %s: %w", o.Kind, err)
	}
	for next := (part{kind: o.Kind, before: s.end(p.Span)}); p.More && s.config.Clock.Now().Sub(begun) < pruning; {
		d, err := s.remove(ctx, next)
		if err != nil {
			return Pruned{}, fmt.Errorf("prune %s: %w", o.Kind, err)
		}
		p.Rows += d.removed
		p.More, next.after = d.more, d.after
	}
	return p, nil
}

// note writes into the audit how much is to be removed.
func (s *Service) note(ctx context.Context, o Order, span time.Duration) error {
	old, err := s.old(ctx, o.Kind, s.end(span))
	if err != nil || old.Rows == 0 {
		return err
	}
	return s.config.Store.Write(ctx, func(tx store.Tx) error {
		return tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: store.Platform, At: s.config.Clock.Now().Truncate(time.Second), Actor: o.Actor, Action: "manage.retention.prune",
			Object: "kept/" + string(o.Kind), After: fmt.Sprintf(`{"keep":%q,"rows":%d}`, keep.Text(span), old.Rows),
		}})
	})
}
