package coupon

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/ids"
)

// Lengths of the ids that the platform chooses (1.3).
const (
	stockIDDigits = 16
	codeDigits    = 22
)

// NewStockID returns a stock id of 16 digits, random after the first: ids tell
// nothing about other merchants' stocks.
func NewStockID(random io.Reader) (StockID, error) {
	digits, err := ids.Digits(random, stockIDDigits-1)
	return StockID("1" + digits), err
}

// Parts of a code of the platform: how many digits tell its time, in which unit.
const (
	codeTimeDigits = 7
	codeTimeUnit   = 8 // seconds
	codeTimes      = 10_000_000
)

// NewCode returns a coupon code of 22 digits: "12", seven that grow with time, so that new
// codes lie beside each other in an index, and thirteen random ones, 43 bits. Codes of one
// moment may meet; a stock tells.
func NewCode(random io.Reader, at time.Time) (Code, error) {
	digits, err := ids.Digits(random, codeDigits-2-codeTimeDigits)
	return Code(fmt.Sprintf("12%0*d", codeTimeDigits, at.Unix()/codeTimeUnit%codeTimes) + digits), err
}

// receiptDigits are the random ones of a receipt id.
const receiptDigits = 12

// receiptTime is the time within a receipt id, to the second, in Beijing.
const receiptTime = "20060102150405"

// NewReceiptID returns a receipt id of 28 digits: "11" for a payment, "21" for a return,
// then the time and random digits, as those of the platform look (1.3).
func NewReceiptID(kind ReceiptKind, at time.Time, random io.Reader) (string, error) {
	digits, err := ids.Digits(random, receiptDigits)
	return string(kind) + at.In(day.Beijing()).Format(receiptTime) + digits, err
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
	digits, err := ids.Digits(random, cardDigits-1)
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
