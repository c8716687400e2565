package apiv3

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of [ParseAuthorization].
var (
	// ErrAuthorizationFormat reports a header that does not follow the grammar
	// of protocol 2.2.
	ErrAuthorizationFormat = errors.New("apiv3: Authorization header is malformed")
	// ErrBlankIdentity reports an mchid with a blank in it. It wraps ErrAuthorizationFormat.
	ErrBlankIdentity = fmt.Errorf("%w: there is a blank in the mchid", ErrAuthorizationFormat)
	// ErrScheme reports an unknown scheme, also one in the wrong case.
	ErrScheme = errors.New("apiv3: Authorization scheme is unknown")
)

// maxNonce is the longest nonce_str that is accepted, in bytes. APIv3 states no
// limit; SDKs send at most 32 (protocol 2.2, inferred).
const maxNonce = 32

// Authorization is the content of an Authorization header.
type Authorization struct {
	Scheme Scheme
	// Identity is the mchid, or the brand_id of a brand scheme.
	Identity string
	// Nonce has 1 to 32 bytes.
	Nonce string
	// Timestamp is decimal seconds since 1970, kept as the text that was signed.
	Timestamp string
	// Serial is the hex serial of the caller's certificate as sent; compare
	// with [EqualSerial].
	Serial string
	// Signature is base64 as sent; it may be anything until it is verified.
	Signature string

	// order is the order of the pairs as parsed, so that String gives the
	// same bytes back. The zero value is the order of wechatpay-go.
	order [pairCount]pair
}

// pair is a position in the header's list of pairs.
type pair uint8

const (
	pairIdentity pair = iota
	pairNonce
	pairTimestamp
	pairSerial
	pairSignature
	pairCount = 5
)

// ParseAuthorization parses the value of an Authorization header. It accepts
// exactly the grammar of protocol 2.2: one space after the scheme, five pairs in
// any order, each once, ASCII quotes and commas, nothing in between.
//
// It reports [ErrScheme] for an unknown scheme, [ErrBlankIdentity] for an mchid with a blank,
// and [ErrAuthorizationFormat] for everything else. The signature is not looked at.
func ParseAuthorization(header string) (Authorization, error) {
	word, rest, found := strings.Cut(header, " ")
	if !found || !isSchemeWord(word) {
		return Authorization{}, ErrAuthorizationFormat
	}
	a := Authorization{Scheme: Scheme(word)}
	if !a.Scheme.Known() {
		return Authorization{}, ErrScheme
	}
	switch {
	case !a.parsePairs(rest):
		return Authorization{}, ErrAuthorizationFormat
	case strings.ContainsAny(a.Identity, " \t"):
		return Authorization{}, ErrBlankIdentity
	case !a.wellFormed():
		return Authorization{}, ErrAuthorizationFormat
	}
	return a, nil
}

// parsePairs reads the five pairs and reports whether each came exactly once.
func (a *Authorization) parsePairs(rest string) bool {
	var seen [pairCount]bool
	for i := range pairCount {
		name, after, found := strings.Cut(rest, `="`)
		if !found {
			return false
		}
		value, tail, found := strings.Cut(after, `"`)
		if !found {
			return false
		}
		p, known := a.pairNamed(name)
		if !known || seen[p] {
			return false
		}
		seen[p] = true
		a.order[i] = p
		*a.field(p) = value
		if i == pairCount-1 {
			return tail == ""
		}
		if rest, found = strings.CutPrefix(tail, ","); !found {
			return false
		}
	}
	return false
}

// pairNamed returns the pair that name stands for under the scheme of a.
func (a *Authorization) pairNamed(name string) (pair, bool) {
	for p := range pair(pairCount) {
		if a.pairName(p) == name {
			return p, true
		}
	}
	return 0, false
}

func (a *Authorization) pairName(p pair) string {
	switch p {
	case pairIdentity:
		return a.Scheme.identityKey()
	case pairNonce:
		return "nonce_str"
	case pairTimestamp:
		return "timestamp"
	case pairSerial:
		return "serial_no"
	default:
		return "signature"
	}
}

func (a *Authorization) field(p pair) *string {
	switch p {
	case pairIdentity:
		return &a.Identity
	case pairNonce:
		return &a.Nonce
	case pairTimestamp:
		return &a.Timestamp
	case pairSerial:
		return &a.Serial
	default:
		return &a.Signature
	}
}

// wellFormed checks the values that the grammar restricts (protocol 2.2).
func (a *Authorization) wellFormed() bool {
	return wellFormedIdentity(a.Scheme, a.Identity) &&
		len(a.Nonce) >= 1 && len(a.Nonce) <= maxNonce &&
		isDigits(a.Timestamp) &&
		a.Serial != "" && a.Signature != ""
}

// wellFormedIdentity holds mchids to 8–10 digits without a leading zero. The
// length of a brand_id is nowhere stated.
func wellFormedIdentity(s Scheme, id string) bool {
	if !isDigits(id) || id[0] == '0' {
		return false
	}
	return s == SchemeBrandRSA || len(id) >= 8 && len(id) <= 10
}

// String returns the header value. Of a parsed Authorization it is the text
// that was parsed, byte for byte.
func (a *Authorization) String() string {
	order := a.order
	if order == ([pairCount]pair{}) {
		order = [pairCount]pair{pairIdentity, pairNonce, pairTimestamp, pairSerial, pairSignature}
	}
	var b strings.Builder
	b.Grow(len(a.Scheme) + len(a.Identity) + len(a.Nonce) + len(a.Timestamp) + len(a.Serial) + len(a.Signature) + 64)
	b.WriteString(string(a.Scheme))
	separator := byte(' ')
	for _, p := range order {
		b.WriteByte(separator)
		b.WriteString(a.pairName(p))
		b.WriteString(`="`)
		b.WriteString(*a.field(p))
		b.WriteByte('"')
		separator = ','
	}
	return b.String()
}

// Message returns the text that the signature of a must cover for r.
func (a *Authorization) Message(r Request) []byte {
	return RequestMessage(r, a.Timestamp, a.Nonce)
}

// Verify reports [ErrSignature] unless the signature of a covers r and was made
// by the owner of v. A target that ends in a bare "?" is also tried without it,
// because one SDK leaves it out of the message (protocol 2.3).
//
// Verify looks neither at the timestamp nor at the serial: which verifier belongs
// to them is the caller's business.
func (a *Authorization) Verify(v Verifier, r Request) error {
	err := v.Verify(a.Message(r), a.Signature)
	if err == nil {
		return nil
	}
	bare, found := withoutBareQuestionMark(r.Target)
	if !found {
		return err
	}
	r.Target = bare
	return v.Verify(a.Message(r), a.Signature)
}

// Credential is who signs a request: the caller's identity with its key.
type Credential struct {
	// Identity is the mchid, or the brand_id of a brand signer.
	Identity string
	Signer   Signer
}

// Authorize signs r and returns the Authorization to send with it. The timestamp
// is seconds since 1970; the nonce has 1 to 32 bytes and must be new, as
// [NewNonce] gives it.
func (c Credential) Authorize(r Request, timestamp, nonce string) (Authorization, error) {
	signature, err := c.Signer.Sign(RequestMessage(r, timestamp, nonce))
	if err != nil {
		return Authorization{}, err
	}
	return Authorization{
		Scheme:    c.Signer.Scheme(),
		Identity:  c.Identity,
		Nonce:     nonce,
		Timestamp: timestamp,
		Serial:    c.Signer.Serial(),
		Signature: signature,
	}, nil
}

// isSchemeWord tells a scheme from parameters that came without one.
func isSchemeWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
