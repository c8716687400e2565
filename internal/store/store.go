// Package store is the one persistence contract: what an engine must keep, and
// what it guarantees. It knows no SQL and no use cases; each method is one row or
// one set of rows. The suite in storetest holds every engine to it.
package store

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Errors that engines report. Anything else is a failure of the engine.
var (
	// ErrNotFound reports a row that does not exist.
	ErrNotFound = errors.New("store: not found")
	// ErrDuplicate reports an insert whose key is taken.
	ErrDuplicate = errors.New("store: duplicate key")
	// ErrStale reports a guarded update that met another value than it
	// expected. Inside a transaction that locked the row it is a broken
	// invariant.
	ErrStale = errors.New("store: the row has changed")
	// ErrUnclear reports a commit whose outcome is not known. It is never a
	// success and never a plain failure: a repeat with the same request number
	// settles it.
	ErrUnclear = fault.New(fault.Unclear,
		"系统异常，请稍后重试",
		"The outcome of the request is not known. Repeat it with the same request number to learn it.")
	// ErrFull reports a storage without space. Nothing was changed; it heals
	// when there is space again.
	ErrFull = errors.New("store: no space left")
)

// Store keeps everything. It is safe for concurrent use.
type Store interface {
	// Write runs fn in a transaction that is serializable for the rows that fn
	// locks, and durable when Write returns nil. An error of fn rolls back and is
	// returned. The engine may run fn more than once, so fn must have no effect
	// but through tx. The commit runs to its end even when ctx is cancelled
	// meanwhile.
	Write(ctx context.Context, fn func(tx Tx) error) error
	// Read runs fn on one consistent, committed state.
	Read(ctx context.Context, fn func(tx ReadTx) error) error
	// Glance runs fn for one question: what one call of tx asks for is seen in one committed state,
	// the next one may see a later state. It costs less than Read.
	Glance(ctx context.Context, fn func(tx ReadTx) error) error
	// OnChange has fn called after a commit, of this process or of another one on
	// the same database, that changed what callers may keep: a merchant, its keys,
	// or the content or state of a stock that it created. An empty owner means
	// that anything may have changed. What is read before the call may be out of
	// date without a word; fn must not block. News may be late or lost: what is kept needs a short
	// time to live all the same.
	OnChange(fn func(owner merchant.ID))
	// Ready reports nil when the store can accept changes now, otherwise a fault
	// with one clear sentence.
	Ready(ctx context.Context) error
	// Room reports nil while there is room for changes, otherwise a fault with one
	// clear sentence. It may try a change when one has failed, and heals by itself.
	Room(ctx context.Context) error
	// Figures tells how the store is doing. It reads no more than a bounded number of rows.
	Figures(ctx context.Context) (Figures, error)
	Checker
	// Close releases the store. Calls that follow fail.
	Close() error
}

// ReadTx reads.
type ReadTx interface {
	MerchantReader
	KeyReader
	UserReader
	StockReader
	CouponReader
	VoucherStockReader
	VoucherReader
	PaymentReader
	CodeReader
	CodeImportReader
	SubsidyReader
	OrderReader
	LedgerReader
	CardReader
	PartnershipReader
	ImageReader
	DraftReader
	RequestReader
	TrailReader
	NoticeReader
	TallyReader
	OperatorReader
	RetentionReader
}

// Tx reads and writes. Rows are locked in one order: merchant, stock, import of codes,
// payment, coupon, order, budget, balances. An engine may put a change off until the next read or the end of
// the transaction, so that its error, such as ErrDuplicate or ErrStale, comes from
// there: from Write at the latest.
type Tx interface {
	ReadTx
	MerchantWriter
	KeyWriter
	UserWriter
	StockWriter
	CouponWriter
	CodeWriter
	CodeImportWriter
	VoucherStockWriter
	VoucherWriter
	PaymentWriter
	PayWriter
	SubsidyWriter
	OrderWriter
	LedgerWriter
	CardWriter
	PartnershipWriter
	ImageWriter
	DraftWriter
	RequestWriter
	TrailWriter
	NoticeWriter
	TallyWriter
	OperatorWriter
	RetentionWriter
}

// Mode is what a database is for. It is fixed when the database is made.
type Mode string

// The modes.
const (
	Sandbox    Mode = "sandbox"
	Production Mode = "production"
)
