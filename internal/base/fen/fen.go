// Package fen holds amounts of money. It knows nothing else.
package fen

import "math"

// Fen is an amount of money: one hundredth of a yuan.
type Fen int64

// Times returns f multiplied by n, and false when the product does not fit or
// either factor is negative.
func (f Fen) Times(n int64) (Fen, bool) {
	if f < 0 || n < 0 {
		return 0, false
	}
	if f != 0 && n > math.MaxInt64/int64(f) {
		return 0, false
	}
	return f * Fen(n), true
}
