package webauthn_test

import (
	"testing"

	"github.com/favord/favord/internal/base/webauthn"
)

func FuzzACreation(f *testing.F) {
	f.Add([]byte("id"), []byte(`{"type":"webauthn.create"}`), make([]byte, 60), []byte{0x30})
	f.Add([]byte{}, []byte(`{}`), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, id, client, data, public []byte) {
		c := &webauthn.Creation{ID: id, ClientData: client, AuthenticatorData: data, Public: public}
		k, err := party().Create(challenge, c)
		if err == nil && k.Party != party().ID {
			t.Errorf("the key is for %q", k.Party)
		}
		a := &webauthn.Assertion{ClientData: client, AuthenticatorData: data, Signature: public}
		if _, err := party().Assert(challenge, webauthn.Key{Party: party().ID, Public: public}, a); err == nil {
			t.Error("nobody signed this")
		}
	})
}
