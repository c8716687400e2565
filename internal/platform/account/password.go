package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of a password (argon2id), and what of it may run at a time.
const (
	passwordMemory  = 19 << 10 // KiB
	passwordTime    = 2
	passwordThreads = 1
	passwordSalt    = 16
	passwordKey     = 32
	maxHashing      = 2
)

// passwordForm is how a hash is written, as others write it: with its parameters.
const passwordForm = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s" //nolint:gosec // a form, no password

// hashed is a hash as it was read.
type hashed struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// hash returns the hash of a password under a new salt.
func hash(password string) string {
	salt := make([]byte, passwordSalt)
	_, _ = rand.Read(salt) // never fails, see its documentation
	key := argon2.IDKey([]byte(password), salt, passwordTime, passwordMemory, passwordThreads, passwordKey)
	return fmt.Sprintf(passwordForm, argon2.Version, passwordMemory, passwordTime, passwordThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// decoy is a hash that no password has: comparing with it takes as long as with another.
func decoy() string {
	return fmt.Sprintf(passwordForm, argon2.Version, passwordMemory, passwordTime, passwordThreads,
		strings.Repeat("A", 22), strings.Repeat("A", 43))
}

// parse reads a hash.
func parse(text string) (h hashed, err error) {
	parts := strings.Split(text, "$")
	const count = 6
	if len(parts) != count || parts[1] != "argon2id" {
		return h, fmt.Errorf("account: no hash of a password")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, fmt.Errorf("account: parameters of a hash: %w", err)
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, fmt.Errorf("account: salt of a hash: %w", err)
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return h, fmt.Errorf("account: hash: %w", err)
	}
	return h, nil
}

// hashOf hashes a password in its turn.
func (s *Service) hashOf(ctx context.Context, password string) (text string, err error) {
	err = s.inTurn(ctx, func() error {
		text = hash(password)
		return nil
	})
	return text, err
}

// matches compares a password with a hash in its turn. Nothing matches an empty hash, which
// takes as long.
func (s *Service) matches(ctx context.Context, password, text string) (is bool, err error) {
	known := text != ""
	if !known {
		text = s.decoy
	}
	err = s.inTurn(ctx, func() error {
		h, err := parse(text)
		if err != nil {
			return err
		}
		key := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key))) //nolint:gosec // it is 32
		is = subtle.ConstantTimeCompare(key, h.key) == 1 && known
		return nil
	})
	return is, err
}

// inTurn runs fn when there is room: a flood of passwords takes no more memory than two.
func (s *Service) inTurn(ctx context.Context, fn func() error) error {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}
