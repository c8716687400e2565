package gm

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/favord/favord/apiv3"
)

// vectors were made with OpenSSL and checked with BouncyCastle; see
// apiv3/testdata/README.md. Every key in them is public.
type vectors struct {
	SignerID string `json:"sm2_id"`
	Keys     map[string]struct {
		MchID         string `json:"mchid"`
		SerialNo      string `json:"serial_no"`
		PrivateKeyPEM string `json:"private_key_pem"`
		PublicKeyPEM  string `json:"public_key_pem"`
	} `json:"keys"`
	Request struct {
		Scheme        string `json:"scheme"`
		Message       string `json:"message_base64"`
		Signature     string `json:"signature"`
		Authorization string `json:"authorization"`
	} `json:"request_signature"`
	Response struct {
		Headers   [][2]string `json:"headers"`
		Body      string      `json:"body_text"`
		Message   string      `json:"message_base64"`
		Signature string      `json:"signature"`
	} `json:"response_signature"`
	Derivations []struct {
		APIv3Key string `json:"apiv3_key"`
		SM3      string `json:"sm3_hex"`
		SM4Key   string `json:"sm4_key_hex"`
	} `json:"sm4_key_derivation"`
	Boxes []struct {
		Name           string `json:"name"`
		Algorithm      string `json:"algorithm"`
		APIv3Key       string `json:"apiv3_key"`
		Nonce          string `json:"nonce"`
		AssociatedData string `json:"associated_data"`
		Plaintext      string `json:"plaintext_text"`
		Ciphertext     string `json:"ciphertext"`
		Expect         struct {
			Decrypts bool `json:"decrypts"`
		} `json:"expect"`
	} `json:"aead_sm4_gcm"`
	Fields []struct {
		Name       string `json:"name"`
		Key        string `json:"key"`
		Plaintext  string `json:"plaintext_text"`
		Ciphertext string `json:"ciphertext"`
		Expect     struct {
			Decrypts bool `json:"decrypts"`
		} `json:"expect"`
	} `json:"sm2_encryption"`
}

func loadVectors(tb testing.TB) vectors {
	tb.Helper()
	text, err := os.ReadFile("testdata/sm.json")
	if err != nil {
		tb.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		tb.Fatal(err)
	}
	if len(v.Keys) < 2 || len(v.Derivations) < 2 || len(v.Boxes) < 3 || len(v.Fields) < 1 {
		tb.Fatal("the file of vectors was cut")
	}
	return v
}

func (v vectors) private(tb testing.TB, name string) *PrivateKey {
	tb.Helper()
	key, err := ParsePrivateKey([]byte(v.Keys[name].PrivateKeyPEM))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func (v vectors) verifier(tb testing.TB, name string) *Verifier {
	tb.Helper()
	key, err := ParsePublicKey([]byte(v.Keys[name].PublicKeyPEM))
	if err != nil {
		tb.Fatal(err)
	}
	return NewVerifier(v.Keys[name].SerialNo, key)
}

func decode(tb testing.TB, text string) []byte {
	tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func TestTheKeysOfTheVectorsBelongTogether(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)
	if v.SignerID != signerID {
		t.Errorf("signer id %s", v.SignerID)
	}
	for name, k := range v.Keys {
		private := v.private(t, name)
		if !private.Public().Equal(v.verifier(t, name).key) {
			t.Errorf("%s: the halves do not match", name)
		}
		text, err := private.PEM()
		if err != nil || string(text) != k.PrivateKeyPEM {
			t.Errorf("%s: private key comes back as %s, %v", name, text, err)
		}
		if text, err = private.Public().PEM(); err != nil || string(text) != k.PublicKeyPEM {
			t.Errorf("%s: public key comes back as %s, %v", name, text, err)
		}
	}
}

func TestTheRequestOfTheVectorsVerifies(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)
	a, err := apiv3.ParseAuthorization(v.Request.Authorization)
	if err != nil {
		t.Fatal(err)
	}
	request := apiv3.Request{Method: http.MethodGet, Target: "/v3/certificates?algorithm_type=SM2"}
	if !bytes.Equal(a.Message(request), decode(t, v.Request.Message)) {
		t.Errorf("message %q", a.Message(request))
	}
	verifier := v.verifier(t, "merchant")
	if string(a.Scheme) != v.Request.Scheme || a.Scheme != verifier.Scheme() || a.Signature != v.Request.Signature || !apiv3.EqualSerial(a.Serial, verifier.Serial()) {
		t.Errorf("authorization %+v", a)
	}
	if err := a.Verify(verifier, request); err != nil {
		t.Error(err)
	}
	if err := a.Verify(v.verifier(t, "platform"), request); !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("with another key: %v", err)
	}
}

