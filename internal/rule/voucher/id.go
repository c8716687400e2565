package voucher

import (
	"io"

	"github.com/favord/favord/internal/base/ids"
)

// Forms of the ids that the platform chooses: decimal digits that fit 64 bits, since
// clients keep them in integers. Real stock ids have 8 digits and real coupon ids 11;
// these have more, so that ids can be drawn at random.
const (
	stockIDDigits = 16
	idDigits      = 18
)

// NewStockID returns a stock id of 16 digits, random after the first.
func NewStockID(random io.Reader) (StockID, error) {
	digits, err := ids.Digits(random, stockIDDigits-1)
	return StockID("1" + digits), err
}

// NewID returns a voucher id of 18 digits, random after the first. One that is taken must
// be drawn again.
func NewID(random io.Reader) (ID, error) {
	digits, err := ids.Digits(random, idDigits-1)
	return ID("8" + digits), err
}
