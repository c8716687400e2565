package webauthn_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"testing"

	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/base/webauthn/softkey"
)

func party() webauthn.Party {
	return webauthn.Party{ID: "favord.example.com", Origin: "https://favord.example.com:8443"}
}

func elsewhere() webauthn.Party {
	return webauthn.Party{ID: "evil.example", Origin: "https://evil.example"}
}

const challenge = "c2l4dGVlbiBieXRlcyBvciBtb3Jl"

// created returns a device and its key.
func created(t *testing.T) (*softkey.Device, webauthn.Key) {
	t.Helper()
	d := softkey.New(t, party())
	k, err := party().Create(challenge, d.Create(challenge))
	if err != nil {
		t.Fatal(err)
	}
	return d, k
}

func TestAKeyIsCreatedAndUsed(t *testing.T) {
	t.Parallel()
	d, k := created(t)
	if k.Party != "favord.example.com" || k.Count != 1 || k.Synced || !bytes.Equal(k.Public, d.Public()) {
		t.Errorf("the key is %+v", k)
	}
	for want := uint32(2); want < 4; want++ {
		a := d.Get(challenge)
		if got, err := webauthn.ChallengeOf(a.ClientData); got != challenge || err != nil {
			t.Errorf("it answers %q, %v", got, err)
		}
		var err error
		if k, err = party().Assert(challenge, k, a); err != nil || k.Count != want {
			t.Fatalf("use %d: %+v, %v", want, k, err)
		}
	}
}

func TestAKeyThatDoesNotCountIsUsedAgainAndAgain(t *testing.T) {
	t.Parallel()
	d := softkey.New(t, party())
	d.Step, d.Flags = 0, d.Flags|softkey.Syncable|softkey.Synced
	k, err := party().Create(challenge, d.Create(challenge))
	if err != nil || !k.Synced {
		t.Fatalf("%+v, %v", k, err)
	}
	for range 2 {
		if k, err = party().Assert(challenge, k, d.Get(challenge)); err != nil || k.Count != 0 {
			t.Errorf("%+v, %v", k, err)
		}
	}
}

func TestACopyOfAKeyIsFoundOut(t *testing.T) {
	t.Parallel()
	d, k := created(t)
	before := d.Count
	k, err := party().Assert(challenge, k, d.Get(challenge))
	if err != nil {
		t.Fatal(err)
	}
	d.Count = before
	if _, err := party().Assert(challenge, k, d.Get(challenge)); !errors.Is(err, webauthn.ErrCopied) {
		t.Errorf("a copy with the count of before gives %v", err)
	}
	d.Count, d.Step = 0, 0
	if _, err := party().Assert(challenge, k, d.Get(challenge)); !errors.Is(err, webauthn.ErrCopied) {
		t.Errorf("a copy that counts no more gives %v", err)
	}
}

// lies are what a device, a browser or somebody between may get wrong in both ceremonies.
func lies() map[string]func(*softkey.Device) {
	return map[string]func(*softkey.Device){
		"for another party":         func(d *softkey.Device) { d.Party.ID = "evil.example" },
		"on a page of another host": func(d *softkey.Device) { d.Party.Origin = "https://evil.example" },
		"on a page of another port": func(d *softkey.Device) { d.Party.Origin = "https://favord.example.com" },
		"without TLS":               func(d *softkey.Device) { d.Party.Origin = "http://favord.example.com:8443" },
		"with nobody there":         func(d *softkey.Device) { d.Flags &^= softkey.Present },
		"by nobody verified":        func(d *softkey.Device) { d.Flags &^= softkey.Verified },
		"synced but not syncable":   func(d *softkey.Device) { d.Flags |= softkey.Synced },
		"with another challenge":    func(d *softkey.Device) { d.Client = map[string]any{"challenge": challenge + "x"} },
		"of another type":           func(d *softkey.Device) { d.Client = map[string]any{"type": "payment.get"} },
		"in a frame elsewhere":      func(d *softkey.Device) { d.Client = map[string]any{"crossOrigin": true} },
		"under another page":        func(d *softkey.Device) { d.Client = map[string]any{"topOrigin": "https://evil.example"} },
		"in another form":           func(d *softkey.Device) { d.Client = map[string]any{"origin": 7} },
	}
}

