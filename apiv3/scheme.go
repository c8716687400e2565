package apiv3

import (
	"errors"
	"strconv"
	"time"
)

// Scheme names a signature algorithm together with the kind of caller. It is
// the first word of the Authorization header and the value of the
// Wechatpay-Signature-Type header (protocol 2.1).
type Scheme string

// The schemes of APIv3.
const (
	// SchemeRSA is RSASSA-PKCS1-v1_5 with SHA-256 and a 2048-bit key; the
	// identity is an mchid.
	SchemeRSA Scheme = "WECHATPAY2-SHA256-RSA2048"
	// SchemeSM2 is SM2 with SM3; the identity is an mchid (protocol 11).
	SchemeSM2 Scheme = "WECHATPAY2-SM2-WITH-SM3"
	// SchemeBrandRSA is SchemeRSA for a brand; the identity is a brand_id and
	// it is only valid under /brand/.
	SchemeBrandRSA Scheme = "WECHATPAY-BRAND-SHA256-RSA2048"
)

// Known reports whether s is one of the schemes above, in exact spelling.
func (s Scheme) Known() bool {
	switch s {
	case SchemeRSA, SchemeSM2, SchemeBrandRSA:
		return true
	}
	return false
}

// identityKey is the name under which the Authorization header of this scheme
// carries the caller.
func (s Scheme) identityKey() string {
	if s == SchemeBrandRSA {
		return "brand_id"
	}
	return "mchid"
}

// Window is how far the timestamp of a signed message may be from the clock of
// the party that checks it, in both directions, inclusive (protocol 2.5).
const Window = 300 * time.Second

// ErrTimestamp reports a timestamp outside [Window].
var ErrTimestamp = errors.New("apiv3: timestamp is more than 300 seconds away")

// CheckTimestamp reports [ErrTimestamp] unless timestamp, decimal seconds since
// 1970, lies within [Window] of now. Fractions of a second of now are dropped,
// as the sender had no way to express them.
func CheckTimestamp(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrTimestamp
	}
	// Compared on both sides instead of subtracted: no input can overflow.
	limit, at := int64(Window/time.Second), now.Unix()
	if seconds < at-limit || seconds > at+limit {
		return ErrTimestamp
	}
	return nil
}
