// Package row is what a row looks like in both SQL engines: which columns a value is stored
// in, in which order, and how it is read from them. The statements belong to the engines.
package row

import (
	"github.com/favord/favord/internal/store"
)

// Scan reads the columns of a row, in their order, into what dest points to.
type Scan func(dest ...any) error

// Into returns what a query does with each row: read appends it to the list.
func Into[T any](list *[]T, read func(Scan) (T, error)) func(scan Scan) error {
	return func(scan Scan) error {
		one, err := read(scan)
		*list = append(*list, one)
		return err
	}
}

// First is the answer to a query for one row: the first of those found, or
// store.ErrNotFound.
func First[T any](found []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(found) == 0:
		return none, store.ErrNotFound
	}
	return found[0], nil
}
