package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"github.com/favord/favord/internal/coupon"
)

// CodeWriter changes the pool of codes that a merchant uploaded for a stock. The
// stock must be locked; its counters are changed with SetCounters.
type CodeWriter interface {
	// InsertCodes adds codes to the pool of a stock and returns those that the
	// stock had before, free or given out; the others were added.
	InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code) (had []coupon.Code, err error)
	// TakeCodes removes free codes from the pools of stocks, up to as many as are
	// wanted of each, and returns them, in no order that anybody could foretell. They
	// stay known to InsertCodes. Its cost does not depend on the size of the pools.
	TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error)
}

// NewSlot returns where a free code lies in the order of its pool, or where to begin to
// look for one: anywhere.
func NewSlot() int64 {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return int64(binary.BigEndian.Uint64(raw[:]) >> 1)
}
