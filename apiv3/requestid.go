package apiv3

import (
	"strconv"
	"strings"
)

// NewRequestID returns a value of [HeaderRequestID] of the form that the platform's have:
// upper-case hex digits, a dash and an internal error number, which is 0 for a success and
// for a notification (protocol 1.4). It has 128 random bits.
func NewRequestID(number int) string {
	return "08" + strings.ToUpper(NewNonce()) + "-" + strconv.Itoa(number)
}
