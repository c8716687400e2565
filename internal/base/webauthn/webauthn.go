// Package webauthn verifies passkeys: what a browser says about a key in somebody's device (W3C Web
// Authentication, Level 3). It takes keys that their devices let nobody use without a PIN, a finger or
// a face, from one origin. Attestations are not asked for, so the browser hands over the public key as
// SubjectPublicKeyInfo, and there is nothing in CBOR to read.
package webauthn

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// Party is who keys are for.
type Party struct {
	// ID is the host of the pages, without a port: a browser shows a key to no other one.
	ID string
	// Origin is that of the pages, such as https://favord.example.com.
	Origin string
}

// Key is the public half of a passkey.
type Key struct {
	// Party is the ID of the party that it is for.
	Party string `json:"party"`
	// Public is its SubjectPublicKeyInfo in DER.
	Public []byte `json:"public"`
	// Count is how often it was used, as its device says; 0 for devices that do not count.
	Count uint32 `json:"count"`
	// Synced says that its owner's account has copies of it, so that other devices have it, too.
	Synced bool `json:"synced"`
}

// Creation is what a browser returns from navigator.credentials.create.
type Creation struct {
	ID, ClientData, AuthenticatorData, Public []byte
}

// Assertion is what a browser returns from navigator.credentials.get.
type Assertion struct {
	ClientData, AuthenticatorData, Signature []byte
}

// What is wrong with a passkey.
var (
	// ErrInvalid is what every check reports, with its reason for the log.
	ErrInvalid = errors.New("webauthn: invalid")
	// ErrCopied reports a key whose count went back: somebody else may use a copy of it.
	ErrCopied = errors.New("webauthn: the count went back")
)

func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }

// clientData is what the browser itself says.
type clientData struct {
	Type        string `json:"type"`
	Challenge   string `json:"challenge"`
	Origin      string `json:"origin"`
	CrossOrigin bool   `json:"crossOrigin"`
	TopOrigin   string `json:"topOrigin"`
}

// Types of client data.
const (
	typeCreate = "webauthn.create"
	typeGet    = "webauthn.get"
)

// ChallengeOf returns the challenge that a browser answers, in base64url. Whether it was asked is for
// the caller to say.
func ChallengeOf(data []byte) (string, error) {
	var c clientData
	if err := json.Unmarshal(data, &c); err != nil || c.Challenge == "" {
		return "", invalid("client data")
	}
	return c.Challenge, nil
}

// asked checks that a browser answers a challenge to a page of the party.
func (p Party) asked(data []byte, kind, challenge string) error {
	var c clientData
	switch err := json.Unmarshal(data, &c); {
	case err != nil:
		return invalid("client data")
	case c.Type != kind:
		return invalid("type")
	case subtle.ConstantTimeCompare([]byte(c.Challenge), []byte(challenge)) != 1 || challenge == "":
		return invalid("challenge")
	case c.Origin != p.Origin:
		return invalid("origin")
	case c.CrossOrigin || c.TopOrigin != "":
		return invalid("in a frame of another origin")
	}
	return nil
}

// Flags of authenticator data.
const (
	userPresent  = 1 << 0
	userVerified = 1 << 2
	mayBeSynced  = 1 << 3
	isSynced     = 1 << 4
	hasKey       = 1 << 6
	hasMore      = 1 << 7
)

// Places in authenticator data: the hash of the party's ID, flags, a count; then, for a new key, the
// model of the device, and the length and bytes of the key's ID.
const (
	atFlags = sha256.Size
	atCount = atFlags + 1
	atModel = atCount + 4
	atIDLen = atModel + 16
	atID    = atIDLen + 2
)

// device is what an authenticator says.
type device struct {
	flags byte
	count uint32
}

// said reads authenticator data, for a use of a key by a person of whom the device made sure.
func (p Party) said(data []byte) (device, error) {
	if len(data) < atModel {
		return device{}, invalid("authenticator data")
	}
	party := sha256.Sum256([]byte(p.ID))
	d := device{flags: data[atFlags], count: binary.BigEndian.Uint32(data[atCount:])}
	switch {
	case subtle.ConstantTimeCompare(data[:atFlags], party[:]) != 1:
		return device{}, invalid("party")
	case d.flags&userPresent == 0:
		return device{}, invalid("nobody was there")
	case d.flags&userVerified == 0:
		return device{}, invalid("the person was not verified")
	case d.flags&isSynced != 0 && d.flags&mayBeSynced == 0:
		return device{}, invalid("flags")
	}
	return d, nil
}

// Create returns the key that a device made for a challenge, or an error that is [ErrInvalid].
func (p Party) Create(challenge string, c *Creation) (Key, error) {
	if err := p.asked(c.ClientData, typeCreate, challenge); err != nil {
		return Key{}, err
	}
	d, err := p.said(c.AuthenticatorData)
	if err != nil {
		return Key{}, err
	}
	if d.flags&hasKey == 0 || !names(c.AuthenticatorData, c.ID) {
		return Key{}, invalid("id of the key")
	}
	if _, err := parse(c.Public); err != nil {
		return Key{}, err
	}
	return Key{Party: p.ID, Public: c.Public, Count: d.count, Synced: d.flags&mayBeSynced != 0}, nil
}

// maxID is the longest ID of a key, in bytes.
const maxID = 1023

// names reports whether the data of a new key is about the one with an ID.
func names(data, id []byte) bool {
	if len(data) < atID || len(id) == 0 || len(id) > maxID {
		return false
	}
	n := int(binary.BigEndian.Uint16(data[atIDLen:]))
	return n == len(id) && len(data) > atID+n && bytes.Equal(data[atID:atID+n], id)
}

// Assert returns the key as it is after a use for a challenge. The error is [ErrInvalid], or
// [ErrCopied] for one that is right otherwise.
func (p Party) Assert(challenge string, k Key, a *Assertion) (Key, error) {
	if k.Party != p.ID {
		return Key{}, invalid("key of another party")
	}
	if err := p.asked(a.ClientData, typeGet, challenge); err != nil {
		return Key{}, err
	}
	d, err := p.said(a.AuthenticatorData)
	switch {
	case err != nil:
		return Key{}, err
	case d.flags&(hasKey|hasMore) == 0 && len(a.AuthenticatorData) != atModel:
		return Key{}, invalid("length of authenticator data")
	case (d.flags&mayBeSynced != 0) != k.Synced:
		return Key{}, invalid("another kind of key")
	}
	if err := k.verify(a); err != nil {
		return Key{}, err
	}
	if (d.count != 0 || k.Count != 0) && d.count <= k.Count {
		return Key{}, ErrCopied
	}
	k.Count = d.count
	return k, nil
}
