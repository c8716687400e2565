package operator

import (
	"crypto/sha256"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Kind says what a credential is for.
type Kind string

// The kinds.
const (
	// Session is what a browser shows once its operator has signed in.
	Session Kind = "SESSION"
	// Token is what a program shows.
	Token Kind = "TOKEN"
	// Invitation lets a person choose a password, once. That of the first run has no name.
	Invitation Kind = "INVITATION"
	// Ceremony is the state between two steps with a passkey: its secret is the challenge.
	Ceremony Kind = "CEREMONY"
	// PasskeyOwner says whose a passkey is, by the id that its device shows.
	PasskeyOwner Kind = "PASSKEY"
)

// Credential is something secret that is shown again: only its digest is kept.
type Credential struct {
	Digest Digest
	Kind   Kind
	// Name is the operator whose it is, or the name of the token.
	Name string
	// Roles are those of a token; a session has those of its operator.
	Roles []Role
	// Expires is when it counts no more, whatever happens.
	Created, Expires time.Time
	// Seen is when it was shown last, to the minute; Proven when its operator proved itself last.
	Seen, Proven time.Time
	// By is who made it, as the audit says it.
	By string
	// Address and Agent are where a session began.
	Address, Agent string
	// Content is the state of a ceremony.
	Content []byte
}

// Digest is what is kept of a secret.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a secret that is too random to be guessed.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// How long credentials count.
const (
	// SessionIdle is how long a session may rest, SessionLife how long it counts in all.
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
	// InvitationLife is how long an invitation waits.
	InvitationLife = time.Hour
	// CeremonyLife is how long a person may look for a device.
	CeremonyLife = 5 * time.Minute
	// Fresh is how long a proof is good for what needs one.
	Fresh = 5 * time.Minute
	// MaxTokenLife is the longest life of a token.
	MaxTokenLife = 366 * 24 * time.Hour
)

// Over reports whether a credential counts no more.
func (c *Credential) Over(now time.Time) bool {
	return !now.Before(c.Expires) && !planted.SessionEndless.In() || c.Kind == Session && now.Sub(c.Seen) >= SessionIdle
}

// Proved reports whether the operator of a session has proved itself just now.
func (c *Credential) Proved(now time.Time) bool { return now.Sub(c.Proven) < Fresh }

// ErrTokenLife refuses a token that ends in the past or too late.
var ErrTokenLife = fault.New(fault.Invalid,
	"令牌的到期时间须晚于现在，且不超过366天", "A token expires in the future, within 366 days.")

// CheckTokenLife reports [ErrTokenLife] unless a token may last until a time.
func CheckTokenLife(now, until time.Time) error {
	if !until.After(now) || until.Sub(now) > MaxTokenLife {
		return ErrTokenLife.At("expire_time", "")
	}
	return nil
}

// Failures count how often somebody tried in vain: for one operator, or from one address.
type Failures struct {
	// Subject is "name/" with an operator or "address/" with an address.
	Subject string
	Count   int
	Last    time.Time
}

// Bounds of guessing: a handful of failures is free, then each doubles the wait.
const (
	freeFailures = 5
	firstWait    = 15 * time.Second
	longestWait  = 15 * time.Minute
	forgotten    = 24 * time.Hour
)

// Wait is how long the next try has to wait; 0 is not at all.
func (f *Failures) Wait(now time.Time) time.Duration {
	if f.Count < freeFailures || now.Sub(f.Last) >= forgotten {
		return 0
	}
	wait := longestWait
	if doubled := f.Count - freeFailures; doubled < 6 {
		wait = min(longestWait, firstWait<<doubled)
	}
	return max(0, f.Last.Add(wait).Sub(now))
}

// Another counts a try; a success takes it back.
func (f *Failures) Another(now time.Time) {
	if now.Sub(f.Last) >= forgotten {
		f.Count = 0
	}
	f.Count, f.Last = f.Count+1, now
}
