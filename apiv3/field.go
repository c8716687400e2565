package apiv3

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // OAEP with SHA-1 is what APIv3 prescribes (protocol 5.1); OAEP does not need collision resistance.
	"encoding/base64"
	"errors"
	"fmt"
)

// Errors of [OpenField]. Which of the two is right decides the text of the
// answer (protocol 5.3).
var (
	// ErrNotCiphertext reports a value that does not have the form of a
	// ciphertext, with RSA base64 of 256 bytes: nothing was encrypted.
	ErrNotCiphertext = errors.New("apiv3: the value is not an encrypted field")
	// ErrField reports a field that was encrypted for another key or changed.
	ErrField = errors.New("apiv3: the field cannot be decrypted")
)

// MaxField is the longest plaintext of an encrypted field, in bytes of UTF-8.
const MaxField = rsaBits/8 - 2*sha1.Size - 2

// SealField encrypts a sensitive field for the owner of key with RSAES-OAEP,
// SHA-1 and an empty label, and returns base64. An empty plaintext stays
// empty, as SDKs have it (protocol 5.1).
func SealField(key *rsa.PublicKey, plaintext string) (string, error) {
	if plaintext == "" {
		return "", nil
	}
	if len(plaintext) > MaxField {
		return "", fmt.Errorf("apiv3: field has %d bytes, at most %d can be encrypted", len(plaintext), MaxField)
	}
	//nolint:gosec // see the import.
	raw, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, key, []byte(plaintext), nil)
	if err != nil {
		return "", fmt.Errorf("apiv3: encrypt field: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// OpenField decrypts what [SealField] made. It reports [ErrNotCiphertext] or
// [ErrField]. An empty value is an empty field.
func OpenField(key *rsa.PrivateKey, ciphertext string) (string, error) {
	if ciphertext == "" {
		return "", nil
	}
	raw, err := DecodeBase64(ciphertext)
	if err != nil || len(raw) != rsaBits/8 {
		return "", ErrNotCiphertext
	}
	//nolint:gosec // see the import.
	plaintext, err := rsa.DecryptOAEP(sha1.New(), nil, key, raw, nil)
	if err != nil {
		return "", ErrField
	}
	return string(plaintext), nil
}
