package apiv3

import (
	"crypto/rand"
	"encoding/hex"
)

// NewNonce returns a nonce for a signature: 16 random bytes as 32 lower-case hex
// digits.
func NewNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	return hex.EncodeToString(b[:])
}

// NewBoxNonce returns a nonce for [Box.Seal]: 12 random characters out of
// [0-9A-Za-z], 71 bits.
func NewBoxNonce() string { return randomText(BoxNonceSize) }

// NewAPIKey returns an APIv3 key: 32 random characters out of [0-9A-Za-z], 190
// bits.
func NewAPIKey() string { return randomText(APIKeySize) }

// alphanumerics are 62 characters: six random bits choose one, and the two values
// beyond them are drawn again, so that there is no bias.
const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func randomText(size int) string {
	text := make([]byte, 0, size)
	var draw [64]byte
	for {
		_, _ = rand.Read(draw[:]) // never fails, see its documentation
		for _, b := range draw {
			if n := int(b & 0x3f); n < len(alphanumerics) {
				text = append(text, alphanumerics[n])
			}
			if len(text) == size {
				return string(text)
			}
		}
	}
}
