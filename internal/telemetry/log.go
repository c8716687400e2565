// Package telemetry builds what the program reports about itself with.
package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines of text, or of JSON for machines.
func NewLogger(w io.Writer, level slog.Level, machine bool) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if machine {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
