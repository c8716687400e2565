package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
)

// PartKey names a part of an import.
type PartKey struct {
	Stock coupon.StockKey
	Kind  codefile.Kind
	// Number counts what comes before it: bytes of the file, codes, wrong lines.
	Number int64
}

// ImportPart is a part of an import.
type ImportPart struct {
	PartKey
	Data []byte
}

// Due asks for imports that somebody should work on.
type Due struct {
	// Now is real time.
	Now   time.Time
	Limit int
}

// CodeImportReader reads files of codes on their way into the pools of stocks.
type CodeImportReader interface {
	// CodeImport returns the import of a stock, or ErrNotFound.
	CodeImport(ctx context.Context, key coupon.StockKey) (codefile.Import, error)
	// NextImportPart returns the first part of a kind that has the number or a higher one, or ErrNotFound.
	NextImportPart(ctx context.Context, from PartKey) (ImportPart, error)
	// DueImports returns imports that are to be worked on and on which nobody works, those that wait
	// longest first. It asks every placement.
	DueImports(ctx context.Context, d Due) ([]coupon.StockKey, error)
	// OldImports returns imports of which something became last before a time, the oldest first. It
	// asks every placement.
	OldImports(ctx context.Context, e Ended) ([]coupon.StockKey, error)
}

// CodeImportWriter changes imports. A row of an import is locked after its stock.
type CodeImportWriter interface {
	// LockCodeImport locks the import of a stock and returns it, or ErrNotFound.
	LockCodeImport(ctx context.Context, key coupon.StockKey) (codefile.Import, error)
	// InsertCodeImport adds one to a stock that has none, or else reports ErrDuplicate.
	InsertCodeImport(ctx context.Context, i codefile.Import) error
	// UpdateCodeImport replaces one that is locked, but for what tells which it is; ErrStale when there is none.
	UpdateCodeImport(ctx context.Context, i codefile.Import) error
	// InsertImportPart adds a part, or reports ErrDuplicate.
	InsertImportPart(ctx context.Context, p ImportPart) error
	// DropImportParts removes the parts of a kind with lower numbers.
	DropImportParts(ctx context.Context, below PartKey) error
	// DropCodeImport removes the import of a stock with all its parts; when there is none nothing changes.
	DropCodeImport(ctx context.Context, key coupon.StockKey) error
}
