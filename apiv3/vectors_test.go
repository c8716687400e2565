package apiv3_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
)

// The vectors in testdata were made with OpenSSL and checked with official SDKs;
// every key in them is marked test only.

type keyFile struct {
	Merchants            map[string]vectorKey `json:"merchants"`
	Brands               map[string]vectorKey `json:"brands"`
	PlatformCertificates map[string]vectorKey `json:"platform_certificates"`
	PublicKeys           map[string]vectorKey `json:"wechatpay_public_keys"`
	Stranger             vectorKey            `json:"stranger"`
}

type vectorKey struct {
	MchID          string `json:"mchid"`
	BrandID        string `json:"brand_id"`
	OwnerMchID     string `json:"owner_mchid"`
	SerialNo       string `json:"serial_no"`
	ID             string `json:"id"`
	PrivateKeyPEM  string `json:"private_key_pem"`
	CertificatePEM string `json:"certificate_pem"`
	PublicKeyPEM   string `json:"public_key_pem"`
	APIv3Key       string `json:"apiv3_key"`
	BrandAPIKey    string `json:"brand_api_key"`
}

func (k vectorKey) serial() string {
	if k.ID != "" {
		return k.ID
	}
	return k.SerialNo
}

func (f keyFile) named(name string) vectorKey {
	for _, group := range []map[string]vectorKey{f.Merchants, f.Brands, f.PlatformCertificates, f.PublicKeys} {
		if k, ok := group[name]; ok {
			return k
		}
	}
	return f.Stranger
}

func (f keyFile) apiKey(name string) string {
	k := f.named(name)
	if k.BrandAPIKey != "" {
		return k.BrandAPIKey
	}
	return k.APIv3Key
}

type requestVector struct {
	Name        string `json:"name"`
	ServerClock int64  `json:"server_clock"`
	Request     struct {
		Method     string      `json:"method"`
		Target     string      `json:"target"`
		Headers    [][2]string `json:"headers"`
		BodyBase64 string      `json:"body_base64"`
	} `json:"request"`
	Signing struct {
		Scheme        string `json:"scheme"`
		Identity      string `json:"identity"`
		SerialNo      string `json:"serial_no"`
		Timestamp     string `json:"timestamp"`
		NonceStr      string `json:"nonce_str"`
		Signature     string `json:"signature"`
		Key           string `json:"key"`
		ClientMessage string `json:"client_message_base64"`
		ServerMessage string `json:"server_message_base64"`
	} `json:"signing"`
	Expect struct {
		Accept  bool            `json:"accept"`
		Status  int             `json:"http_status"`
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	} `json:"expect"`
}

func (v requestVector) header(name string) string {
	for _, h := range v.Request.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// signed returns the request as the signature has to cover it.
func (v requestVector) signed(t *testing.T) apiv3.Request {
	t.Helper()
	body := decode(t, v.Request.BodyBase64)
	if contentType := v.header("Content-Type"); apiv3.IsUpload(contentType) {
		meta, err := apiv3.UploadMeta(contentType, body)
		if err != nil && !errors.Is(err, apiv3.ErrNoMeta) {
			t.Fatalf("meta part: %v", err)
		}
		body = meta
	}
	return apiv3.Request{Method: v.Request.Method, Target: v.Request.Target, Body: body}
}

func TestEveryAcceptedRequestVerifies(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, v := range load[requestVector](t, "request_signatures.json", 25) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			a, err := apiv3.ParseAuthorization(v.header("Authorization"))
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			if got := a.String(); got != v.header("Authorization") {
				t.Errorf("String gives %q, want the header back", got)
			}
			if a.Identity != v.Signing.Identity || string(a.Scheme) != v.Signing.Scheme {
				t.Errorf("identity %q scheme %q", a.Identity, a.Scheme)
			}
			if err := apiv3.CheckTimestamp(a.Timestamp, time.Unix(v.ServerClock, 0)); err != nil {
				t.Errorf("timestamp: %v", err)
			}
			r := v.signed(t)
			if want := decode(t, v.Signing.ServerMessage); !bytes.Equal(a.Message(r), want) {
				t.Errorf("message\n%q\nwant\n%q", a.Message(r), want)
			}
			key := keys.named(v.Signing.Key)
			if !apiv3.EqualSerial(a.Serial, key.SerialNo) {
				t.Errorf("serial %q does not name %q", a.Serial, key.SerialNo)
			}
			if err := a.Verify(verifierOf(t, key, a.Scheme), r); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

func TestSigningTheVectorsGivesTheirSignatures(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, v := range load[requestVector](t, "request_signatures.json", 25) {
		got, err := signerOf(t, keys.named(v.Signing.Key), apiv3.Scheme(v.Signing.Scheme)).Sign(decode(t, v.Signing.ClientMessage))
		if err != nil || got != v.Signing.Signature {
			t.Errorf("%s: signature %q, %v; want %q", v.Name, got, err, v.Signing.Signature)
		}
	}
}

// TestEveryRejectedRequestFailsForItsReason covers the stages that this package
// decides; the header checks before them (Accept, User-Agent) and the choice of
// the key are the server's, which runs the same file.
func TestEveryRejectedRequestFailsForItsReason(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, v := range load[requestVector](t, "request_negative.json", 62) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			a, err := apiv3.ParseAuthorization(v.header("Authorization"))
			switch reason := v.Expect.Message; {
			case v.Expect.Status == http.StatusBadRequest:
				return
			case strings.Contains(reason, "值格式错误"):
				if !errors.Is(err, apiv3.ErrAuthorizationFormat) {
					t.Errorf("parse gives %v, want a format error", err)
				}
			case strings.Contains(reason, "认证类型不正确"):
				onWrongPath := err == nil && (a.Scheme == apiv3.SchemeBrandRSA) != strings.HasPrefix(v.Request.Target, "/brand/")
				if !errors.Is(err, apiv3.ErrScheme) && !onWrongPath {
					t.Errorf("parse gives %v, want a scheme error", err)
				}
			case strings.Contains(reason, "timestamp"):
				if err := apiv3.CheckTimestamp(a.Timestamp, time.Unix(v.ServerClock, 0)); !errors.Is(err, apiv3.ErrTimestamp) {
					t.Errorf("timestamp gives %v, want a window error", err)
				}
			case strings.Contains(reason, "序列号有误"):
				if owned := keys.ownerOf(a.Serial); owned == a.Identity {
					t.Errorf("serial %q belongs to %q after all", a.Serial, a.Identity)
				}
			default:
				v.checkMismatch(t, keys, a)
			}
		})
	}
}

