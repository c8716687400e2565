package once

import (
	"crypto/sha256"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Call is what a signature says about the call that it is for. Where a call has no request
// number, the nonce takes its place: whoever captured a signed call can send it again for as
// long as its timestamp counts; it then gets the first answer, and changes nothing. The zero
// Call is none: of a call that nobody signed, such as one of an operator.
type Call struct {
	By merchant.ID
	// Serial is the certificate's, Nonce the one of the signature.
	Serial, Nonce string
	// At is when the call came, in the time of signatures.
	At time.Time
	// Digest is that of everything that the call asks for ([DigestOf]).
	Digest [sha256.Size]byte
}

// DigestOf digests what a call asks for: the message that was signed, and whatever else the
// operation heeds.
func DigestOf(parts ...string) [sha256.Size]byte { return store.ContentOf(parts...) }

// ErrNonce refuses a nonce that came with another message before.
var ErrNonce = fault.New(fault.Unauthenticated,
	"Http头Authorization中的nonce_str已被使用，请更换后重试",
	"The nonce_str in the header Authorization was used for another request. Use a new one for each.")

// Request is the call as a request whose number is the nonce. Its answer is kept as nonces are:
// longer than its timestamp counts.
func (c Call) Request() Request {
	if c == (Call{}) || planted.NonceForgotten.In() {
		return Request{}
	}
	return Request{
		RequestKey: store.RequestKey{Owner: c.By, Operation: store.OpSignedCall, Subject: c.Serial, Number: c.Nonce},
		Content:    c.Digest, Refused: ErrNonce, At: c.At,
	}
}
