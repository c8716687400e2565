package rsakey_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/rsakey"
)

const serial = "11F47ED00D676D88"

// testKey is one key for all tests: generating takes time.
var testKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sign makes a signature without the package under test.
func sign(tb testing.TB, key *rsa.PrivateKey, message []byte) string {
	tb.Helper()
	digest := sha256.Sum256(message)
	raw, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func newSigner(tb testing.TB, key *rsa.PrivateKey) apiv3.Signer {
	tb.Helper()
	s, err := rsakey.NewSigner(serial, key)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func newVerifier(tb testing.TB, key *rsa.PublicKey) apiv3.Verifier {
	tb.Helper()
	v, err := rsakey.NewVerifier(serial, key)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestSignaturesAreThoseOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	signer, verifier := newSigner(t, testKey()), newVerifier(t, &testKey().PublicKey)
	if signer.Scheme() != apiv3.SchemeRSA || signer.Serial() != serial || verifier.Scheme() != apiv3.SchemeRSA || verifier.Serial() != serial {
		t.Errorf("signer %s %s, verifier %s %s", signer.Scheme(), signer.Serial(), verifier.Scheme(), verifier.Serial())
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "message")
		got, err := signer.Sign(message)
		digest := sha256.Sum256(message)
		want := base64.StdEncoding.EncodeToString(must(rsa.SignPKCS1v15(nil, testKey(), crypto.SHA256, digest[:])))
		if err != nil || got != want {
			t.Fatalf("signature %q, %v; want %q", got, err, want)
		}
		if err := verifier.Verify(message, got); err != nil {
			t.Fatalf("it does not verify: %v", err)
		}
	})
}

func TestNothingButTheSignatureVerifies(t *testing.T) {
	t.Parallel()
	message := []byte("1795312800\nd824f2e086d3c1df967785d13fcd22ef\n{}\n")
	signature := sign(t, testKey(), message)
	verifier := newVerifier(t, &testKey().PublicKey)
	raw := must(base64.StdEncoding.DecodeString(signature))
	text := base64.StdEncoding.EncodeToString
	larger := new(big.Int).Add(new(big.Int).SetBytes(raw), testKey().N) // the same value modulo N, if it fits
	wrong := map[string]string{
		"nothing":              "",
		"no base64":            strings.Repeat("*", len(signature)),
		"a byte less":          text(raw[:255]),
		"a byte more":          text(append([]byte{0}, raw...)),
		"zero":                 text(make([]byte, 256)),
		"the modulus":          text(testKey().N.Bytes()),
		"more than 2048 bits":  text(append([]byte{1}, raw...)),
		"a value plus modulus": text(larger.Bytes()),
		"a line break":         signature[:76] + "\n" + signature[76:],
		"line breaks inside":   signature[:340] + "\r\n\r\n",
		"without padding":      strings.TrimRight(signature, "="),
		"unused bits set":      signature[:341] + string(signature[341]+1) + "==",
		"another signature":    sign(t, testKey(), []byte("other")),
		"another key's":        sign(t, must(rsa.GenerateKey(rand.Reader, 2048)), message),
	}
	for i := range 256 {
		changed := append([]byte{}, raw...)
		changed[i] ^= 1 << (i % 8)
		wrong[fmt.Sprintf("byte %d changed", i)] = text(changed)
	}
	for name, forged := range wrong {
		if err := verifier.Verify(message, forged); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("%s gives %v", name, err)
		}
		if err := verifier.Verify(message, signature); err != nil {
			t.Fatalf("after %s the true signature gives %v", name, err)
		}
	}
	if err := verifier.Verify(message[1:], signature); !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("another message gives %v", err)
	}
}

