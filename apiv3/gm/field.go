package gm

import (
	"crypto/subtle"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/kdf"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"github.com/favord/favord/apiv3"
)

// MaxField is the longest plaintext of an encrypted field, in bytes of UTF-8. SM2 itself
// sets no bound.
const MaxField = 4096

// coordinateSize is the length of a coordinate of the curve in bytes.
const coordinateSize = 32

// ciphertext is an encrypted field in DER: C1 as two integers, C3, C2 (GB/T 35276).
type ciphertext struct {
	X, Y   *big.Int
	Digest []byte
	Masked []byte
}

// SealField encrypts a sensitive field for the owner of key with SM2, and returns base64
// of the ASN.1 form C1C3C2. An empty plaintext stays empty, as SDKs have it
// (protocol 5.1).
//
// The steps are written out here, because those of the library get messages of one or
// two bytes wrong now and then: it goes on with a spoiled point after a mask of zeros,
// and does not open a ciphertext of zeros.
func SealField(key *PublicKey, plaintext string) (string, error) {
	if plaintext == "" {
		return "", nil
	}
	if len(plaintext) > MaxField {
		return "", fmt.Errorf("gm: field has %d bytes, at most %d can be encrypted", len(plaintext), MaxField)
	}
	for {
		once, err := GenerateKey()
		if err != nil {
			return "", err
		}
		x, y := once.multiply(point(key.key))
		masked, empty := mask(x, y, []byte(plaintext))
		// A mask of zeros would show the plaintext. Masked bytes that are all
		// zero are right, but not every receiver takes them.
		if empty || isZero(masked) {
			continue
		}
		c := ciphertext{Digest: check(x, y, []byte(plaintext)), Masked: masked}
		c.X, c.Y = point(once.public.key)
		raw, err := asn1.Marshal(c)
		if err != nil {
			return "", fmt.Errorf("gm: encrypt field: %w", err)
		}
		return base64.StdEncoding.EncodeToString(raw), nil
	}
}

// OpenField decrypts what [SealField] made. It reports apiv3.ErrNotCiphertext or
// apiv3.ErrField. An empty value is an empty field.
func OpenField(key *PrivateKey, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	c, err := parseCiphertext(value)
	if err != nil {
		return "", err
	}
	// A point off the curve would leak the key bit by bit.
	if !isOnCurve(c.X, c.Y) {
		return "", apiv3.ErrField
	}
	x, y := key.multiply(c.X, c.Y)
	plaintext, empty := mask(x, y, c.Masked)
	if empty || subtle.ConstantTimeCompare(check(x, y, plaintext), c.Digest) != 1 {
		return "", apiv3.ErrField
	}
	return string(plaintext), nil
}

// parseCiphertext reads the form of a ciphertext, and nothing about its values.
func parseCiphertext(value string) (c ciphertext, err error) {
	raw, err := apiv3.DecodeBase64(value)
	if err != nil {
		return c, apiv3.ErrNotCiphertext
	}
	rest, err := asn1.Unmarshal(raw, &c)
	if err != nil || len(rest) > 0 || len(c.Digest) != sm3.Size || len(c.Masked) == 0 || len(c.Masked) > MaxField {
		return c, apiv3.ErrNotCiphertext
	}
	return c, nil
}

// multiply returns the point that both sides of an encryption know, as two coordinates.
// The point must be on the curve.
func (k *PrivateKey) multiply(pointX, pointY *big.Int) (x, y []byte) {
	scalar := k.key.D.FillBytes(make([]byte, coordinateSize))
	//nolint:staticcheck // both coordinates are needed, and crypto/ecdh neither shows them nor has this curve.
	sharedX, sharedY := sm2.P256().ScalarMult(pointX, pointY, scalar)
	return sharedX.FillBytes(make([]byte, coordinateSize)), sharedY.FillBytes(make([]byte, coordinateSize))
}

// mask hides a text, or shows it again, under the key stream that follows from a point.
// It also reports a stream of zeros, which the standard forbids.
func mask(x, y, text []byte) (masked []byte, empty bool) {
	stream := kdf.Kdf(sm3.New(), append(append(make([]byte, 0, 2*coordinateSize), x...), y...), len(text))
	empty = isZero(stream)
	subtle.XORBytes(stream, stream, text)
	return stream, empty
}

// check is the digest by which a receiver knows that it got what was sent.
func check(x, y, plaintext []byte) []byte {
	h := sm3.New()
	for _, part := range [...][]byte{x, plaintext, y} {
		_, _ = h.Write(part) // a hash never fails
	}
	return h.Sum(nil)
}

func isZero(text []byte) bool {
	var or byte
	for _, b := range text {
		or |= b
	}
	return or == 0
}
