package voucher

import (
	"io"

	"github.com/favord/favord/internal/base/ids"
	"github.com/favord/favord/internal/rule/merchant"
)

// Forms of the ids that the platform chooses: decimal digits that fit 64 bits, since
// clients keep them in integers. Real stock ids have 8 digits and real coupon ids 11;
// these have more, so that ids can be drawn at random.
const (
	stockIDDigits = 16
	idDigits      = 19
)

// firstDigit begins a voucher id, and is followed by the hint of its creator.
const firstDigit = "1"

// NewStockID returns a stock id of 16 digits, random after the first.
func NewStockID(random io.Reader) (StockID, error) {
	digits, err := ids.Digits(random, stockIDDigits-1)
	return StockID("1" + digits), err
}

// NewID returns a voucher id of 19 digits: "1", the hint of the stock's creator, and thirteen random
// ones. One that is taken must be drawn again.
func NewID(creator merchant.ID, random io.Reader) (ID, error) {
	begin := firstDigit + string(creator.Hint())
	digits, err := ids.Digits(random, idDigits-len(begin))
	return ID(begin + digits), err
}

// Hint says whose an id may be, "" for one of before 0.2.0, which may be anybody's.
func (id ID) Hint() merchant.Hint {
	if len(id) != idDigits || id[:1] != firstDigit {
		return ""
	}
	return merchant.HintWithin(string(id), len(firstDigit))
}