// TestOtherEncodingsOfTheDigestAreRefused signs, with the right key, what is no PKCS #1
// v1.5 signature with SHA-256.
func TestOtherEncodingsOfTheDigestAreRefused(t *testing.T) {
	t.Parallel()
	message := []byte("message")
	verifier := newVerifier(t, &testKey().PublicKey)
	sha256Digest := sha256.Sum256(message)
	sha1Info := append([]byte{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}, sha256Digest[:20]...)
	sha256Info := append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, sha256Digest[:]...)
	withoutNull := append([]byte{0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20}, sha256Digest[:]...)
	for name, padded := range map[string][]byte{
		"a bare digest":         pad(1, 0xff, sha256Digest[:], nil),
		"SHA-1":                 pad(1, 0xff, sha1Info, nil),
		"no NULL parameter":     pad(1, 0xff, withoutNull, nil),
		"rubbish at the end":    pad(1, 0xff, sha256Info, make([]byte, 16)),
		"block type 2":          pad(2, 0xff, sha256Info, nil),
		"other padding":         pad(1, 0xfe, sha256Info, nil),
		"block type 0":          pad(0, 0, sha256Info, nil),
		"an ASN.1 long length":  pad(1, 0xff, append([]byte{0x30, 0x81}, sha256Info[1:]...), nil),
		"a digest cut by a bit": pad(1, 0xff, sha256Info[:50], nil),
	} {
		if err := verifier.Verify(message, rawSign(padded)); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if err := verifier.Verify(message, rawSign(pad(1, 0xff, sha256Info, nil))); err != nil {
		t.Errorf("the right encoding gives %v", err)
	}
}

// pad builds 0, kind, filler…, 0, content, tail with 256 bytes in all.
func pad(kind, filler byte, content, tail []byte) []byte {
	out := []byte{0, kind}
	for len(out) < 256-1-len(content)-len(tail) {
		out = append(out, filler)
	}
	return append(append(append(out, 0), content...), tail...)
}

// rawSign raises to the private exponent, nothing more.
func rawSign(padded []byte) string {
	value := new(big.Int).Exp(new(big.Int).SetBytes(padded), testKey().D, testKey().N)
	return base64.StdEncoding.EncodeToString(value.FillBytes(make([]byte, 256)))
}

func TestKeysOfOtherSizesAreRefused(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{1024, 2046, 3072} {
		key := must(rsa.GenerateKey(rand.Reader, bits))
		if s, err := rsakey.NewSigner(serial, key); err == nil || s != nil {
			t.Errorf("a key of %d bits signs", bits)
		}
		if v, err := rsakey.NewVerifier(serial, &key.PublicKey); err == nil || v != nil {
			t.Errorf("a key of %d bits verifies", bits)
		}
	}
}

func TestKeysWhosePartsDoNotBelongTogetherAreRefused(t *testing.T) {
	t.Parallel()
	other := must(rsa.GenerateKey(rand.Reader, 2048))
	mixed := &rsa.PrivateKey{PublicKey: other.PublicKey, D: testKey().D, Primes: testKey().Primes}
	_, err := rsakey.NewSigner(serial, mixed)
	if err == nil {
		t.Fatal("a mixed key signs")
	}
	for _, secret := range []*big.Int{testKey().D, testKey().Primes[0], testKey().Primes[1]} {
		if strings.Contains(err.Error(), secret.String()) || strings.Contains(err.Error(), secret.Text(16)) {
			t.Error("the error tells a secret")
		}
	}
}

// TestAKeyThatWasNotPrecomputedIsNotChanged also holds that such a key signs: Go would
// work its values out for every signature.
func TestAKeyThatWasNotPrecomputedIsNotChanged(t *testing.T) {
	t.Parallel()
	bare := &rsa.PrivateKey{PublicKey: testKey().PublicKey, D: testKey().D, Primes: testKey().Primes}
	message := []byte("message")
	if got, err := newSigner(t, bare).Sign(message); err != nil || got != sign(t, testKey(), message) {
		t.Errorf("signature %q, %v", got, err)
	}
	if bare.Precomputed.Dp != nil {
		t.Error("the caller's key was changed")
	}
}

func TestNoSignatureVerifiesWithAKeyThatAnybodyCouldSignFor(t *testing.T) {
	t.Parallel()
	message := []byte("message")
	for _, exponent := range []int{1, 2, 65536} {
		weak := rsa.PublicKey{N: testKey().N, E: exponent}
		verifier, err := rsakey.NewVerifier(serial, &weak)
		if err != nil {
			continue
		}
		// For an exponent of 1 the padded digest is its own signature.
		digest := sha256.Sum256(message)
		info := append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, digest[:]...)
		forged := base64.StdEncoding.EncodeToString(pad(1, 0xff, info, nil))
		if err := verifier.Verify(message, forged); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("exponent %d gives %v", exponent, err)
		}
	}
}

