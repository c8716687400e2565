// Package softkey is a device with a passkey, for tests: what a browser and an authenticator do, in
// software.
package softkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"maps"
	"testing"

	"github.com/favord/favord/internal/base/webauthn"
)

// Flags of authenticator data.
const (
	Present  = 1 << 0
	Verified = 1 << 2
	Syncable = 1 << 3
	Synced   = 1 << 4
	hasKey   = 1 << 6
)

// Device holds one passkey. Its fields may be changed between uses, to have it lie.
type Device struct {
	t       *testing.T
	private *ecdsa.PrivateKey
	// ID names the key.
	ID []byte
	// Party is the page that asks.
	Party webauthn.Party
	// Flags are what the device says about the person and the key.
	Flags byte
	// Count is how often the key was used; Step is what a use adds to it.
	Count, Step uint32
	// Client are further members of the client data, or other values of them.
	Client map[string]any
}

// New returns a device that counts and has verified its owner.
func New(t *testing.T, party webauthn.Party) *Device {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, sha256.Size)
	_, _ = rand.Read(id) // never fails, see its documentation
	return &Device{t: t, private: private, ID: id, Party: party, Flags: Present | Verified, Step: 1}
}

// client is what the browser says.
func (d *Device) client(kind, challenge string) []byte {
	all := map[string]any{"type": kind, "challenge": challenge, "origin": d.Party.Origin, "crossOrigin": false}
	maps.Copy(all, d.Client)
	text, err := json.Marshal(all)
	if err != nil {
		d.t.Fatal(err)
	}
	return text
}

// said is what the device says.
func (d *Device) said(flags byte) []byte {
	d.Count += d.Step
	party := sha256.Sum256([]byte(d.Party.ID))
	return binary.BigEndian.AppendUint32(append(party[:], flags), d.Count)
}

// Public is the public key, as a browser hands it over.
func (d *Device) Public() []byte {
	public, err := x509.MarshalPKIXPublicKey(&d.private.PublicKey)
	if err != nil {
		d.t.Fatal(err)
	}
	return public
}

// Create answers a challenge with the new key.
func (d *Device) Create(challenge string) *webauthn.Creation {
	data := append(d.said(d.Flags|hasKey), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.ID))), d.ID...) //nolint:gosec // it is short
	data = append(data, 0xa0)                                                      // the key in CBOR, which nobody reads
	return &webauthn.Creation{ID: d.ID, ClientData: d.client("webauthn.create", challenge), AuthenticatorData: data, Public: d.Public()}
}

// Get answers a challenge with a signature.
func (d *Device) Get(challenge string) *webauthn.Assertion {
	a := &webauthn.Assertion{ClientData: d.client("webauthn.get", challenge), AuthenticatorData: d.said(d.Flags)}
	d.Sign(a)
	return a
}

// Sign signs what an assertion says.
func (d *Device) Sign(a *webauthn.Assertion) {
	client := sha256.Sum256(a.ClientData)
	digest := sha256.Sum256(append(append([]byte{}, a.AuthenticatorData...), client[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.private, digest[:])
	if err != nil {
		d.t.Fatal(err)
	}
	a.Signature = signature
}
