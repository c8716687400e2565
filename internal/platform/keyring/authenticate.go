package keyring

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// What is derived from a key-encryption key.
const (
	// authenticated is what messages of the platform to itself are authenticated with.
	authenticated = "favord authenticated messages"
	// fingerprinted is what a database knows the key by.
	fingerprinted = "favord fingerprint of a key-encryption key"
)

// derive returns 32 bytes for one use of a key, which tell nothing about the key.
func derive(key []byte, use string) ([]byte, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, use, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("keyring: derive key: %w", err)
	}
	return derived, nil
}

// Authenticate returns the 32 bytes that only a node with the same key-encryption key can
// calculate for a message: what the platform gives to others and takes back. The purpose
// keeps messages of one kind from passing as another; it has no zero byte.
func (k *Keyring) Authenticate(purpose string, message []byte) []byte {
	return k.sealer.first().authenticate(purpose, message)
}

// Authentic reports whether the bytes are those of Authenticate, under any of the keys.
func (k *Keyring) Authentic(purpose string, message, given []byte) bool {
	keys := *k.sealer.keys.Load()
	for i := range keys {
		if hmac.Equal(given, keys[i].authenticate(purpose, message)) {
			return true
		}
	}
	return false
}

func (k *sealKey) authenticate(purpose string, message []byte) []byte {
	mac := hmac.New(sha256.New, k.authentication)
	_, _ = mac.Write(append([]byte(purpose), 0)) // never fails, see hash.Hash
	_, _ = mac.Write(message)
	return mac.Sum(nil)
}
