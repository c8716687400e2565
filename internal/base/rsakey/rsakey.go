// Package rsakey makes signers and verifiers for the RSA scheme of APIv3. It owns the
// choice of who calculates: OpenSSL, when the program was built with the tag openssl and
// cgo, and otherwise Go's standard library. Both give the same bytes and refuse the same
// keys and signatures; the same tests hold for both.
//
// It keeps no keys: they are the caller's, and live as long as what is made of them.
package rsakey

import (
	"crypto/rsa"
	"fmt"

	"github.com/favord/favord/apiv3"
)

// NewSigner returns a signer for key, which serial names. It is safe for concurrent use.
// It refuses keys that have not 2048 bits or whose parts do not belong together.
func NewSigner(serial string, key *rsa.PrivateKey) (apiv3.Signer, error) {
	ready := *key // Precompute writes, and the key is the caller's
	plain, err := apiv3.NewRSASigner(serial, &ready)
	if err != nil {
		return nil, err
	}
	// Without its precomputed values Go works them out anew for every signature. A
	// key that was parsed or generated has them, and then neither call takes time.
	ready.Precompute()
	if err := ready.Validate(); err != nil {
		return nil, fmt.Errorf("rsakey: %w", err)
	}
	return signerOf(plain, &ready)
}

// NewVerifier returns a verifier for key, which serial names. It is safe for concurrent
// use. It refuses keys that have not 2048 bits.
func NewVerifier(serial string, key *rsa.PublicKey) (apiv3.Verifier, error) {
	plain, err := apiv3.NewRSAVerifier(serial, key)
	if err != nil {
		return nil, err
	}
	return verifierOf(plain, key)
}
