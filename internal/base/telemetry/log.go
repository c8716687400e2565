// Package telemetry builds what the program reports about itself with: logs and figures.
package telemetry

import (
	"context"
	"io"
	"log/slog"
)

// LogOptions say what a logger writes.
type LogOptions struct {
	// Level is the least that is written; it may change.
	Level slog.Leveler
	// JSON writes for programs instead of people.
	JSON bool
	// Access tells whether successful calls get their line now; nil is always.
	Access func() bool
}

// NewLogger returns a logger that writes lines.
func NewLogger(w io.Writer, o LogOptions) *slog.Logger {
	var handler slog.Handler = slog.NewTextHandler(w, &slog.HandlerOptions{Level: o.Level})
	if o.JSON {
		handler = slog.NewJSONHandler(w, &slog.HandlerOptions{Level: o.Level})
	}
	if o.Access != nil {
		handler = accessFilter{handler, o.Access}
	}
	return slog.New(handler)
}

// Messages of the lines that calls get, one each.
const (
	// LineRequest is a signed call, LineManage one of the management port, LinePage a user's.
	LineRequest = "request"
	LineManage  = "manage"
	LinePage    = "page"
)

// accessFilter leaves out the lines of calls that went well.
type accessFilter struct {
	slog.Handler
	wanted func() bool
}

// Handle implements slog.Handler.
func (f accessFilter) Handle(ctx context.Context, r slog.Record) error {
	access := r.Message == LineRequest || r.Message == LineManage || r.Message == LinePage
	if access && r.Level < slog.LevelWarn && !f.wanted() {
		return nil
	}
	return f.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (f accessFilter) WithAttrs(list []slog.Attr) slog.Handler {
	return accessFilter{f.Handler.WithAttrs(list), f.wanted}
}

// WithGroup implements slog.Handler.
func (f accessFilter) WithGroup(name string) slog.Handler {
	return accessFilter{f.Handler.WithGroup(name), f.wanted}
}
