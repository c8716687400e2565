package config

import (
	"errors"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/keep"
)

// Retention says for how long data is kept after it ended, such as 36h or 30d. Coupons, vouchers,
// payments and the audit are kept for good.
type Retention struct {
	// Journal is about the requests that a sandbox remembers; fewer when others need the room.
	Journal string `yaml:"journal"`
	// Deliveries is about callbacks that were delivered or given up; at least 7d.
	Deliveries string `yaml:"deliveries"`
	// Nonces is about the answers to signed calls without a request number; at least 20m.
	Nonces string `yaml:"nonces"`
	// Sessions is about sessions, invitations and tokens that are over.
	Sessions string `yaml:"sessions"`
	// Drafts is about stocks that are not created yet, after they were saved last; at least 1d.
	Drafts string `yaml:"drafts"`
	// Imports is about files of codes, after something last became of them; at least 1h.
	Imports string `yaml:"imports"`
}

// usualRetention is what a file leaves out.
func usualRetention() Retention {
	return Retention{
		Journal: keep.Text(keep.Journal.Usual()), Deliveries: keep.Text(keep.Deliveries.Usual()),
		Nonces: keep.Text(keep.Nonces.Usual()), Sessions: keep.Text(keep.Sessions.Usual()),
		Drafts: keep.Text(keep.Drafts.Usual()), Imports: keep.Text(keep.Imports.Usual()),
	}
}

// Spans are the spans. That they are some was checked when the file was loaded.
func (r *Retention) Spans() keep.Spans {
	spans, err := r.spans()
	if err != nil {
		panic(err)
	}
	return spans
}

func (r *Retention) spans() (keep.Spans, error) {
	spans := keep.Spans{}
	texts := map[keep.Kind]string{
		keep.Journal: r.Journal, keep.Deliveries: r.Deliveries, keep.Nonces: r.Nonces, keep.Sessions: r.Sessions,
		keep.Drafts: r.Drafts, keep.Imports: r.Imports,
	}
	for _, kind := range keep.Kinds() {
		span, err := kind.Span("retention."+string(kind), texts[kind])
		if err != nil {
			return nil, err
		}
		spans[kind] = span
	}
	return spans, nil
}

func (r *Retention) problem() *fault.Error {
	_, err := r.spans()
	problem, _ := errors.AsType[*fault.Error](err)
	return problem
}
