package webauthn

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"slices"
)

// Algorithms are what keys may sign with, the best first, by their numbers at IANA (COSE): ES256, EdDSA
// with Ed25519, RS256.
func Algorithms() []int64 { return []int64{-7, -8, -257} }

// Sizes of RSA keys, in bits.
const (
	minRSA = 2048
	maxRSA = 4096
)

// parse reads a public key of one of the [Algorithms].
func parse(der []byte) (crypto.PublicKey, error) {
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, invalid("public key")
	}
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return k, nil
		}
	case ed25519.PublicKey:
		return k, nil
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits >= minRSA && bits <= maxRSA {
			return k, nil
		}
	}
	return nil, invalid("kind of the public key")
}

// verify checks the signature of an assertion: over what the device says, and the digest of what the
// browser says.
func (k *Key) verify(a *Assertion) error {
	public, err := parse(k.Public)
	if err != nil {
		return err
	}
	client := sha256.Sum256(a.ClientData)
	message := slices.Concat(a.AuthenticatorData, client[:])
	digest := sha256.Sum256(message)
	right := false
	switch public := public.(type) {
	case *ecdsa.PublicKey:
		right = ecdsa.VerifyASN1(public, digest[:], a.Signature)
	case ed25519.PublicKey:
		right = ed25519.Verify(public, message, a.Signature)
	case *rsa.PublicKey:
		right = rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], a.Signature) == nil
	}
	if !right {
		return invalid("signature")
	}
	return nil
}
