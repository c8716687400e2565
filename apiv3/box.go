package apiv3

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
)

// Names of the AEAD algorithms on the wire.
const (
	AlgorithmAES256GCM = "AEAD_AES_256_GCM"
	AlgorithmSM4GCM    = "AEAD_SM4_GCM"
)

// APIKeySize is the length of an APIv3 key in bytes. Its characters are used as
// they are.
const APIKeySize = 32

// BoxNonceSize is the length of a box's nonce in bytes. Its characters are used
// as they are, never decoded.
const BoxNonceSize = 12

// ErrBox reports a box that cannot be opened: wrong key, nonce or associated
// data, or a changed ciphertext.
var ErrBox = errors.New("apiv3: the ciphertext cannot be opened")

// Box seals and opens the resources of notifications and the certificates of
// /v3/certificates with a merchant's APIv3 key (protocol 4.2, 6.1). It is safe
// for concurrent use.
type Box struct {
	algorithm string
	aead      cipher.AEAD
}

// NewBoxOf returns a box of another algorithm, such as package gm has one. The cipher
// must take nonces of 12 bytes and be safe for concurrent use.
func NewBoxOf(algorithm string, aead cipher.AEAD) (*Box, error) {
	if size := aead.NonceSize(); size != BoxNonceSize {
		return nil, fmt.Errorf("apiv3: %s takes nonces of %d bytes, need %d", algorithm, size, BoxNonceSize)
	}
	return &Box{algorithm: algorithm, aead: aead}, nil
}

// NewBox returns the AES-256-GCM box of an APIv3 key, which must have 32 bytes.
func NewBox(key []byte) (*Box, error) {
	if len(key) != APIKeySize {
		return nil, fmt.Errorf("apiv3: APIv3 key has %d bytes, need %d", len(key), APIKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("apiv3: APIv3 key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("apiv3: APIv3 key: %w", err)
	}
	return NewBoxOf(AlgorithmAES256GCM, aead)
}

// Algorithm is the name that travels beside the ciphertext.
func (b *Box) Algorithm() string { return b.algorithm }

// Sealed is a box on the wire.
type Sealed struct {
	Algorithm      string `json:"algorithm"`
	AssociatedData string `json:"associated_data"`
	Ciphertext     string `json:"ciphertext"`
	Nonce          string `json:"nonce"`
}

// Seal encrypts plaintext under a nonce of 12 bytes, which must never be used
// twice with one key; [NewBoxNonce] gives one. The ciphertext is base64 of the
// encrypted bytes followed by the 16-byte tag.
func (b *Box) Seal(plaintext []byte, nonce, associatedData string) (Sealed, error) {
	if len(nonce) != BoxNonceSize {
		return Sealed{}, fmt.Errorf("apiv3: nonce has %d bytes, need %d", len(nonce), BoxNonceSize)
	}
	raw := b.aead.Seal(nil, []byte(nonce), plaintext, []byte(associatedData))
	return Sealed{
		Algorithm:      b.algorithm,
		AssociatedData: associatedData,
		Ciphertext:     base64.StdEncoding.EncodeToString(raw),
		Nonce:          nonce,
	}, nil
}

// Open decrypts s, and reports [ErrBox] when it was not sealed with this key or
// was changed since. A nonce of the wrong length is such an error, too: the
// cipher itself would panic.
func (b *Box) Open(s Sealed) ([]byte, error) {
	if s.Algorithm != b.algorithm || len(s.Nonce) != BoxNonceSize {
		return nil, ErrBox
	}
	raw, err := DecodeBase64(s.Ciphertext)
	if err != nil {
		return nil, ErrBox
	}
	plaintext, err := b.aead.Open(nil, []byte(s.Nonce), raw, []byte(s.AssociatedData))
	if err != nil {
		return nil, ErrBox
	}
	return plaintext, nil
}
