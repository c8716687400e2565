package coupon

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// Lengths of the ids that the platform chooses (1.3).
const (
	stockIDDigits = 16
	codeDigits    = 22
)

// NewStockID returns a stock id of 16 digits, random after the first: ids tell
// nothing about other merchants' stocks.
func NewStockID(random io.Reader) (StockID, error) {
	digits, err := RandomDigits(random, stockIDDigits-1)
	return StockID("1" + digits), err
}

// NewCode returns a coupon code of 22 digits, 20 of them random: 66 bits that
// nobody guesses.
func NewCode(random io.Reader) (Code, error) {
	digits, err := RandomDigits(random, codeDigits-2)
	return Code("12" + digits), err
}

// receiptDigits are the random ones of a receipt id.
const receiptDigits = 12

// receiptTime is the time within a receipt id, to the second, in Beijing.
const receiptTime = "20060102150405"

// NewReceiptID returns a receipt id of 28 digits: "11" for a payment, "21" for a return,
// then the time and random digits, as those of the platform look (1.3).
func NewReceiptID(kind ReceiptKind, at time.Time, random io.Reader) (string, error) {
	digits, err := RandomDigits(random, receiptDigits)
	return string(kind) + at.In(Beijing()).Format(receiptTime) + digits, err
}

// ReceiptKind is how a receipt id begins.
type ReceiptKind string

// The kinds of receipts.
const (
	PaymentReceipt ReceiptKind = "11"
	ReturnReceipt  ReceiptKind = "21"
)

// cardDigits is the length of the code of a consumption card.
const cardDigits = 12

// NewCardCode returns the code of a consumption card, 12 digits (B15).
func NewCardCode(random io.Reader) (string, error) {
	digits, err := RandomDigits(random, cardDigits-1)
	return "1" + digits, err
}

// IsPlatformCode reports whether a code has the form of [NewCode]. A merchant may
// have chosen one that does, too.
func IsPlatformCode(c Code) bool {
	if len(c) != codeDigits {
		return false
	}
	for i := range len(c) {
		if c[i] < '0' || c[i] > '9' {
			return false
		}
	}
	return true
}

// maxCode is the longest code that a merchant may choose.
const maxCode = 32

// WellFormedCode reports whether a merchant may choose the code: 1 to 32 characters out
// of ASCII letters, digits, blank, and - _ \ / = | (B5).
func WellFormedCode(c Code) bool {
	for i := range len(c) {
		b := c[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		digit := b >= '0' && b <= '9'
		if !letter && !digit && !strings.ContainsRune(` -_\/=|`, rune(b)) {
			return false
		}
	}
	return c != "" && len(c) <= maxCode
}

// RandomDigits returns n decimal digits, each equally likely.
func RandomDigits(random io.Reader, n int) (string, error) {
	const (
		perDraw = 10
		modulus = 10_000_000_000
		// limit is the largest multiple of modulus that fits: draws above it
		// would favour small numbers.
		limit = (1<<64 - 1) / modulus * modulus
	)
	digits := make([]byte, 0, n+perDraw)
	for len(digits) < n {
		var b [8]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("random digits: %w", err)
		}
		draw := binary.LittleEndian.Uint64(b[:])
		if draw >= limit {
			continue
		}
		digits = fmt.Appendf(digits, "%010d", draw%modulus)
	}
	return string(digits[:n]), nil
}
