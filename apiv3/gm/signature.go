package gm

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"github.com/favord/favord/apiv3"
)

// maxSignature is the length in bytes of the longest signature: two integers of 33 bytes
// in a sequence.
const maxSignature = 72

// Signer signs with SM2 and SM3. It implements apiv3.Signer.
type Signer struct {
	serial string
	key    *PrivateKey
}

// NewSigner returns a signer for key. The serial names the matching certificate.
func NewSigner(serial string, key *PrivateKey) *Signer {
	return &Signer{serial: serial, key: key}
}

// Scheme implements apiv3.Signer.
func (*Signer) Scheme() apiv3.Scheme { return apiv3.SchemeSM2 }

// Serial implements apiv3.Signer.
func (s *Signer) Serial() string { return s.serial }

// Sign implements apiv3.Signer. The signature is base64 of an ASN.1 sequence of two
// integers, 70 to 72 bytes; it is another one every time.
func (s *Signer) Sign(message []byte) (string, error) {
	raw, err := sm2.SignASN1(rand.Reader, s.key.key, s.key.public.digest(message), nil)
	if err != nil {
		return "", fmt.Errorf("gm: sign: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// Verifier checks signatures of SM2 with SM3. It implements apiv3.Verifier.
type Verifier struct {
	serial string
	key    *PublicKey
}

// NewVerifier returns a verifier for key, which serial names.
func NewVerifier(serial string, key *PublicKey) *Verifier {
	return &Verifier{serial: serial, key: key}
}

// Scheme implements apiv3.Verifier.
func (*Verifier) Scheme() apiv3.Scheme { return apiv3.SchemeSM2 }

// Serial implements apiv3.Verifier.
func (v *Verifier) Serial() string { return v.serial }

// Verify implements apiv3.Verifier. A signature has one text only: base64 and DER are
// taken strictly, so that no changed text verifies.
func (v *Verifier) Verify(message []byte, signature string) error {
	if len(signature) > base64.StdEncoding.EncodedLen(maxSignature) {
		return apiv3.ErrSignature
	}
	raw, err := apiv3.DecodeBase64(signature)
	if err != nil || !sm2.VerifyASN1(v.key.key, v.key.digest(message), raw) {
		return apiv3.ErrSignature
	}
	return nil
}

// digest is what is really signed: SM3 over the identity of the key and the message.
func (k *PublicKey) digest(message []byte) []byte {
	h := sm3.New()
	_, _ = h.Write(k.identity) // a hash never fails
	_, _ = h.Write(message)
	return h.Sum(nil)
}
