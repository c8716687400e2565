package gm

import (
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"os"
	"testing"

	"github.com/favord/favord/apiv3"
)

// FuzzVerifyAcceptsOneTextOnly: whatever verifies is the minimal DER of two numbers, and
// so the only text of its signature.
func FuzzVerifyAcceptsOneTextOnly(f *testing.F) {
	v := loadVectors(f)
	verifier := v.verifier(f, "merchant")
	message := decode(f, v.Request.Message)
	f.Add(v.Request.Signature)
	f.Add(v.Response.Signature)
	f.Add("")
	f.Add("MAYCAQECAQE=")
	f.Fuzz(func(t *testing.T, signature string) {
		err := verifier.Verify(message, signature)
		if err != nil {
			if !errors.Is(err, apiv3.ErrSignature) {
				t.Error(err)
			}
			return
		}
		var numbers struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(decode(t, signature), &numbers); err != nil {
			t.Fatal(err)
		}
		raw, err := asn1.Marshal(numbers)
		if err != nil || base64.StdEncoding.EncodeToString(raw) != signature {
			t.Errorf("%s verifies, too", signature)
		}
	})
}

// FuzzOpenFieldRefusesOrOpens: no text brings it down, and what opens can be sealed.
func FuzzOpenFieldRefusesOrOpens(f *testing.F) {
	v := loadVectors(f)
	key := v.private(f, "platform")
	f.Add(v.Fields[0].Ciphertext)
	f.Add("")
	f.Add("MAYCAQECAQE=")
	f.Fuzz(func(t *testing.T, text string) {
		opened, err := OpenField(key, text)
		switch {
		case errors.Is(err, apiv3.ErrField), errors.Is(err, apiv3.ErrNotCiphertext):
		case err != nil:
			t.Error(err)
		default:
			if _, err := SealField(key.Public(), opened); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzParsersRefuseOrRead: a key or certificate that is read can be used.
func FuzzParsersRefuseOrRead(f *testing.F) {
	v := loadVectors(f)
	for _, k := range v.Keys {
		f.Add([]byte(k.PrivateKeyPEM))
		f.Add([]byte(k.PublicKeyPEM))
	}
	text, err := os.ReadFile("testdata/certificate.pem")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		if key, err := ParsePrivateKey(text); err == nil {
			if _, err := NewSigner(serial, key).Sign(text); err != nil {
				t.Error(err)
			}
		}
		if key, err := ParsePublicKey(text); err == nil {
			if err := NewVerifier(serial, key).Verify(text, ""); !errors.Is(err, apiv3.ErrSignature) {
				t.Error(err)
			}
		}
		if c, err := ParseCertificate(text); err == nil {
			if _, err := CertificateKey(c); err != nil {
				t.Error(err)
			}
			_ = CheckIssuer(c, c)
		}
	})
}