// TestManyGoroutinesShareAKey signs and verifies with one key from many sides, while the
// garbage collector takes away what is idle.
func TestManyGoroutinesShareAKey(t *testing.T) {
	t.Parallel()
	signer, verifier := newSigner(t, testKey()), newVerifier(t, &testKey().PublicKey)
	const goroutines, rounds = 16, 20
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range rounds {
				message := fmt.Appendf(nil, "message %d of %d", i, g)
				got, err := signer.Sign(message)
				if err != nil {
					t.Errorf("sign: %v", err)
					return
				}
				if verifier.Verify(message, got) != nil || verifier.Verify(message[1:], got) == nil {
					t.Error("a signature is judged wrongly")
				}
				if i%8 == 0 {
					runtime.GC()
				}
			}
		})
	}
	group.Wait()
}

// TestKeysComeAndGo makes and drops keys while others sign: what is freed with a key must
// not be in use by another.
func TestKeysComeAndGo(t *testing.T) {
	t.Parallel()
	message := []byte("message")
	want := sign(t, testKey(), message)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 30 {
				got, err := newSigner(t, testKey()).Sign(message)
				if err != nil || got != want || newVerifier(t, &testKey().PublicKey).Verify(message, got) != nil {
					t.Errorf("signature %q, %v", got, err)
				}
				runtime.GC()
			}
		})
	}
	group.Wait()
}

// TestTheVectorsOfAnswersAreReproduced signs and verifies what was signed outside of this
// program.
func TestTheVectorsOfAnswersAreReproduced(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Name      string
			Key       string
			Message   []byte `json:"message_base64"`
			Signature string
			Expect    struct {
				Accepts bool `json:"client_accepts"`
			}
		}
	}
	load(t, "response_signatures.json", &file)
	type keyTexts struct {
		PrivateKeyPEM string `json:"private_key_pem"`
		PublicKeyPEM  string `json:"public_key_pem"`
	}
	var keys struct {
		Certificates map[string]keyTexts `json:"platform_certificates"`
		PublicKeys   map[string]keyTexts `json:"wechatpay_public_keys"`
	}
	load(t, "keys.json", &keys)
	maps.Copy(keys.Certificates, keys.PublicKeys)
	reproduced := 0
	for _, v := range file.Cases {
		if !v.Expect.Accepts {
			continue // these are about what a client refuses
		}
		key := keys.Certificates[v.Key]
		private := must(apiv3.ParseRSAPrivateKey([]byte(key.PrivateKeyPEM)))
		if got, err := newSigner(t, private).Sign(v.Message); err != nil || got != v.Signature {
			t.Errorf("%s: signature %q, %v; want %q", v.Name, got, err, v.Signature)
		}
		public := must(apiv3.ParseRSAPublicKey([]byte(key.PublicKeyPEM)))
		if err := newVerifier(t, public).Verify(v.Message, v.Signature); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		reproduced++
	}
	if reproduced < 10 {
		t.Errorf("only %d vectors were found", reproduced)
	}
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "apiv3", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func TestASignatureAllocatesItsTextAtMost(t *testing.T) { //nolint:paralleltest // other tests' allocations would be counted
	if rsakey.Engine() == "go" || raced() {
		return // Go allocates as it likes, and the race detector drops what is pooled
	}
	signer, verifier := newSigner(t, testKey()), newVerifier(t, &testKey().PublicKey)
	message := make([]byte, 300)
	signature := sign(t, testKey(), message)
	if n := testing.AllocsPerRun(100, func() { _, _ = signer.Sign(message) }); n > 1 {
		t.Errorf("a signature takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = verifier.Verify(message, signature) }); n > 0 {
		t.Errorf("verifying takes %v allocations", n)
	}
}

// raced reports whether this is a test with the race detector.
func raced() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// The benchmarks compare the engine with Go's standard library in one run.

func BenchmarkSign(b *testing.B) {
	message := apiv3.ResponseMessage("1795312800", "d824f2e086d3c1df967785d13fcd22ef", make([]byte, 200))
	for name, signer := range map[string]apiv3.Signer{
		rsakey.Engine(): newSigner(b, testKey()),
		"standard":      must(apiv3.NewRSASigner(serial, testKey())),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := signer.Sign(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	message := apiv3.ResponseMessage("1795312800", "d824f2e086d3c1df967785d13fcd22ef", make([]byte, 200))
	signature := sign(b, testKey(), message)
	for name, verifier := range map[string]apiv3.Verifier{
		rsakey.Engine(): newVerifier(b, &testKey().PublicKey),
		"standard":      must(apiv3.NewRSAVerifier(serial, &testKey().PublicKey)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := verifier.Verify(message, signature); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNewSigner is what a merchant's key costs when it is loaded.
func BenchmarkNewSigner(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newSigner(b, testKey())
	}
}