func TestNothingIsTakenOnTrust(t *testing.T) {
	t.Parallel()
	for name, lie := range lies() {
		fresh := softkey.New(t, party())
		lie(fresh)
		if _, err := party().Create(challenge, fresh.Create(challenge)); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("a key made %s gives %v", name, err)
		}
		d, k := created(t)
		lie(d)
		if _, err := party().Assert(challenge, k, d.Get(challenge)); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("a key used %s gives %v", name, err)
		}
	}
}

func TestAKeyIsForOneParty(t *testing.T) {
	t.Parallel()
	d, k := created(t)
	d.Party = elsewhere()
	if _, err := elsewhere().Assert(challenge, k, d.Get(challenge)); !errors.Is(err, webauthn.ErrInvalid) {
		t.Errorf("elsewhere: %v", err)
	}
}

func TestACeremonyIsNotTakenForTheOther(t *testing.T) {
	t.Parallel()
	d, k := created(t)
	c := d.Create(challenge)
	a := &webauthn.Assertion{ClientData: c.ClientData, AuthenticatorData: c.AuthenticatorData}
	d.Sign(a)
	if _, err := party().Assert(challenge, k, a); !errors.Is(err, webauthn.ErrInvalid) {
		t.Errorf("a creation as a use: %v", err)
	}
	used := d.Get(challenge)
	c.ClientData, c.AuthenticatorData = used.ClientData, used.AuthenticatorData
	if _, err := party().Create(challenge, c); !errors.Is(err, webauthn.ErrInvalid) {
		t.Errorf("a use as a creation: %v", err)
	}
}

func TestASignatureIsOverEverything(t *testing.T) {
	t.Parallel()
	d, k := created(t)
	for name, spoil := range map[string]func(*webauthn.Assertion){
		"another count":      func(a *webauthn.Assertion) { a.AuthenticatorData[36]++ },
		"a further byte":     func(a *webauthn.Assertion) { a.AuthenticatorData = append(a.AuthenticatorData, 0); d.Sign(a) },
		"a space":            func(a *webauthn.Assertion) { a.ClientData = append(a.ClientData, ' ') },
		"no signature":       func(a *webauthn.Assertion) { a.Signature = nil },
		"a key of somebody":  func(a *webauthn.Assertion) { softkey.New(t, party()).Sign(a) },
		"no device":          func(a *webauthn.Assertion) { a.AuthenticatorData = nil },
		"no browser":         func(a *webauthn.Assertion) { a.ClientData = nil },
		"another kind of it": func(a *webauthn.Assertion) { a.AuthenticatorData[32] |= softkey.Syncable; d.Sign(a) },
	} {
		a := d.Get(challenge)
		spoil(a)
		if _, err := party().Assert(challenge, k, a); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestAKeyIsWhatItsDeviceSaysItIs(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*webauthn.Creation){
		"another id":     func(c *webauthn.Creation) { c.ID = append([]byte{1}, c.ID[1:]...) },
		"a shorter id":   func(c *webauthn.Creation) { c.ID = c.ID[:31] },
		"no id":          func(c *webauthn.Creation) { c.ID = nil },
		"nothing of it":  func(c *webauthn.Creation) { c.AuthenticatorData = c.AuthenticatorData[:37] },
		"half of it":     func(c *webauthn.Creation) { c.AuthenticatorData = c.AuthenticatorData[:60] },
		"no public key":  func(c *webauthn.Creation) { c.Public = nil },
		"more than that": func(c *webauthn.Creation) { c.Public = append(c.Public, 0) },
	} {
		c := softkey.New(t, party()).Create(challenge)
		spoil(c)
		if _, err := party().Create(challenge, c); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestKeysOfOtherKindsAreNotTaken(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, public := range map[string]crypto.PublicKey{"a short one": &short.PublicKey, "another curve": &wide.PublicKey} {
		c := softkey.New(t, party()).Create(challenge)
		c.Public = der(t, public)
		if _, err := party().Create(challenge, c); !errors.Is(err, webauthn.ErrInvalid) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func der(t *testing.T, public crypto.PublicKey) []byte {
	t.Helper()
	text, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
