package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// Platform owns the secrets that are no merchant's.
const Platform merchant.ID = ""

// Purpose says what a secret is for.
type Purpose string

// The purposes.
const (
	// PurposeAPIv3 is a merchant's APIv3 key.
	PurposeAPIv3 Purpose = "APIV3_KEY"
	// PurposeAPIv2 is a merchant's APIv2 key.
	PurposeAPIv2 Purpose = "APIV2_KEY"
	// PurposePlatformKey is the private half of a platform key.
	PurposePlatformKey Purpose = "PLATFORM_KEY"
	// PurposeAuthority is the private key that issues certificates.
	PurposeAuthority Purpose = "AUTHORITY"
	// PurposeTOTP is the secret of an operator's authenticator.
	PurposeTOTP Purpose = "TOTP"
)

// Secret is a sealed value. The store keeps it and cannot read it.
type Secret struct {
	Owner   merchant.ID
	Purpose Purpose
	// Name tells secrets of one purpose apart: the serial of a key; else "".
	Name    string
	Version int
	// Box is nonce and ciphertext.
	Box []byte
	// PEM is the public half, where there is one.
	PEM string
}

// SecretKey names a secret, whatever its version.
type SecretKey struct {
	Owner   merchant.ID
	Purpose Purpose
	Name    string
}

// Key names the secret.
func (s *Secret) Key() SecretKey { return SecretKey{Owner: s.Owner, Purpose: s.Purpose, Name: s.Name} }

// SealingKey is a key-encryption key that secrets of this database may be sealed with. The
// store knows which it is, and not the key.
type SealingKey struct {
	// Generation counts the keys of a database from 1.
	Generation int
	// Fingerprint tells keys apart, and does not help to find one.
	Fingerprint string
}

// KeyEnds tell when the first merchant has no certificate left: of the platform, though its
// last one be over already, and of its own, leaving out those who have none at now. Zero times
// are no merchant's.
type KeyEnds struct{ Platform, Merchant time.Time }

// EndSpan is when certificates end.
type EndSpan struct{ From, Until time.Time }

// KeyReader reads keys.
type KeyReader interface {
	// Certificates lists the API certificates of a merchant, by the beginning of their validity
	// and serial.
	Certificates(ctx context.Context, owner merchant.ID) ([]merchant.Certificate, error)
	// PlatformKeys lists the platform keys of a merchant, by the time from which they are
	// effective and serial.
	PlatformKeys(ctx context.Context, owner merchant.ID) ([]merchant.PlatformKey, error)
	// KeyEnds tells when certificates end.
	KeyEnds(ctx context.Context, now time.Time) (KeyEnds, error)
	// Expiring lists up to limit merchants that have a platform certificate which ends in a span, its
	// bounds included, in the order of their ids, those after the given one.
	Expiring(ctx context.Context, span EndSpan, after merchant.ID, limit int) ([]merchant.ID, error)
	// Secret returns the newest version of a secret, or ErrNotFound.
	Secret(ctx context.Context, owner merchant.ID, purpose Purpose, name string) (Secret, error)
	// Secrets lists the newest version of up to limit secrets behind one, by owner, purpose and
	// name. The zero key is before all.
	Secrets(ctx context.Context, after SecretKey, limit int) ([]Secret, error)
	// SealingKeys lists the key-encryption keys of the database, the oldest first.
	SealingKeys(ctx context.Context) ([]SealingKey, error)
}

// KeyWriter changes keys.
type KeyWriter interface {
	// InsertCertificate adds a certificate; its serial must be new for the
	// owner. It reports ErrNotFound for an owner that does not exist, as InsertPlatformKey does.
	InsertCertificate(ctx context.Context, c merchant.Certificate) error
	// SetCertificateStatus changes what the merchant did with a certificate.
	SetCertificateStatus(ctx context.Context, owner merchant.ID, serial string, status merchant.CertificateStatus) error
	// InsertPlatformKey adds a key; its private half is a secret.
	InsertPlatformKey(ctx context.Context, k merchant.PlatformKey) error
	// InsertSecret adds a secret or a new version of one. It reports ErrDuplicate unless the version
	// is above those that there are.
	InsertSecret(ctx context.Context, s Secret) error
	// InsertSealingKey adds a key-encryption key; its generation and its fingerprint must be
	// new.
	InsertSealingKey(ctx context.Context, k SealingKey) error
	// ReplaceBox puts another box in the place of that of s, and forgets older versions, which
	// nothing reads. A secret whose box was replaced meanwhile stays as it is, and one that is not
	// there changes nothing.
	ReplaceBox(ctx context.Context, s Secret, box []byte) error
	// LockSealingKey keeps a key-encryption key from being dropped until the transaction ends. It
	// reports ErrNotFound for a fingerprint that the database does not know.
	LockSealingKey(ctx context.Context, fingerprint string) error
	// DropSealingKey forgets a key-encryption key after the transactions that seal with it have
	// ended; when there is none nothing changes.
	DropSealingKey(ctx context.Context, fingerprint string) error
}
