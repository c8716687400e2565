package apiv3_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
)

func FuzzAuthorizationParsesToTheSameBytes(f *testing.F) {
	f.Add(`WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="a",timestamp="1",serial_no="A",signature="x"`)
	f.Add(`WECHATPAY-BRAND-SHA256-RSA2048 signature="x",brand_id="12",timestamp="1",serial_no="A",nonce_str="a.b"`)
	f.Add(`WECHATPAY2-SM2-WITH-SM3 mchid="12345678",nonce_str="a",timestamp="1",serial_no="A",signature=""`)
	f.Add(`Bearer token`)
	f.Fuzz(func(t *testing.T, header string) {
		a, err := apiv3.ParseAuthorization(header)
		if err != nil {
			return
		}
		if got := a.String(); got != header {
			t.Errorf("%q parses and prints as %q", header, got)
		}
		if a.Nonce == "" || len(a.Nonce) > 32 || a.Signature == "" || a.Serial == "" {
			t.Errorf("%q is accepted with nonce %q, serial %q, signature %q", header, a.Nonce, a.Serial, a.Signature)
		}
	})
}

func FuzzOneFlippedBitNeverVerifies(f *testing.F) {
	signer, verifier := newPair(f)
	f.Add("POST", "/v3/x?a=b", "1795312800", "nonce", []byte(`{"a":1}`), uint32(0))
	f.Add("GET", "/v3/certificates", "1795312800", "n", []byte(nil), uint32(343*8+1))
	f.Fuzz(func(t *testing.T, method, target, timestamp, nonce string, body []byte, bit uint32) {
		message := apiv3.RequestMessage(apiv3.Request{Method: method, Target: target, Body: body}, timestamp, nonce)
		signature, err := signer.Sign(message)
		if err != nil || verifier.Verify(message, signature) != nil {
			t.Fatalf("sign and verify: %v", err)
		}
		text := []byte(signature)
		flip(text, bit)
		if verifier.Verify(message, string(text)) == nil {
			t.Errorf("signature verifies with bit %d flipped: %s", bit, text)
		}
		flip(message, bit)
		if verifier.Verify(message, signature) == nil {
			t.Errorf("message verifies with bit %d flipped: %q", bit, message)
		}
	})
}

func TestEveryFlippedBitOfASignatureIsRefused(t *testing.T) {
	t.Parallel()
	signer, verifier := newPair(t)
	message := []byte("message\n")
	signature, err := signer.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range uint32(len(signature) * 8) {
		text := []byte(signature)
		flip(text, bit)
		if verifier.Verify(message, string(text)) == nil {
			t.Errorf("verifies with bit %d flipped", bit)
		}
	}
	for _, changed := range []string{signature + "\n", "\r\n" + signature, signature[:64] + "\n" + signature[64:], strings.TrimRight(signature, "=")} {
		if verifier.Verify(message, changed) == nil {
			t.Errorf("verifies as %q", changed)
		}
	}
}

func FuzzBoxesNeverPanic(f *testing.F) {
	f.Add("0123456789ab", "coupon", "UILgu8g/WaKFmAm0HF7AeonKt1THAxcM9s4aJq4vTpyGwtW=", []byte("x"))
	f.Add("short", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, nonce, associated, ciphertext string, plaintext []byte) {
		box, err := apiv3.NewBox([]byte("TESTONLYapiv3key0123456789ABCDEF"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := box.Open(apiv3.Sealed{Algorithm: apiv3.AlgorithmAES256GCM, Nonce: nonce, AssociatedData: associated, Ciphertext: ciphertext}); err != nil && !errors.Is(err, apiv3.ErrBox) {
			t.Errorf("open gives %v", err)
		}
		sealed, err := box.Seal(plaintext, nonce, associated)
		if (err == nil) != (len(nonce) == apiv3.BoxNonceSize) {
			t.Fatalf("seal with a nonce of %d bytes gives %v", len(nonce), err)
		}
		if err != nil {
			return
		}
		if got, err := box.Open(sealed); err != nil || !bytes.Equal(got, plaintext) {
			t.Errorf("open gives %q, %v", got, err)
		}
	})
}

func FuzzUploadMetaNeverPanics(f *testing.F) {
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"meta\";\r\n\r\n{}\r\n--b--\r\n"))
	f.Add("multipart/form-data", []byte("--b\r\n\r\n--b--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		meta, err := apiv3.UploadMeta(contentType, body)
		if err != nil && meta != nil {
			t.Errorf("gives %q together with %v", meta, err)
		}
	})
}

