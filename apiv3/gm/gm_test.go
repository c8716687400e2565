package gm

import (
	"bytes"
	"crypto"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"github.com/emmansun/gmsm/smx509"

	"github.com/favord/favord/apiv3"
)

// Both are what they claim to be.
var (
	_ apiv3.Signer   = (*Signer)(nil)
	_ apiv3.Verifier = (*Verifier)(nil)
)

const serial = "3F1E989910B253E069A11568C91C57CA44568158"

func newKey(tb testing.TB) *PrivateKey {
	tb.Helper()
	key, err := GenerateKey()
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func sign(tb testing.TB, key *PrivateKey, message string) string {
	tb.Helper()
	signature, err := NewSigner(serial, key).Sign([]byte(message))
	if err != nil {
		tb.Fatal(err)
	}
	return signature
}

func TestWhatASignerSignsItsVerifierAccepts(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	signer, verifier := NewSigner(serial, key), NewVerifier(serial, key.Public())
	if signer.Scheme() != "WECHATPAY2-SM2-WITH-SM3" || verifier.Scheme() != signer.Scheme() || signer.Serial() != serial || verifier.Serial() != serial {
		t.Errorf("signer %s %s, verifier %s %s", signer.Scheme(), signer.Serial(), verifier.Scheme(), verifier.Serial())
	}
	for _, message := range []string{"", "\n", strings.Repeat("微信支付", 1000)} {
		signature := sign(t, key, message)
		if err := verifier.Verify([]byte(message), signature); err != nil {
			t.Errorf("%d bytes: %v", len(message), err)
		}
		if err := verifier.Verify([]byte(message+"x"), signature); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("another message: %v", err)
		}
		if again := sign(t, key, message); again == signature {
			t.Error("two signatures are the same")
		}
	}
}

