// Package row is what a row looks like in both SQL engines: which columns a value is stored
// in, in which order, and how it is read from them. The statements belong to the engines.
package row

import (
	"fmt"

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

// Bytes16 reads a column of sixteen bytes: an account, a locator, a digest. Null is all zero.
type Bytes16 [16]byte

// Scan implements sql.Scanner, for SQLite.
func (b *Bytes16) Scan(src any) error {
	raw, is := src.([]byte)
	if src != nil && !is {
		return fmt.Errorf("row: %T is no bytes", src)
	}
	return b.ScanBytes(raw)
}

// ScanBytes is what the driver of PostgreSQL calls.
func (b *Bytes16) ScanBytes(raw []byte) error {
	*b = Bytes16{}
	if n := copy(b[:], raw); raw != nil && n != len(b) {
		return fmt.Errorf("row: %d bytes, not %d", n, len(b))
	}
	return nil
}
