// Package ids draws the parts of which ids, codes and tokens are made.
package ids

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
)

// Digits returns n decimal digits, each equally likely.
func Digits(random io.Reader, n int) (string, error) {
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

// Unguessable returns n random bytes as text that fits into a URL (RFC 4648, section 5).
func Unguessable(random io.Reader, n int) (string, error) {
	raw := make([]byte, n)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}
