package store

import "context"

// sparing is the key of a mark in a context.
type sparing struct{}

// Sparing marks work in the background that touches much which nobody needs soon. An engine that keeps in
// memory what was touched gives it back after each transaction of such a context.
func Sparing(ctx context.Context) context.Context { return context.WithValue(ctx, sparing{}, true) }

// IsSparing reports whether a context is marked.
func IsSparing(ctx context.Context) bool { return ctx.Value(sparing{}) != nil }
