package explain_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/sandbox/explain"
)

func certificateSM2(t *testing.T, key *gm.PrivateKey) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{CommonName: mchid}, NotBefore: at(), NotAfter: at().AddDate(1, 0, 0)}
	c, err := gm.CreateCertificate(template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// TestSignaturesOfSM2AreExplainedToo though they do not give back what was signed.
func TestSignaturesOfSM2AreExplainedToo(t *testing.T) {
	t.Parallel()
	own, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	with := known()
	with.Keys[0].PEM = certificateSM2(t, own)
	with.Keys[2].PEM = certificateSM2(t, other)
	for name, c := range map[string]struct {
		key     *gm.PrivateKey
		message string
		change  func(string) string
		want    []explain.Cause
		says    string
	}{
		"right":              {own, message("GET", target, ""), nil, []explain.Cause{explain.None}, "right"},
		"a lower-cased URL":  {own, message("GET", strings.ToLower(target), ""), nil, []explain.Cause{explain.URLCase}, "lower-cased"},
		"two things":         {own, strings.TrimSuffix(message("get", target, ""), "\n"), nil, []explain.Cause{explain.BodyLineMissing, explain.MethodCase}, "fifth line"},
		"another's key":      {other, message("GET", target, ""), nil, []explain.Cause{explain.KeyOfOther}, otherMchid},
		"nobody knows":       {own, "something", nil, []explain.Cause{explain.MessageUnknown}, "or the private key"},
		"the scheme of RSA":  {own, message("GET", target, ""), replaceScheme, []explain.Cause{explain.SchemeOfOtherKey}, "SM2-WITH-SM3"},
		"a signature of RSA": {nil, message("GET", target, ""), nil, []explain.Cause{explain.KeyOfOther}, secondOwn},
	} {
		s := sample{target: target, message: c.message, header: func(h string) string {
			h = strings.Replace(h, "WECHATPAY2-SHA256-RSA2048", "WECHATPAY2-SM2-WITH-SM3", 1)
			if c.change != nil {
				h = c.change(h)
			}
			return h
		}}
		if c.key == nil {
			s.sign = signWith(made().second)
		} else {
			s.sign = func(m []byte) []byte {
				text, err := gm.NewSigner(serial, c.key).Sign(m)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := apiv3.DecodeBase64(text)
				if err != nil {
					t.Fatal(err)
				}
				return raw
			}
		}
		f := explain.Signature(s.request(), with)
		if fmt.Sprint(f.Causes) != fmt.Sprint(c.want) || !strings.Contains(f.Text.EN, c.says) {
			t.Errorf("%s: %v %s", name, f.Causes, f.Text.EN)
		}
		expectSentence(t, &f)
	}
}

func replaceScheme(h string) string {
	return strings.Replace(h, "WECHATPAY2-SM2-WITH-SM3", "WECHATPAY2-SHA256-RSA2048", 1)
}
