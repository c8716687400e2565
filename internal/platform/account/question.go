package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// A challenge for a passkey says itself until when it counts, and that the platform asked it: a page
// asks as soon as it is open, and whoever opens pages writes no rows. Only those that were answered are
// kept, until they count no more.

// questioned is what challenges for passkeys are authenticated as.
const questioned = "passkey"

// Lengths of the parts of a challenge: when it ends, what makes it new, and the code over both.
const (
	endBytes   = 8
	freshBytes = 24
)

// question returns a challenge to pages of a party.
func (s *Service) question(party string) string {
	said := make([]byte, endBytes+freshBytes)
	binary.BigEndian.PutUint64(said, uint64(s.now().Add(operator.CeremonyLife).Unix())) //nolint:gosec // after 1970
	_, _ = rand.Read(said[endBytes:])                                                   // never fails, see its documentation
	return base64.RawURLEncoding.EncodeToString(slices.Concat(said, s.config.Vault.Authenticate(questioned, forParty(said, party))))
}

// takeQuestion notes that a challenge is answered, and reports whether the party asked it, and whether it
// is answered in time and for the first time.
func (s *Service) takeQuestion(ctx context.Context, tx store.Tx, challenge, party string) (asked bool, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	if err != nil || len(b) <= endBytes+freshBytes {
		return false, nil //nolint:nilerr // it is a challenge of nobody
	}
	said, code := b[:endBytes+freshBytes], b[endBytes+freshBytes:]
	now := s.now()
	end := time.Unix(int64(binary.BigEndian.Uint64(said)), 0) //nolint:gosec // what the platform said itself
	if !s.config.Vault.Authentic(questioned, forParty(said, party), code) || !now.Before(end) {
		return false, nil
	}
	answered := operator.DigestOf(challenge)
	switch _, err := tx.Credential(ctx, answered); {
	case err == nil:
		return false, nil
	case !errors.Is(err, store.ErrNotFound):
		return false, err
	}
	// Kept for longer than any node's clock lets it count.
	return true, tx.InsertCredentials(ctx, []operator.Credential{{
		Digest: answered, Kind: operator.Ceremony, Created: now, Expires: now.Add(2 * operator.CeremonyLife),
	}})
}

// forParty is what the code of a challenge is over.
func forParty(said []byte, party string) []byte { return slices.Concat(said, []byte(party)) }
