package gm

import (
	"crypto/rand"
	"crypto/rsa"
	"testing"

	"github.com/favord/favord/apiv3"
)

// pair is a key of one algorithm, ready to use.
type pair struct {
	signer   apiv3.Signer
	verifier apiv3.Verifier
}

func pairs(b *testing.B) map[string]pair {
	b.Helper()
	key := newKey(b)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	signer, err := apiv3.NewRSASigner(serial, rsaKey)
	if err != nil {
		b.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(serial, &rsaKey.PublicKey)
	if err != nil {
		b.Fatal(err)
	}
	return map[string]pair{
		"RSA": {signer, verifier},
		"SM2": {NewSigner(serial, key), NewVerifier(serial, key.Public())},
	}
}

// message has the size of an answer with its headers.
func message() []byte {
	return apiv3.ResponseMessage("1795312800", apiv3.NewNonce(), make([]byte, 200))
}

func BenchmarkSign(b *testing.B) {
	for name, p := range pairs(b) {
		b.Run(name, func(b *testing.B) {
			text := message()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.signer.Sign(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, p := range pairs(b) {
		b.Run(name, func(b *testing.B) {
			text := message()
			signature, err := p.signer.Sign(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := p.verifier.Verify(text, signature); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkBoxOfSM4(b *testing.B) {
	box, err := NewBox(make([]byte, apiv3.APIKeySize))
	if err != nil {
		b.Fatal(err)
	}
	text := make([]byte, 1024)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := box.Seal(text, "kB3qGm7YtZ1x", "certificate"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkField(b *testing.B) {
	key := newKey(b)
	sealed, err := SealField(key.Public(), "张三")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := SealField(key.Public(), "张三"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := OpenField(key, sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
}
