package server

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/store"
)

// metered is a store whose transactions are counted, and told of in the traces of the calls that
// they are for.
type metered struct {
	store.Store
	clock   clock.Clock
	metrics *telemetry.Metrics
	traces  *telemetry.Traces
}

// Write implements store.Store.
func (m metered) Write(ctx context.Context, fn func(store.Tx) error) error {
	ctx, span := m.traces.Step(ctx, "database")
	began := m.clock.Now()
	err := m.Store.Write(ctx, fn)
	m.count(span, "write", began, err)
	return err
}

// Read implements store.Store.
func (m metered) Read(ctx context.Context, fn func(store.ReadTx) error) error {
	ctx, span := m.traces.Step(ctx, "database")
	began := m.clock.Now()
	err := m.Store.Read(ctx, fn)
	m.count(span, "read", began, err)
	return err
}

// Glance implements store.Store.
func (m metered) Glance(ctx context.Context, fn func(store.ReadTx) error) error {
	ctx, span := m.traces.Step(ctx, "database")
	began := m.clock.Now()
	err := m.Store.Glance(ctx, fn)
	m.count(span, "read", began, err)
	return err
}

func (m metered) count(span telemetry.Span, kind string, began time.Time, err error) {
	outcome := outcomeOf(err)
	m.metrics.Transaction(kind, outcome, m.clock.Now().Sub(began))
	span.Note("favord.transaction", kind)
	span.Note("favord.outcome", outcome)
	if outcome == "failed" || outcome == "unclear" {
		span.Fail()
	}
	span.End()
}

// outcomeOf tells apart what a rule refused, what failed, and what nobody knows.
func outcomeOf(err error) string {
	var refusal *fault.Error
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, store.ErrUnclear):
		return "unclear"
	case errors.As(err, &refusal) && refusal.Kind != fault.Internal,
		errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrDuplicate), errors.Is(err, store.ErrStale):
		return "refused"
	}
	return "failed"
}