func TestTheResponseOfTheVectorsVerifies(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)
	h := http.Header{}
	for _, pair := range v.Response.Headers {
		h.Set(pair[0], pair[1])
	}
	signed, err := apiv3.ResponseSignatureOf(h)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(apiv3.ResponseMessage(signed.Timestamp, signed.Nonce, []byte(v.Response.Body)), decode(t, v.Response.Message)) || signed.Signature != v.Response.Signature {
		t.Errorf("signature %+v", signed)
	}
	if err := signed.Verify(v.verifier(t, "platform"), []byte(v.Response.Body), time.Unix(1795312800, 0)); err != nil {
		t.Error(err)
	}
	if err := signed.Verify(v.verifier(t, "platform"), []byte(v.Response.Body+" "), time.Unix(1795312800, 0)); !errors.Is(err, apiv3.ErrSignature) {
		t.Errorf("another body: %v", err)
	}
}

func TestTheKeyOfABoxIsHalfADigest(t *testing.T) {
	t.Parallel()
	for _, d := range loadVectors(t).Derivations {
		digest := sm3.Sum([]byte(d.APIv3Key))
		if got := hex.EncodeToString(digest[:]); got != d.SM3 {
			t.Errorf("%s: SM3 %s", d.APIv3Key, got)
		}
		if got := hex.EncodeToString(boxKey([]byte(d.APIv3Key))); got != d.SM4Key {
			t.Errorf("%s: key %s", d.APIv3Key, got)
		}
	}
}

func TestBoxesOfTheVectorsOpenOrAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range loadVectors(t).Boxes {
		box, err := NewBox([]byte(c.APIv3Key))
		if err != nil {
			t.Fatal(err)
		}
		want := apiv3.Sealed{Algorithm: c.Algorithm, AssociatedData: c.AssociatedData, Ciphertext: c.Ciphertext, Nonce: c.Nonce}
		plaintext, err := box.Open(want)
		if !c.Expect.Decrypts {
			if !errors.Is(err, apiv3.ErrBox) {
				t.Errorf("%s: %q, %v", c.Name, plaintext, err)
			}
			continue
		}
		if err != nil || string(plaintext) != c.Plaintext {
			t.Errorf("%s: %q, %v", c.Name, plaintext, err)
		}
		if sealed, err := box.Seal([]byte(c.Plaintext), c.Nonce, c.AssociatedData); err != nil || sealed != want {
			t.Errorf("%s: seals to %+v, %v", c.Name, sealed, err)
		}
	}
}

func TestFieldsOfTheVectorsOpen(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)
	for _, c := range v.Fields {
		plaintext, err := OpenField(v.private(t, c.Key), c.Ciphertext)
		if (err == nil) != c.Expect.Decrypts || plaintext != c.Plaintext {
			t.Errorf("%s: %q, %v", c.Name, plaintext, err)
		}
	}
}

func TestACertificateOfOpenSSLIsRead(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/certificate.pem")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := apiv3.SerialOf(c); got != "06D5CB3D5E5B33582B52F28EF3CCCF16D9E669DB" || c.Subject.CommonName != "1900000001" {
		t.Errorf("serial %s of %s", got, c.Subject)
	}
	if err := CheckIssuer(c, c); err != nil {
		t.Error(err)
	}
	changed := *c
	changed.Raw = bytes.Clone(c.Raw)
	changed.Raw[len(changed.Raw)-1] ^= 1
	if err := CheckIssuer(&changed, c); err == nil {
		t.Error("a changed signature is the issuer's")
	}
}