// TestTheLibraryVerifiesOurSignatures with its own way from the message on, and we its.
func TestTheLibraryVerifiesOurSignatures(t *testing.T) {
	t.Parallel()
	key, message := newKey(t), []byte("message")
	raw := decode(t, sign(t, key, string(message)))
	if !sm2.VerifyASN1WithSM2(key.public.key, []byte("1234567812345678"), message, raw) {
		t.Error("the library refuses our signature")
	}
	if sm2.VerifyASN1WithSM2(key.public.key, []byte("ALICE123@YAHOO.COM"), message, raw) {
		t.Error("the signer id does not count")
	}
	raw, err := key.key.Sign(rand.Reader, message, sm2.NewSM2SignerOption(true, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := NewVerifier(serial, key.Public()).Verify(message, base64.StdEncoding.EncodeToString(raw)); err != nil {
		t.Error(err)
	}
}

// TestAFlippedBitNeverVerifies flips every bit of message and signature, and every
// character of the signature's text.
func TestAFlippedBitNeverVerifies(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	verifier := NewVerifier(serial, key.Public())
	message := []byte("POST\n/v3/x\n1795312800\nn\n{}\n")
	signature := sign(t, key, string(message))
	refused := func(what string, message []byte, signature string) {
		t.Helper()
		if err := verifier.Verify(message, signature); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("%s: %v", what, err)
		}
	}
	raw := decode(t, signature)
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		refused(fmt.Sprintf("bit %d of the signature", bit), message, base64.StdEncoding.EncodeToString(raw))
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for bit := range len(message) * 8 {
		message[bit/8] ^= 1 << (bit % 8)
		refused(fmt.Sprintf("bit %d of the message", bit), message, signature)
		message[bit/8] ^= 1 << (bit % 8)
	}
	text := []byte(signature)
	for i := range text {
		for bit := range 8 {
			text[i] ^= 1 << bit
			refused(fmt.Sprintf("bit %d of character %d", bit, i), message, string(text))
			text[i] ^= 1 << bit
		}
	}
}

// TestASignatureHasOneTextOnly writes the numbers of a signature in other ways.
func TestASignatureHasOneTextOnly(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	verifier := NewVerifier(serial, key.Public())
	signature := sign(t, key, "m")
	var s struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(decode(t, signature), &s); err != nil {
		t.Fatal(err)
	}
	order := sm2.P256().Params().N
	write := func(r, s *big.Int) string {
		raw, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	if write(s.R, s.S) != signature {
		t.Fatal("the signature is no minimal DER")
	}
	raw := decode(t, signature)
	zero := new(big.Int)
	for name, text := range map[string]string{
		"nothing":         "",
		"no base64":       "*",
		"a line break":    signature[:4] + "\n" + signature[4:],
		"no padding":      strings.TrimRight(signature, "=") + "!",
		"r and the order": write(new(big.Int).Add(s.R, order), s.S),
		"s and the order": write(s.R, new(big.Int).Add(s.S, order)),
		"negated":         write(new(big.Int).Neg(s.R), s.S),
		"the other s":     write(s.R, new(big.Int).Sub(order, s.S)),
		"exchanged":       write(s.S, s.R),
		"zeros":           write(zero, zero),
		"r zero":          write(zero, s.S),
		"s zero":          write(s.R, zero),
		"r and s cancel":  write(s.R, new(big.Int).Sub(order, s.R)),
		"a tail":          base64.StdEncoding.EncodeToString(append(bytes.Clone(raw), 0)),
		"a long length":   base64.StdEncoding.EncodeToString(append([]byte{0x30, 0x81, raw[1]}, raw[2:]...)),
		"plain numbers":   base64.StdEncoding.EncodeToString(append(s.R.FillBytes(make([]byte, 32)), s.S.FillBytes(make([]byte, 32))...)),
		"much":            strings.Repeat("A", 1<<20),
	} {
		if err := verifier.Verify([]byte("m"), text); !errors.Is(err, apiv3.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyMaySignAndVerifyAtOnce(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	signer, verifier := NewSigner(serial, key), NewVerifier(serial, key.Public())
	box, err := NewBox(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				message := fmt.Appendf(nil, "%d %d", i, n)
				signature, err := signer.Sign(message)
				if err != nil {
					t.Error(err)
				}
				if err := verifier.Verify(message, signature); err != nil {
					t.Error(err)
				}
				sealed, err := box.Seal(message, apiv3.NewBoxNonce(), "a")
				if err != nil {
					t.Error(err)
				}
				if opened, err := box.Open(sealed); err != nil || !bytes.Equal(opened, message) {
					t.Errorf("%q, %v", opened, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestABoxOfTheWrongSizeIsAnError(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 16, 31, 33} {
		if _, err := NewBox(make([]byte, size)); err == nil {
			t.Errorf("a key of %d bytes is accepted", size)
		}
	}
	box, err := NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if box.Algorithm() != "AEAD_SM4_GCM" {
		t.Errorf("algorithm %s", box.Algorithm())
	}
	good, err := box.Seal(nil, "123456789012", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, nonce := range []string{"", "12345678901", "1234567890123", strings.Repeat("n", 64)} {
		if _, err := box.Seal([]byte("x"), nonce, ""); err == nil {
			t.Errorf("a nonce of %d bytes seals", len(nonce))
		}
		bad := good
		bad.Nonce = nonce
		if _, err := box.Open(bad); !errors.Is(err, apiv3.ErrBox) {
			t.Errorf("a nonce of %d bytes: %v", len(nonce), err)
		}
	}
	for name, bad := range map[string]apiv3.Sealed{
		"another algorithm": {Algorithm: apiv3.AlgorithmAES256GCM, Ciphertext: good.Ciphertext, Nonce: good.Nonce},
		"no ciphertext":     {Algorithm: apiv3.AlgorithmSM4GCM, Nonce: good.Nonce},
		"half a tag":        {Algorithm: apiv3.AlgorithmSM4GCM, Nonce: good.Nonce, Ciphertext: good.Ciphertext[:12]},
		"other data":        {Algorithm: apiv3.AlgorithmSM4GCM, Nonce: good.Nonce, Ciphertext: good.Ciphertext, AssociatedData: "x"},
	} {
		if _, err := box.Open(bad); !errors.Is(err, apiv3.ErrBox) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if text, err := box.Open(good); err != nil || len(text) != 0 {
		t.Errorf("the empty text opens to %q, %v", text, err)
	}
}

// onlyBlock hides the library's own GCM, so that the one of the standard library works on
// single blocks instead.
type onlyBlock struct{ block cipher.Block }

func (b onlyBlock) BlockSize() int          { return b.block.BlockSize() }
func (b onlyBlock) Encrypt(dst, src []byte) { b.block.Encrypt(dst, src) }
func (b onlyBlock) Decrypt(dst, src []byte) { b.block.Decrypt(dst, src) }

// TestBoxesOfEverySizeAgreeWithTheStandardMode compares the assembly of the library with
// the mode of the standard library.
func TestBoxesOfEverySizeAgreeWithTheStandardMode(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte("k"), 32)
	box, err := NewBox(key)
	if err != nil {
		t.Fatal(err)
	}
	block, err := sm4.NewCipher(boxKey(key))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(onlyBlock{block})
	if err != nil {
		t.Fatal(err)
	}
	const nonce = "kB3qGm7YtZ1x"
	text := make([]byte, 2100)
	_, _ = rand.Read(text)
	for size := 0; size < len(text); size += 1 + size/16 {
		data := string(text[:size%40])
		sealed, err := box.Seal(text[:size], nonce, data)
		if err != nil {
			t.Fatal(err)
		}
		if want := base64.StdEncoding.EncodeToString(aead.Seal(nil, []byte(nonce), text[:size], []byte(data))); sealed.Ciphertext != want {
			t.Fatalf("%d bytes: %s, want %s", size, sealed.Ciphertext, want)
		}
		if opened, err := box.Open(sealed); err != nil || !bytes.Equal(opened, text[:size]) {
			t.Fatalf("%d bytes: %v", size, err)
		}
	}
}

func TestFieldsOfEveryLengthComeBack(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	if sealed, err := SealField(key.Public(), ""); err != nil || sealed != "" {
		t.Errorf("the empty field gives %q, %v", sealed, err)
	}
	if opened, err := OpenField(key, ""); err != nil || opened != "" {
		t.Errorf("the empty field opens to %q, %v", opened, err)
	}
	if _, err := SealField(key.Public(), strings.Repeat("x", MaxField+1)); err == nil {
		t.Error("a field beyond the bound is sealed")
	}
	for _, size := range []int{1, 2, 3, 31, 32, 33, 64, 1000, MaxField} {
		plaintext := strings.Repeat("x", size)
		sealed, err := SealField(key.Public(), plaintext)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := OpenField(key, sealed); err != nil || opened != plaintext {
			t.Errorf("%d bytes: %v", size, err)
		}
		if _, err := OpenField(newKey(t), sealed); !errors.Is(err, apiv3.ErrField) {
			t.Errorf("%d bytes open with another key: %v", size, err)
		}
	}
}

// TestFieldsOfOneByteAlwaysComeBack does it so often that masks and ciphertexts of zeros,
// one in 256 each, are met.
func TestFieldsOfOneByteAlwaysComeBack(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for i := range 2000 {
		plaintext := string(rune('a' + i%26))
		sealed, err := SealField(key.Public(), plaintext)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := OpenField(key, sealed); err != nil || opened != plaintext {
			t.Fatalf("%s opens to %q, %v", sealed, opened, err)
		}
		theirs, err := sm2.Decrypt(key.key, decode(t, sealed))
		if err != nil || string(theirs) != plaintext {
			t.Fatalf("the library opens %s to %q, %v", sealed, theirs, err)
		}
	}
}

// TestACiphertextOfZerosOpens takes what another sender may make of one byte.
func TestACiphertextOfZerosOpens(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	var once *PrivateKey
	var x, y, stream []byte
	for empty := true; empty; {
		once = newKey(t)
		x, y = once.multiply(point(key.public.key))
		stream, empty = mask(x, y, []byte{0})
	}
	c := ciphertext{Digest: check(x, y, stream), Masked: []byte{0}}
	c.X, c.Y = point(once.public.key)
	raw, err := asn1.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := OpenField(key, base64.StdEncoding.EncodeToString(raw)); err != nil || opened != string(stream) {
		t.Errorf("%q, %v", opened, err)
	}
}

func TestFieldsAgreeWithTheLibrary(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	plaintext := strings.Repeat("张三李四", 20)
	raw, err := sm2.EncryptASN1(rand.Reader, key.public.key, []byte(plaintext))
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := OpenField(key, base64.StdEncoding.EncodeToString(raw)); err != nil || opened != plaintext {
		t.Errorf("%q, %v", opened, err)
	}
	sealed, err := SealField(key.Public(), plaintext)
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := sm2.Decrypt(key.key, decode(t, sealed)); err != nil || string(opened) != plaintext {
		t.Errorf("%q, %v", opened, err)
	}
	// The form without ASN.1 is another one, and not ours.
	raw, err = sm2.Encrypt(rand.Reader, key.public.key, []byte(plaintext), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenField(key, base64.StdEncoding.EncodeToString(raw)); !errors.Is(err, apiv3.ErrNotCiphertext) {
		t.Errorf("the plain form: %v", err)
	}
}

// TestASpoiledFieldIsToldFromNoField changes parts of a ciphertext.
func TestASpoiledFieldIsToldFromNoField(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	sealed, err := SealField(key.Public(), "张三")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCiphertext(sealed)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := func(change func(c *ciphertext)) string {
		changed := ciphertext{X: new(big.Int).Set(c.X), Y: new(big.Int).Set(c.Y), Digest: bytes.Clone(c.Digest), Masked: bytes.Clone(c.Masked)}
		change(&changed)
		raw, err := asn1.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	prime := sm2.P256().Params().P
	for name, one := range map[string]struct {
		text string
		want error
	}{
		"plain text":          {"张三", apiv3.ErrNotCiphertext},
		"base64 of no DER":    {base64.StdEncoding.EncodeToString([]byte("plain text")), apiv3.ErrNotCiphertext},
		"RSA":                 {base64.StdEncoding.EncodeToString(make([]byte, 256)), apiv3.ErrNotCiphertext},
		"a tail":              {base64.StdEncoding.EncodeToString(append(decode(t, sealed), 0)), apiv3.ErrNotCiphertext},
		"a short digest":      {spoiled(func(c *ciphertext) { c.Digest = c.Digest[1:] }), apiv3.ErrNotCiphertext},
		"nothing masked":      {spoiled(func(c *ciphertext) { c.Masked = nil }), apiv3.ErrNotCiphertext},
		"too much masked":     {spoiled(func(c *ciphertext) { c.Masked = make([]byte, MaxField+1) }), apiv3.ErrNotCiphertext},
		"another digest":      {spoiled(func(c *ciphertext) { c.Digest[0] ^= 1 }), apiv3.ErrField},
		"another text":        {spoiled(func(c *ciphertext) { c.Masked[0] ^= 1 }), apiv3.ErrField},
		"a cut text":          {spoiled(func(c *ciphertext) { c.Masked = c.Masked[1:] }), apiv3.ErrField},
		"a point off":         {spoiled(func(c *ciphertext) { c.Y.Xor(c.Y, big.NewInt(1)) }), apiv3.ErrField},
		"the opposite point":  {spoiled(func(c *ciphertext) { c.Y.Sub(prime, c.Y) }), apiv3.ErrField},
		"no point":            {spoiled(func(c *ciphertext) { c.X, c.Y = new(big.Int), new(big.Int) }), apiv3.ErrField},
		"a negative point":    {spoiled(func(c *ciphertext) { c.X.Neg(c.X) }), apiv3.ErrField},
		"a point beyond":      {spoiled(func(c *ciphertext) { c.X.Add(c.X, prime) }), apiv3.ErrField},
		"a point far, beyond": {spoiled(func(c *ciphertext) { c.X.Lsh(c.X, 512) }), apiv3.ErrField},
	} {
		if text, err := OpenField(key, one.text); !errors.Is(err, one.want) {
			t.Errorf("%s: %q, %v, want %v", name, text, err, one.want)
		}
	}
}

func template(name string, authority bool) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{Organization: []string{"微信商户系统"}, CommonName: name},
		NotBefore: time.Unix(1795312800, 0), NotAfter: time.Unix(1795312800, 0).AddDate(5, 0, 0),
		IsCA: authority, BasicConstraintsValid: authority, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
}

func TestCertificatesAreMadeAndRead(t *testing.T) {
	t.Parallel()
	rootKey, key := newKey(t), newKey(t)
	self := template("root", true)
	root, err := CreateCertificate(self, self, rootKey.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := CreateCertificate(template("1900000001", false), root, key.Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseCertificate(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made.Raw}))
	if err != nil {
		t.Fatal(err)
	}
	public, err := CertificateKey(read)
	if err != nil {
		t.Fatal(err)
	}
	if !public.Equal(key.Public()) || read.Subject.CommonName != "1900000001" || read.NotAfter.Unix() != made.NotAfter.Unix() {
		t.Errorf("read %+v", read.Subject)
	}
	if got := apiv3.SerialOf(read); len(got) != 40 || got != apiv3.SerialOf(made) {
		t.Errorf("serial %s", got)
	}
	if err := CheckIssuer(read, root); err != nil {
		t.Error(err)
	}
	if err := CheckIssuer(root, root); err != nil {
		t.Errorf("the root itself: %v", err)
	}
	if err := CheckIssuer(root, read); err == nil {
		t.Error("a leaf is an issuer")
	}
	stranger, err := CreateCertificate(self, self, newKey(t).Public(), rootKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckIssuer(read, stranger); err == nil {
		t.Error("another root of the same name is the issuer")
	}
	if _, err := CreateCertificate(template("x", false), root, key.Public(), key); err == nil {
		t.Error("a key signs for a parent that is not its own")
	}
}

// TestKeysOfOtherAlgorithmsAreRefused in every place where a key comes in.
func TestKeysOfOtherAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{"RSA": rsaKey, "P-256": p256} {
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePrivateKey(block(blockPKCS8, private)); !errors.Is(err, ErrKey) {
			t.Errorf("%s private key: %v", name, err)
		}
		half, ok := key.(crypto.Signer)
		if !ok {
			t.Fatalf("%s has no public half", name)
		}
		public, err := x509.MarshalPKIXPublicKey(half.Public())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePublicKey(block(blockPublic, public)); !errors.Is(err, ErrKey) {
			t.Errorf("%s public key: %v", name, err)
		}
	}
	self := template("root", true)
	der, err := x509.CreateCertificate(rand.Reader, self, self, &rsaKey.PublicKey, rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCertificate(block(blockCertificate, der)); !errors.Is(err, ErrKey) {
		t.Errorf("RSA certificate: %v", err)
	}
	sec1, err := x509.MarshalECPrivateKey(p256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePrivateKey(block(blockSEC1, sec1)); err == nil {
		t.Error("P-256 in SEC 1 is accepted")
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestKeysThatCannotSignAreRefused(t *testing.T) {
	t.Parallel()
	order := sm2.P256().Params().N
	for name, d := range map[string]*big.Int{"zero": new(big.Int), "one below the order": new(big.Int).Sub(order, big.NewInt(1))} {
		good := newKey(t)
		bad := *good.key
		bad.D = d
		der, err := smx509.MarshalSM2PrivateKey(&bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePrivateKey(block(blockSEC1, der)); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "no block": "x", "another block": string(block(blockPublic, []byte{1})),
		"rubbish": string(block(blockPKCS8, []byte{1})), "rubbish in SEC 1": string(block(blockSEC1, []byte{1})),
	} {
		if _, err := ParsePrivateKey([]byte(text)); err == nil {
			t.Errorf("%s is a private key", name)
		}
	}
	for name, text := range map[string]string{"nothing": "", "rubbish": string(block(blockPublic, []byte{1})), "a certificate": string(block(blockCertificate, []byte{1}))} {
		if _, err := ParsePublicKey([]byte(text)); err == nil {
			t.Errorf("%s is a public key", name)
		}
		if _, err := ParseCertificate([]byte(text)); err == nil {
			t.Errorf("%s is a certificate", name)
		}
	}
}

func TestBothFormsOfAPrivateKeyAreRead(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	sec1, err := smx509.MarshalSM2PrivateKey(key.key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"PKCS#8": pkcs8, "SEC 1": block(blockSEC1, sec1), "with a block before": append(block("EC PARAMETERS", []byte{5, 0}), block(blockSEC1, sec1)...)} {
		read, err := ParsePrivateKey(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !read.Public().Equal(key.Public()) {
			t.Errorf("%s: another key", name)
		}
	}
}

func TestAPrivateKeyDoesNotPrintItself(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, key); got != "gm.PrivateKey" {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
