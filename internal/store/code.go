package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
)

// CodeQuery asks for a page of a stock's codes in the order of upload.
type CodeQuery struct {
	Stock coupon.StockKey
	// Status narrows the list unless it is empty.
	Status coupon.CodeStatus
	// Offset and Limit choose the page; Limit must be positive.
	Offset int64
	Limit  int64
}

// CodeReader reads the pool of codes that a merchant uploaded for a stock.
type CodeReader interface {
	// UploadedCode returns a code of a stock, free or given out, or ErrNotFound.
	UploadedCode(ctx context.Context, key coupon.Key) (coupon.UploadedCode, error)
	// UploadedCodes returns a page. It looks at one row for each [CodesPerBlock] codes
	// of the pool and at the rows of the page, wherever in the list that is.
	UploadedCodes(ctx context.Context, q CodeQuery) ([]coupon.UploadedCode, error)
}

// CodeWriter changes the pool of codes that a merchant uploaded for a stock. The
// stock must be locked; its counters are changed with SetCounters.
type CodeWriter interface {
	// InsertCodes adds codes to the end of the pool of a stock and returns those that
	// the stock had before, free or given out; the others were added.
	InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code, at time.Time) (had []coupon.Code, err error)
	// TakeCodes gives free codes out of the pools of stocks, up to as many as are
	// wanted of each, and returns them, in no order that anybody could foretell. They
	// stay known to InsertCodes. Its cost does not depend on the size of the pools.
	TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error)
	// DeleteCode removes a free code; ErrNotFound when the pool has no such free code.
	DeleteCode(ctx context.Context, key coupon.Key) error
}

// NewSlot returns where a free code lies in the order of its pool, or where to begin to
// look for one: anywhere.
func NewSlot() int64 {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return int64(binary.BigEndian.Uint64(raw[:]) >> 1)
}
