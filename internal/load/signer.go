package load

import (
	"crypto/rsa"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/rsakey"
)

// NewSigner returns what signs the calls. It and NewVerifier are the one place that says
// who calculates: the same as in the server.
func NewSigner(serial string, key *rsa.PrivateKey) (apiv3.Signer, error) {
	return rsakey.NewSigner(serial, key)
}

// NewVerifier returns what verifies as the server does.
func NewVerifier(serial string, key *rsa.PublicKey) (apiv3.Verifier, error) {
	return rsakey.NewVerifier(serial, key)
}

// SignerName says who calculates.
func SignerName() string { return rsakey.Engine() }
