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

// boxNonceAlphabet has 62 characters: six random bits choose one, and the two
// values beyond it are drawn again, so that there is no bias.
const boxNonceAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewBoxNonce returns a nonce for [Box.Seal]: 12 random characters out of
// [0-9A-Za-z], 71 bits.
func NewBoxNonce() string {
	var nonce [BoxNonceSize]byte
	var b [1]byte
	for i := 0; i < len(nonce); {
		_, _ = rand.Read(b[:]) // never fails, see its documentation
		if n := int(b[0] & 0x3f); n < len(boxNonceAlphabet) {
			nonce[i] = boxNonceAlphabet[n]
			i++
		}
	}
	return string(nonce[:])
}