func (v requestVector) checkMismatch(t *testing.T, keys keyFile, a apiv3.Authorization) {
	t.Helper()
	r := v.signed(t)
	key := keys.bySerial(a.Serial)
	if err := a.Verify(verifierOf(t, key, a.Scheme), r); !errors.Is(err, apiv3.ErrSignature) {
		t.Fatalf("verify gives %v, want a signature error", err)
	}
	got, err := json.Marshal(apiv3.NewSignDetail(&a, r))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parseJSON(t, v.Expect.Detail), parseJSON(t, got)); diff != "" {
		t.Errorf("detail (-want +got):\n%s", diff)
	}
}

func (f keyFile) bySerial(serial string) vectorKey {
	for _, k := range f.Merchants {
		if apiv3.EqualSerial(k.SerialNo, serial) {
			return k
		}
	}
	return f.Stranger
}

func (f keyFile) ownerOf(serial string) string { return f.bySerial(serial).MchID }

type responseVector struct {
	Name        string `json:"name"`
	ClientClock int64  `json:"client_clock"`
	Key         string `json:"key"`
	Message     string `json:"message_base64"`
	Signature   string `json:"signature"`
	Response    struct {
		Status     int         `json:"status"`
		Headers    [][2]string `json:"headers"`
		BodyBase64 string      `json:"body_base64"`
	} `json:"response"`
	Request struct {
		Headers    [][2]string `json:"headers"`
		BodyBase64 string      `json:"body_base64"`
	} `json:"request"`
	APIKey        string   `json:"api_key"`
	PlaintextText string   `json:"plaintext_text"`
	DecryptsTo    []string `json:"decrypts_to"`
	APIv3KeyOf    string   `json:"apiv3_key_of"`
	Expect        struct {
		Accepts bool   `json:"client_accepts"`
		Reason  string `json:"reason"`
	} `json:"expect"`
}

// reasons says which error stands for which stated reason.
func reasons() map[string]error {
	return map[string]error{
		"timestamp window":               apiv3.ErrTimestamp,
		"signature":                      apiv3.ErrSignature,
		"unknown serial":                 apiv3.ErrUnknownSerial,
		"missing header":                 apiv3.ErrUnsigned,
		"not verified: error status":     apiv3.ErrUnsigned,
		"decryption":                     nil, // the signature is right
		"signature verifies, AEAD fails": nil,
	}
}

func (v responseVector) verify(t *testing.T, keys keyFile, header http.Header, body []byte) error {
	t.Helper()
	signature, err := apiv3.ResponseSignatureOf(header)
	if err != nil {
		return err
	}
	for _, group := range []map[string]vectorKey{keys.PlatformCertificates, keys.PublicKeys} {
		for _, key := range group {
			if apiv3.EqualSerial(key.serial(), signature.Serial) {
				return signature.Verify(verifierOf(t, key, signature.Type), body, time.Unix(v.ClientClock, 0))
			}
		}
	}
	return signature.Verify(verifierOf(t, keys.named("platform_a"), apiv3.SchemeRSA), body, time.Unix(v.ClientClock, 0))
}