func TestTheTimestampWindowIsThreeHundredSecondsBothWays(t *testing.T) {
	t.Parallel()
	now := time.Unix(1795312800, 999_999_999)
	for offset, want := range map[int64]error{
		-301: apiv3.ErrTimestamp, -300: nil, 0: nil, 300: nil, 301: apiv3.ErrTimestamp,
	} {
		timestamp := strconv.FormatInt(now.Unix()+offset, 10)
		if err := apiv3.CheckTimestamp(timestamp, now); !errors.Is(err, want) {
			t.Errorf("%+d s gives %v, want %v", offset, err, want)
		}
	}
	for _, bad := range []string{"", "x", "1.5", "9223372036854775807", "-9223372036854775808", "99999999999999999999"} {
		if err := apiv3.CheckTimestamp(bad, now); !errors.Is(err, apiv3.ErrTimestamp) {
			t.Errorf("%q gives %v", bad, err)
		}
	}
}

func TestSerialsHaveFortyDigitsAndAPositiveFirst(t *testing.T) {
	t.Parallel()
	for range 1000 {
		serial := apiv3.SerialOf(&x509.Certificate{SerialNumber: apiv3.NewSerial()})
		if len(serial) != 40 || serial[0] < '1' || serial[0] > '7' {
			t.Fatalf("serial %s", serial)
		}
	}
}

func TestSerialsCompareAsNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"0C4AEF34", "c4aef34", true},
		{"11F4", "11f4", true},
		{"11F4", "11F5", false},
		{"PUB_KEY_ID_01", "PUB_KEY_ID_01", true},
		{"PUB_KEY_ID_01", "pub_key_id_01", false},
		{"PUB_KEY_ID_0a", "PUB_KEY_ID_0A", false},
		{"", "", false},
		{"0", "", false},
	} {
		if got := apiv3.EqualSerial(c.a, c.b); got != c.want {
			t.Errorf("EqualSerial(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func TestKeysOfAnotherSizeAreRefused(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apiv3.NewRSASigner("1", key); err == nil {
		t.Error("a signer takes 1024 bits")
	}
	if _, err := apiv3.NewRSAVerifier("1", &key.PublicKey); err == nil {
		t.Error("a verifier takes 1024 bits")
	}
	if _, err := apiv3.NewBox(make([]byte, 16)); err == nil {
		t.Error("a box takes 16 bytes")
	}
}

func TestPrivateKeysLoadInBothForms(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for kind, der := range map[string][]byte{"PRIVATE KEY": pkcs8, "RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(key)} {
		got, err := apiv3.ParseRSAPrivateKey(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
		if err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", kind, err)
		}
		if _, err := apiv3.ParseRSAPrivateKey(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der[1:]})); err == nil {
			t.Errorf("%s: a damaged key loads", kind)
		}
	}
	if _, err := apiv3.ParseRSAPrivateKey([]byte("no PEM")); !errors.Is(err, apiv3.ErrPEM) {
		t.Errorf("text without PEM gives %v", err)
	}
}

func TestFieldsLongerThanTheKeyAllowsAreRefused(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	if _, err := apiv3.SealField(&key.PublicKey, strings.Repeat("x", apiv3.MaxField+1)); err == nil {
		t.Error("215 bytes are encrypted")
	}
	sealed, err := apiv3.SealField(&key.PublicKey, strings.Repeat("x", apiv3.MaxField))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := apiv3.OpenField(key, sealed); err != nil || len(got) != apiv3.MaxField {
		t.Errorf("open gives %d bytes, %v", len(got), err)
	}
	if empty, err := apiv3.SealField(&key.PublicKey, ""); empty != "" || err != nil {
		t.Errorf("an empty field becomes %q, %v", empty, err)
	}
	if empty, err := apiv3.OpenField(key, ""); empty != "" || err != nil {
		t.Errorf("an empty field opens as %q, %v", empty, err)
	}
}

