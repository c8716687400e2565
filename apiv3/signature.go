package apiv3

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Signer makes the signatures of one key. Implementations are safe for
// concurrent use.
type Signer interface {
	// Scheme is the algorithm as it is named on the wire.
	Scheme() Scheme
	// Serial identifies the key to whoever verifies: a certificate serial of
	// 40 hex digits, or a public key id.
	Serial() string
	// Sign returns the base64 signature of message.
	Sign(message []byte) (string, error)
}

// Verifier checks the signatures of one key. Implementations are safe for
// concurrent use.
type Verifier interface {
	Scheme() Scheme
	Serial() string
	// Verify reports [ErrSignature] unless signature, base64, is the owner's
	// signature of message.
	Verify(message []byte, signature string) error
}

// ErrSignature reports a signature that does not verify. It never says why: what
// differs is known only to the party that made the message.
var ErrSignature = errors.New("apiv3: signature does not verify")

// rsaBits is the only key size of the RSA schemes.
const rsaBits = 2048

// RSASigner signs with RSASSA-PKCS1-v1_5 and SHA-256.
type RSASigner struct {
	scheme Scheme
	serial string
	key    *rsa.PrivateKey
}

// NewRSASigner returns a signer for key. The serial names the matching
// certificate or public key. It refuses keys that have not 2048 bits.
func NewRSASigner(serial string, key *rsa.PrivateKey) (*RSASigner, error) {
	if err := checkRSA(&key.PublicKey); err != nil {
		return nil, err
	}
	return &RSASigner{scheme: SchemeRSA, serial: serial, key: key}, nil
}

// Brand returns a signer with the same key under the scheme of brands.
func (s *RSASigner) Brand() *RSASigner {
	return &RSASigner{scheme: SchemeBrandRSA, serial: s.serial, key: s.key}
}

// Scheme implements [Signer].
func (s *RSASigner) Scheme() Scheme { return s.scheme }

// Serial implements [Signer].
func (s *RSASigner) Serial() string { return s.serial }

// Sign implements [Signer]. The result has 344 characters. The same message
// always gives the same signature.
func (s *RSASigner) Sign(message []byte) (string, error) {
	digest := sha256.Sum256(message)
	raw, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("apiv3: sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// RSAVerifier checks RSASSA-PKCS1-v1_5 signatures with SHA-256.
type RSAVerifier struct {
	scheme Scheme
	serial string
	key    *rsa.PublicKey
}

// NewRSAVerifier returns a verifier for key, which serial names. It refuses keys
// that have not 2048 bits.
func NewRSAVerifier(serial string, key *rsa.PublicKey) (*RSAVerifier, error) {
	if err := checkRSA(key); err != nil {
		return nil, err
	}
	return &RSAVerifier{scheme: SchemeRSA, serial: serial, key: key}, nil
}

// Brand returns a verifier with the same key under the scheme of brands.
func (v *RSAVerifier) Brand() *RSAVerifier {
	return &RSAVerifier{scheme: SchemeBrandRSA, serial: v.serial, key: v.key}
}

// Scheme implements [Verifier].
func (v *RSAVerifier) Scheme() Scheme { return v.scheme }

// Serial implements [Verifier].
func (v *RSAVerifier) Serial() string { return v.serial }

// Verify implements [Verifier].
func (v *RSAVerifier) Verify(message []byte, signature string) error {
	raw, err := DecodeBase64(signature)
	if err != nil {
		return ErrSignature
	}
	digest := sha256.Sum256(message)
	if rsa.VerifyPKCS1v15(v.key, crypto.SHA256, digest[:], raw) != nil {
		return ErrSignature
	}
	return nil
}

func checkRSA(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits != rsaBits {
		return fmt.Errorf("apiv3: RSA key has %d bits, need %d", bits, rsaBits)
	}
	return nil
}

// DecodeBase64 decodes what travels as base64 here. It accepts one spelling only:
// padded, no line breaks, unused bits zero. So a value has exactly one text, and no
// changed text has the same value.
func DecodeBase64(s string) ([]byte, error) {
	for i := range len(s) {
		if s[i] == '\n' || s[i] == '\r' {
			return nil, base64.CorruptInputError(i)
		}
	}
	return base64.StdEncoding.Strict().DecodeString(s)
}