func TestResponsesAreSignedAndJudgedAsClientsDo(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, v := range load[responseVector](t, "response_signatures.json", 20) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			header, body := headerOf(v.Response.Headers), decode(t, v.Response.BodyBase64)
			err := v.verify(t, keys, header, body)
			if v.Expect.Accepts && err != nil || !v.Expect.Accepts && !errors.Is(err, reasons()[v.Expect.Reason]) {
				t.Errorf("verify gives %v; want accepted=%v for %q", err, v.Expect.Accepts, v.Expect.Reason)
			}
			if !v.Expect.Accepts {
				return
			}
			scheme := apiv3.Scheme(header.Get(apiv3.HeaderSignatureType))
			message := apiv3.ResponseMessage(header.Get(apiv3.HeaderTimestamp), header.Get(apiv3.HeaderNonce), body)
			got, err := signerOf(t, keys.named(v.Key), scheme).Sign(message)
			if err != nil || got != v.Signature {
				t.Errorf("signature %q, %v; want %q", got, err, v.Signature)
			}
		})
	}
}

func TestTheCertificatesAnswerDecrypts(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	checked := 0
	for _, v := range load[responseVector](t, "response_signatures.json", 20) {
		if len(v.DecryptsTo) == 0 {
			continue
		}
		var answer struct {
			Data []struct {
				SerialNo string       `json:"serial_no"`
				Sealed   apiv3.Sealed `json:"encrypt_certificate"`
			} `json:"data"`
		}
		if err := json.Unmarshal(decode(t, v.Response.BodyBase64), &answer); err != nil {
			t.Fatal(err)
		}
		for i, entry := range answer.Data {
			plain := open(t, keys.apiKey(v.APIv3KeyOf), entry.Sealed)
			c, err := apiv3.ParseCertificate(plain)
			if err != nil {
				t.Fatal(err)
			}
			if apiv3.SerialOf(c) != entry.SerialNo || entry.SerialNo != v.DecryptsTo[i] {
				t.Errorf("serial %s in the certificate, %s listed, %s expected", apiv3.SerialOf(c), entry.SerialNo, v.DecryptsTo[i])
			}
			checked++
		}
	}
	if checked != 2 {
		t.Errorf("%d certificates checked, want 2", checked)
	}
}

func TestNotificationsVerifyAndOpen(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, v := range load[responseVector](t, "notifications.json", 8) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			body := decode(t, v.Request.BodyBase64)
			err := v.verify(t, keys, headerOf(v.Request.Headers), body)
			if want := reasons()[v.Expect.Reason]; !errors.Is(err, want) {
				t.Fatalf("verify gives %v, want %v", err, want)
			}
			if err != nil {
				return
			}
			var n struct {
				Resource apiv3.Sealed `json:"resource"`
			}
			if err := json.Unmarshal(body, &n); err != nil {
				t.Fatal(err)
			}
			box, err := apiv3.NewBox([]byte(v.APIKey))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := box.Open(n.Resource)
			if v.Expect.Reason == "decryption" {
				if !errors.Is(err, apiv3.ErrBox) {
					t.Errorf("open gives %v, want an error", err)
				}
				return
			}
			if err != nil || string(plain) != v.PlaintextText {
				t.Errorf("open gives %q, %v", plain, err)
			}
		})
	}
}

type boxVector struct {
	Name            string `json:"name"`
	Algorithm       string `json:"algorithm"`
	Key             string `json:"key"`
	Nonce           string `json:"nonce"`
	AssociatedData  string `json:"associated_data"`
	PlaintextBase64 string `json:"plaintext_base64"`
	Ciphertext      string `json:"ciphertext"`
	Expect          struct {
		Decrypts bool `json:"decrypts"`
	} `json:"expect"`
}