func TestTheSignDetailCutsTheBodyAtACharacter(t *testing.T) {
	t.Parallel()
	a := apiv3.Authorization{Timestamp: "1", Nonce: "n"}
	for body, want := range map[string]string{
		"":                  "",
		"12345678":          "12345678",
		"123456789":         "12345678",
		`{"k":"微信支付"}`:      `{"k":"`,
		"1234567\u5fae":     "1234567",
		"12345\u5fae\u5fae": "12345\u5fae",
	} {
		d := apiv3.NewSignDetail(&a, apiv3.Request{Method: "POST", Target: "/", Body: []byte(body)})
		if got := d.SignInformation.TruncatedSignMessage; got != "POST\n/\n1\nn\n"+want+"\n" {
			t.Errorf("body %q is shown as %q", body, got)
		}
		if got := d.SignInformation.SignMessageLength; got != len("POST\n/\n1\nn\n\n")+len(body) {
			t.Errorf("body %q: length %d", body, got)
		}
	}
}

func TestSignatureHeadersHaveTheirExactCase(t *testing.T) {
	t.Parallel()
	signer, verifier := newPair(t)
	now := time.Unix(1795312800, 0)
	signed, err := apiv3.SignResponse(signer, []byte("{}"), now)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	signed.SetHeader(h)
	for _, name := range []string{"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial", "Wechatpay-Signature-Type"} {
		if len(h[name]) != 1 {
			t.Errorf("no header %s in %v", name, h)
		}
	}
	back, err := apiv3.ResponseSignatureOf(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Verify(verifier, []byte("{}"), now); err != nil {
		t.Error(err)
	}
	if err := back.Verify(verifier, []byte("{} "), now); !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("another body gives %v", err)
	}
}

func TestErrorBodiesKeepTheirKeysInOrder(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(&apiv3.Error{Code: "PARAM_ERROR", Message: "m", Detail: apiv3.NewFieldDetail("/a", "i", "body", "v")})
	want := `{"code":"PARAM_ERROR","detail":{"field":"/a","issue":"i","location":"body","value":"v"},"message":"m"}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	text, err = json.Marshal(&apiv3.Error{Code: "PARAM_ERROR", Message: "m", Detail: apiv3.NewFieldDetail("", "i", "", 0.01)})
	want = `{"code":"PARAM_ERROR","detail":{"field":"","issue":"i","location":null,"value":0.01},"message":"m"}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	if got := (&apiv3.Error{Code: "C", Message: "m"}).Error(); got != "C: m" {
		t.Errorf("Error gives %q", got)
	}
}

func TestBoxNoncesAreTwelveAlphanumerics(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		n := apiv3.NewBoxNonce()
		if len(n) != 12 || strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" || seen[n] {
			t.Fatalf("nonce %q", n)
		}
		seen[n] = true
	}
}

func BenchmarkSignRSA(b *testing.B) {
	signer, _ := newPair(b)
	message := apiv3.ResponseMessage("1795312800", "d824f2e086d3c1df967785d13fcd22ef", make([]byte, 200))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signer.Sign(message); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyRSA(b *testing.B) {
	signer, verifier := newPair(b)
	message := apiv3.ResponseMessage("1795312800", "d824f2e086d3c1df967785d13fcd22ef", make([]byte, 200))
	signature, err := signer.Sign(message)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := verifier.Verify(message, signature); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAuthorization(b *testing.B) {
	a := apiv3.Authorization{
		Scheme: apiv3.SchemeRSA, Identity: "1900000001", Nonce: apiv3.NewNonce(), Timestamp: "1795312800",
		Serial: "7DB82723973976E12793ED584E3D41442B040AA3", Signature: base64.StdEncoding.EncodeToString(make([]byte, 256)),
	}
	header := a.String()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := apiv3.ParseAuthorization(header); err != nil {
			b.Fatal(err)
		}
	}
}

func flip(text []byte, bit uint32) {
	at := int(bit) % (len(text) * 8)
	text[at/8] ^= 1 << (at % 8)
}

func newPair(tb testing.TB) (apiv3.Signer, apiv3.Verifier) {
	tb.Helper()
	key := newKey(tb)
	serial := apiv3.SerialOf(&x509.Certificate{SerialNumber: big.NewInt(0x11F47ED00D676D88)})
	s, err := apiv3.NewRSASigner(serial, key)
	if err != nil {
		tb.Fatal(err)
	}
	v, err := apiv3.NewRSAVerifier(serial, &key.PublicKey)
	if err != nil {
		tb.Fatal(err)
	}
	return s, v
}

func newKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}
