//go:build !openssl || !cgo

package rsakey

import (
	"crypto/rsa"

	"github.com/favord/favord/apiv3"
)

// Engine says who calculates.
func Engine() string { return "go" }

func signerOf(plain *apiv3.RSASigner, _ *rsa.PrivateKey) (apiv3.Signer, error) { return plain, nil }

func verifierOf(plain *apiv3.RSAVerifier, _ *rsa.PublicKey) (apiv3.Verifier, error) {
	return plain, nil
}