func TestBoxesSealAndOpenByteForByte(t *testing.T) {
	t.Parallel()
	for _, v := range load[boxVector](t, "aes_gcm.json", 17) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			box, err := apiv3.NewBox([]byte(v.Key))
			if err != nil {
				t.Fatal(err)
			}
			sealed := apiv3.Sealed{Algorithm: v.Algorithm, AssociatedData: v.AssociatedData, Ciphertext: v.Ciphertext, Nonce: v.Nonce}
			got, err := box.Open(sealed)
			if !v.Expect.Decrypts {
				if !errors.Is(err, apiv3.ErrBox) {
					t.Errorf("open gives %v, want an error", err)
				}
				return
			}
			want := decode(t, v.PlaintextBase64)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("open gives %q, %v", got, err)
			}
			again, err := box.Seal(want, v.Nonce, v.AssociatedData)
			if diff := cmp.Diff(sealed, again); err != nil || diff != "" {
				t.Errorf("seal gives %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

type fieldVector struct {
	Name            string `json:"name"`
	Key             string `json:"key"`
	WechatpaySerial string `json:"wechatpay_serial"`
	PlaintextText   string `json:"plaintext_text"`
	Ciphertext      string `json:"ciphertext"`
	Expect          struct {
		Decrypts *bool  `json:"decrypts"`
		Message  string `json:"message"`
	} `json:"expect"`
}

func TestSensitiveFieldsOpenOrSayWhyNot(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	texts := map[string]error{
		"平台私钥解密失败":           apiv3.ErrField,
		"请确认待处理的消息是否为加密后的密文": apiv3.ErrNotCiphertext,
	}
	for _, v := range load[fieldVector](t, "oaep.json", 12) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if v.Expect.Decrypts == nil {
				if _, known := keys.PlatformCertificates[v.Key]; known && apiv3.EqualSerial(keys.named(v.Key).serial(), v.WechatpaySerial) {
					t.Error("the named key exists after all")
				}
				return
			}
			key, err := apiv3.ParseRSAPrivateKey([]byte(keys.named(v.Key).PrivateKeyPEM))
			if err != nil {
				t.Fatal(err)
			}
			got, err := apiv3.OpenField(key, v.Ciphertext)
			if want := texts[v.Expect.Message]; got != v.PlaintextText || !errors.Is(err, want) {
				t.Errorf("open gives %q, %v; want %q, %v", got, err, v.PlaintextText, want)
			}
		})
	}
}

func TestEveryKeyOfTheVectorsLoads(t *testing.T) {
	t.Parallel()
	keys := loadKeys(t)
	for _, group := range []map[string]vectorKey{keys.Merchants, keys.Brands, keys.PlatformCertificates} {
		for name, k := range group {
			c, err := apiv3.ParseCertificate([]byte(k.CertificatePEM))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if apiv3.SerialOf(c) != k.SerialNo {
				t.Errorf("%s: serial %s, want %s", name, apiv3.SerialOf(c), k.SerialNo)
			}
		}
	}
}

// TestNoVectorFileIsForgotten fails when a file of vectors has no test.
func TestNoVectorFileIsForgotten(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"aes_gcm.json", "keys.json", "notifications.json", "oaep.json", "request_negative.json",
		"request_signatures.json", "response_signatures.json",
	}
	got := make([]string, 0, len(files))
	for _, f := range files {
		got = append(got, filepath.Base(f))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vector files (-tested +present):\n%s", diff)
	}
}

func loadKeys(t *testing.T) keyFile {
	t.Helper()
	var f keyFile
	readJSON(t, "keys.json", &f)
	return f
}

// load reads the cases of a vector file and insists on a least number of them, so
// that a truncated file cannot pass.
func load[T any](t *testing.T, file string, atLeast int) []T {
	t.Helper()
	var f struct {
		Cases []T `json:"cases"`
	}
	readJSON(t, file, &f)
	if len(f.Cases) < atLeast {
		t.Fatalf("%s has %d cases, want at least %d", file, len(f.Cases), atLeast)
	}
	return f.Cases
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func parseJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatalf("base64 %s: %v", strconv.Quote(text), err)
	}
	return raw
}

func headerOf(pairs [][2]string) http.Header {
	h := http.Header{}
	for _, p := range pairs {
		h.Add(p[0], p[1])
	}
	return h
}

func open(t *testing.T, key string, sealed apiv3.Sealed) []byte {
	t.Helper()
	box, err := apiv3.NewBox([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := box.Open(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func verifierOf(t *testing.T, k vectorKey, scheme apiv3.Scheme) apiv3.Verifier {
	t.Helper()
	key, err := apiv3.ParseRSAPublicKey([]byte(k.PublicKeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	v, err := apiv3.NewRSAVerifier(k.serial(), key)
	if err != nil {
		t.Fatal(err)
	}
	if scheme == apiv3.SchemeBrandRSA {
		return v.Brand()
	}
	return v
}

func signerOf(t *testing.T, k vectorKey, scheme apiv3.Scheme) apiv3.Signer {
	t.Helper()
	key, err := apiv3.ParseRSAPrivateKey([]byte(k.PrivateKeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	s, err := apiv3.NewRSASigner(k.serial(), key)
	if err != nil {
		t.Fatal(err)
	}
	if scheme == apiv3.SchemeBrandRSA {
		return s.Brand()
	}
	return s
}
