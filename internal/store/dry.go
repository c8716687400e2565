package store

import (
	"context"
	"errors"
)

// errDry ends a transaction that is not to be kept.
var errDry = errors.New("store: a dry run")

// dry is a store whose changes are not kept.
type dry struct{ Store }

// Dry returns a store that does everything to the end of each transaction, and then takes it back:
// what would be refused is refused, and what would succeed succeeds, but nothing is changed. A later
// transaction does not see an earlier one.
func Dry(s Store) Store { return dry{s} }

// Write runs fn, and rolls back what it did.
func (d dry) Write(ctx context.Context, fn func(tx Tx) error) error {
	err := d.Store.Write(ctx, func(tx Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		// A read has an engine carry out what it has put off, so that its errors are found.
		if _, err := tx.Merchant(ctx, ""); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}
