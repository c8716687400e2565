package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/store"
)

// sealKeySize is the length of a key-encryption key in bytes.
const sealKeySize = 32

// errSealed reports a secret that the sealer cannot open: it was sealed with another
// key, or it is not what its row says it is.
var errSealed = errors.New("keyring: the secret cannot be opened")

// Sealer encrypts secrets at rest with AES-256-GCM. What a secret is for is bound to
// it, so that a secret which is moved to another row does not open. The zero Sealer
// is not usable, and none prints its key.
type Sealer struct {
	aead cipher.AEAD
	// authentication is the key of [Keyring.Authenticate].
	authentication []byte
	// fingerprint is what a database knows the key by.
	fingerprint string
	// path is the file that the key came from, "" for none.
	path string
}

// NewSealer returns the sealer of a key-encryption key of 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != sealKeySize {
		return nil, fmt.Errorf("keyring: key-encryption key has %d bytes, need %d", len(key), sealKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	authentication, err := derive(key, authenticated)
	if err != nil {
		return nil, err
	}
	fingerprint, err := derive(key, fingerprinted)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, authentication: authentication, fingerprint: hex.EncodeToString(fingerprint)}, nil
}

// String keeps the key out of logs.
func (*Sealer) String() string { return "keyring.Sealer" }

// seal fills the box of s with plaintext.
func (e *Sealer) seal(s store.Secret, plaintext []byte) store.Secret {
	nonce := make([]byte, e.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see its documentation
	s.Box = e.aead.Seal(nonce, nonce, plaintext, boundTo(s))
	return s
}

// open returns what is in the box of s.
func (e *Sealer) open(s store.Secret) ([]byte, error) {
	size := e.aead.NonceSize()
	if len(s.Box) < size {
		return nil, errSealed
	}
	plaintext, err := e.aead.Open(nil, s.Box[:size], s.Box[size:], boundTo(s))
	if err != nil {
		return nil, errSealed
	}
	return plaintext, nil
}

// boundTo is the associated data of a secret: everything that says what it is.
func boundTo(s store.Secret) []byte {
	if planted.SecretUnbound.In() {
		return nil
	}
	return []byte(strings.Join([]string{string(s.Owner), string(s.Purpose), s.Name, strconv.Itoa(s.Version)}, "\x00"))
}
