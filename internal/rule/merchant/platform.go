package merchant

import (
	"time"
)

// KeyMode is which kind of platform key a merchant has agreed to verify with
// (protocol 3.4, 3.5).
type KeyMode string

// The modes. A merchant moves from certificates to the public key and not back.
const (
	// ModeCertificate signs with platform certificates only, whatever the
	// request names.
	ModeCertificate KeyMode = "CERTIFICATE"
	// ModeMigrating signs with the key that the request names, otherwise with a
	// certificate.
	ModeMigrating KeyMode = "MIGRATING"
	// ModePublicKey signs with the public key only; there are no certificates.
	ModePublicKey KeyMode = "PUBLIC_KEY"
)

// PlatformKey is what may be known about one of the platform's keys for one
// merchant. The private half is the keyring's.
type PlatformKey struct {
	Owner ID
	// Serial is what travels in Wechatpay-Serial: 40 hex digits of a
	// certificate, or a public key id.
	Serial string
	// Public is true for a public key, false for a certificate.
	Public bool
	// PEM is the certificate or the public key.
	PEM string
	// Effective and Expire bound a certificate; a public key has neither.
	Effective time.Time
	Expire    time.Time
	// SignsFrom is when the key may sign answers that name no key. A successor
	// is listed for a while before, so that every client has fetched it
	// (protocol 4.5).
	SignsFrom time.Time
}

// Listed reports whether GET /v3/certificates shows the key at now.
func (k *PlatformKey) Listed(now time.Time) bool {
	return !k.Public && !now.Before(k.Effective) && !now.After(k.Expire)
}

// SigningKey chooses the index of the key that signs an answer at now, or -1 when
// there is none (protocol 3.4). The function named reports whether a serial is
// the one that the request's Wechatpay-Serial names; an absent or unknown name is
// no error and leads to the merchant's default key.
func SigningKey(mode KeyMode, keys []PlatformKey, now time.Time, named func(serial string) bool) int {
	choice := -1
	for i := range keys {
		k := &keys[i]
		if !mode.allows(k, now) {
			continue
		}
		if named(k.Serial) {
			return i
		}
		if choice < 0 || mode.prefers(k, &keys[choice], now) {
			choice = i
		}
	}
	return choice
}

// NamedKey returns the index of the key that a request may have encrypted its
// fields for, or -1: the name must be one of the merchant's keys that count.
func NamedKey(mode KeyMode, keys []PlatformKey, now time.Time, named func(serial string) bool) int {
	for i := range keys {
		if mode.allows(&keys[i], now) && named(keys[i].Serial) {
			return i
		}
	}
	return -1
}

func (m KeyMode) allows(k *PlatformKey, now time.Time) bool {
	if k.Public {
		return m != ModeCertificate
	}
	return m != ModePublicKey && k.Listed(now)
}

// prefers reports whether a is the better default than b.
func (m KeyMode) prefers(a, b *PlatformKey, now time.Time) bool {
	if a.Public != b.Public {
		return b.Public // a certificate, as long as the merchant has one
	}
	aSigns, bSigns := !now.Before(a.SignsFrom), !now.Before(b.SignsFrom)
	if aSigns != bSigns {
		return aSigns
	}
	return aSigns && a.SignsFrom.After(b.SignsFrom)
}

// Times of a planned rotation, before a certificate ends (protocol 4.5).
const (
	// RotationAhead is when its successor is made and listed beside it.
	RotationAhead = 10 * 24 * time.Hour
	// SwitchAhead is when the successor begins to sign.
	SwitchAhead = 5 * 24 * time.Hour
	// LeastListed is how long a certificate is listed before it signs, however late it was made: the
	// slowest client fetches it once in that time.
	LeastListed = 24 * time.Hour
)

// Successor reports whether platform certificates of one algorithm need another one at now, and
// from when on it signs. Public keys among them do not count. Without a certificate there is none
// to succeed, and a merchant that uses the public key in that algorithm needs none. While a
// merchant's notifications move to the public key there is no rotation (protocol 3.5).
func (m KeyMode) Successor(keys []PlatformKey, share float64, now time.Time) (signsFrom time.Time, due bool) {
	var last time.Time
	for i := range keys {
		if k := &keys[i]; !k.Public && k.Expire.After(last) {
			last = k.Expire
		}
	}
	moving := m == ModeMigrating && share > 0 && share < 1
	if last.IsZero() || m == ModePublicKey || moving || now.Before(last.Add(-RotationAhead)) {
		return time.Time{}, false
	}
	signsFrom = last.Add(-SwitchAhead)
	if earliest := now.Add(LeastListed); signsFrom.Before(earliest) {
		signsFrom = earliest
	}
	return signsFrom, true
}
