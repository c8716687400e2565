package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/store"
)

// sealKeySize is the length of a key-encryption key in bytes.
const sealKeySize = 32

// errSealed reports a secret that the sealer cannot open: it was sealed with another
// key, or it is not what its row says it is.
var errSealed = errors.New("keyring: the secret cannot be opened")

// Sealer encrypts secrets at rest with AES-256-GCM. The first of its keys seals, and all of them
// open, so that keys can be replaced under load. What a secret is for is bound to
// it, so that a secret which is moved to another row does not open. The zero Sealer
// is not usable, and none prints its keys.
type Sealer struct {
	keys atomic.Pointer[[]sealKey]
	// path is the file that the keys came from, "" for none.
	path string
}

// sealKey is one key-encryption key.
type sealKey struct {
	aead cipher.AEAD
	// authentication is the key of [Keyring.Authenticate].
	authentication []byte
	// fingerprint is what a database knows the key by.
	fingerprint string
}

// NewSealer returns the sealer of key-encryption keys of 32 bytes each, which differ. There is
// at least one.
func NewSealer(keys ...[]byte) (*Sealer, error) {
	made := make([]sealKey, len(keys))
	for i, key := range keys {
		one, err := newSealKey(key)
		if err != nil {
			return nil, err
		}
		made[i] = one
	}
	if len(made) == 0 {
		return nil, errors.New("keyring: there is no key-encryption key")
	}
	e := &Sealer{}
	e.keys.Store(&made)
	return e, nil
}

func newSealKey(key []byte) (sealKey, error) {
	if len(key) != sealKeySize {
		return sealKey{}, fmt.Errorf("keyring: key-encryption key has %d bytes, need %d", len(key), sealKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealKey{}, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return sealKey{}, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	authentication, err := derive(key, authenticated)
	if err != nil {
		return sealKey{}, err
	}
	fingerprint, err := derive(key, fingerprinted)
	return sealKey{aead: aead, authentication: authentication, fingerprint: hex.EncodeToString(fingerprint)}, err
}

// String keeps the keys out of logs.
func (*Sealer) String() string { return "keyring.Sealer" }

// take replaces the keys by those of another sealer.
func (e *Sealer) take(other *Sealer) { e.keys.Store(other.keys.Load()) }

// first is the key that seals.
func (e *Sealer) first() *sealKey { return &(*e.keys.Load())[0] }

// knows reports whether a fingerprint is that of one of the keys.
func (e *Sealer) knows(fingerprint string) bool {
	return slices.ContainsFunc(*e.keys.Load(), func(k sealKey) bool { return k.fingerprint == fingerprint })
}

// seal fills the box of s with plaintext.
func (e *Sealer) seal(s store.Secret, plaintext []byte) store.Secret {
	return e.first().seal(s, plaintext)
}

func (k *sealKey) seal(s store.Secret, plaintext []byte) store.Secret {
	nonce := make([]byte, k.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see its documentation
	s.Box = k.aead.Seal(nonce, nonce, plaintext, boundTo(s))
	return s
}

// open returns what is in the box of s.
func (e *Sealer) open(s store.Secret) ([]byte, error) {
	plaintext, _, err := e.unseal(s)
	return plaintext, err
}

// unseal returns what is in the box of s, and the key that it was sealed with. Which one that is
// does not stand in the box: there are few, and a wrong one costs a microsecond.
func (e *Sealer) unseal(s store.Secret) ([]byte, *sealKey, error) {
	keys := *e.keys.Load()
	for i := range keys {
		if plaintext, err := keys[i].open(s); err == nil {
			return plaintext, &keys[i], nil
		}
	}
	return nil, nil, errSealed
}

func (k *sealKey) open(s store.Secret) ([]byte, error) {
	size := k.aead.NonceSize()
	if len(s.Box) < size {
		return nil, errSealed
	}
	plaintext, err := k.aead.Open(nil, s.Box[:size], s.Box[size:], boundTo(s))
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
