package webauthn_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/favord/favord/internal/base/webauthn"
)

// vector is a use of a key of https://example.org, from the test vectors of the specification
// (W3C Web Authentication, Level 3, section 16).
type vector struct {
	Algorithm string            `json:"algorithm"`
	Verified  bool              `json:"verified"`
	Key       map[string]string `json:"key"`
	Client    string            `json:"client_data"`
	Data      string            `json:"authenticator_data"`
	Signature string            `json:"signature"`
}

func (v *vector) public(t *testing.T) crypto.PublicKey {
	t.Helper()
	part := func(name string) []byte { return unhex(t, v.Key[name]) }
	number := func(name string) *big.Int { return new(big.Int).SetBytes(part(name)) }
	switch v.Algorithm {
	case "ES256":
		k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, part("x"), part("y")))
		if err != nil {
			t.Fatal(err)
		}
		return k
	case "EdDSA":
		return ed25519.PublicKey(part("x"))
	}
	return &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheVectorsOfTheSpecificationHold(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if want := len(webauthn.Algorithms()); len(all) != want {
		t.Fatalf("there are %d vectors for %d algorithms", len(all), want)
	}
	example := webauthn.Party{ID: "example.org", Origin: "https://example.org"}
	for _, v := range all {
		a := &webauthn.Assertion{ClientData: []byte(v.Client), AuthenticatorData: unhex(t, v.Data), Signature: unhex(t, v.Signature)}
		k := webauthn.Key{Party: "example.org", Public: der(t, v.public(t)), Synced: a.AuthenticatorData[32]&(1<<3) != 0}
		if err := k.Verify(a); err != nil {
			t.Errorf("%s: the signature gives %v", v.Algorithm, err)
		}
		challenge, err := webauthn.ChallengeOf(a.ClientData)
		if err != nil {
			t.Fatal(err)
		}
		// Where the person was not verified, the specification leaves it to the party: to this one it is nothing.
		if _, err := example.Assert(challenge, k, a); (err == nil) != v.Verified || err != nil && !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("%s: the use gives %v", v.Algorithm, err)
		}
		a.Signature[len(a.Signature)-1] ^= 1
		if err := k.Verify(a); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("%s: another signature gives %v", v.Algorithm, err)
		}
	}
}
