package store

import (
	"context"

	"github.com/favord/favord/internal/coupon"
)

// CodeWriter changes the pool of codes that a merchant uploaded for a stock. The
// stock must be locked; its counters are changed with SetCounters.
type CodeWriter interface {
	// InsertCodes adds codes to the pool of a stock and returns those that the
	// stock had before, free or given out; the others were added.
	InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code) (had []coupon.Code, err error)
	// TakeCodes removes up to n free codes from the pool and returns them, in no
	// order that anybody could foretell. They stay known to InsertCodes. Its cost
	// does not depend on the size of the pool.
	TakeCodes(ctx context.Context, key coupon.StockKey, n int) ([]coupon.Code, error)
}
