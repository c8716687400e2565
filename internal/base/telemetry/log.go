// Package telemetry builds what the program reports about itself with.
package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines of text for people.
func NewLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
