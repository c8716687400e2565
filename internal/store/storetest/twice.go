package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/favord/favord/internal/store"
)

// Twice is a store that runs every transaction that writes twice, as the contract allows: the
// first attempt is rolled back, whatever it did. A function that keeps something of it, but in
// what it wrote, shows it in the second one.
type Twice struct{ store.Store }

// EachTwice opens stores that run every transaction twice.
func EachTwice(open Open) Open {
	return func(tb testing.TB) store.Store { return Twice{open(tb)} }
}

// errAgain rolls a first attempt back.
var errAgain = errors.New("storetest: the transaction runs again")

// Write implements store.Store.
func (s Twice) Write(ctx context.Context, fn func(store.Tx) error) error {
	if ctx.Err() == nil { // it began, so that what its function does to the context does not stop it
		_ = s.Store.Write(ctx, func(tx store.Tx) error { return errors.Join(fn(tx), errAgain) }) // the second one counts
		ctx = context.WithoutCancel(ctx)
	}
	return s.Store.Write(ctx, fn)
}
