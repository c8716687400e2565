package apiv3_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
)

// FuzzKeysAreReadOrRefused reads whatever somebody may paste as a certificate or a key: what is
// taken can be used.
func FuzzKeysAreReadOrRefused(f *testing.F) {
	for _, seed := range []string{
		"", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n", "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
		"-----BEGIN X-----\nA: B\n\nMAA=\n-----END X-----\n",
	} {
		f.Add([]byte(seed))
	}
	for _, text := range pemSeeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if certificate, err := apiv3.ParseCertificate(text); err == nil {
			if serial := apiv3.SerialOf(certificate); serial == "" {
				t.Error("a certificate without a serial")
			}
			if key, err := apiv3.CertificateRSAKey(certificate); err == nil {
				_, _ = apiv3.NewRSAVerifier("1", key)
			}
		}
		if key, err := apiv3.ParseRSAPublicKey(text); err == nil {
			if verifier, err := apiv3.NewRSAVerifier("1", key); err == nil && verifier.Verify(text, "AAAA") == nil {
				t.Error("nonsense verifies")
			}
		}
		if key, err := apiv3.ParseRSAPrivateKey(text); err == nil {
			if signer, err := apiv3.NewRSASigner("1", key); err == nil {
				if _, err := signer.Sign(text); err != nil {
					t.Errorf("a key that was taken does not sign: %v", err)
				}
			}
		}
	})
}

// pemSeeds are the keys and certificates of the vectors.
func pemSeeds(tb testing.TB) (texts [][]byte) {
	tb.Helper()
	content, err := os.ReadFile("testdata/keys.json")
	if err != nil {
		tb.Fatal(err)
	}
	var root any
	if err := json.Unmarshal(content, &root); err != nil {
		tb.Fatal(err)
	}
	for queue := []any{root}; len(queue) > 0; queue = queue[1:] {
		switch typed := queue[0].(type) {
		case map[string]any:
			for _, member := range typed {
				queue = append(queue, member)
			}
		case string:
			if strings.HasPrefix(typed, "-----BEGIN") {
				texts = append(texts, []byte(typed))
			}
		}
	}
	if len(texts) == 0 {
		tb.Fatal("the vectors have no keys")
	}
	return texts
}
