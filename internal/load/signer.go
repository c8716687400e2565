package load

import (
	"crypto/rsa"

	"github.com/favord/favord/apiv3"
)

// NewSigner returns what signs the calls. It and NewVerifier are the one place that says
// who calculates.
func NewSigner(serial string, key *rsa.PrivateKey) (apiv3.Signer, error) {
	return apiv3.NewRSASigner(serial, key)
}

// NewVerifier returns what verifies as the server does.
func NewVerifier(serial string, key *rsa.PublicKey) (apiv3.Verifier, error) {
	return apiv3.NewRSAVerifier(serial, key)
}

// SignerName says who calculates.
func SignerName() string { return "Go" }
