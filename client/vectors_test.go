package client_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
)

// answerVector is an answer as a client sees it.
type answerVector struct {
	Name     string
	Key      string
	Response struct {
		Status  int
		Headers [][2]string
		Body    []byte `json:"body_base64"`
	}
	Expect struct {
		ClientAccepts bool `json:"client_accepts"`
		Reason        string
	}
}

func (v *answerVector) answer(r *http.Request) *http.Response {
	h := http.Header{}
	for _, pair := range v.Response.Headers {
		h.Set(pair[0], pair[1])
	}
	return &http.Response{StatusCode: v.Response.Status, Header: h, Body: io.NopCloser(bytes.NewReader(v.Response.Body)), Request: r}
}

func readAnswers(t *testing.T) []answerVector {
	t.Helper()
	text, err := os.ReadFile("../apiv3/testdata/response_signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []answerVector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 20 {
		t.Fatalf("only %d vectors", len(file.Cases))
	}
	return file.Cases
}

// vectorClient returns a client whose every call gets what respond says.
func vectorClient(t *testing.T, c client.Config, respond func(r *http.Request) *http.Response) *client.Client {
	t.Helper()
	c.BaseURL, c.MchID, c.SerialNo, c.PrivateKey, c.Now = "https://api.test", "1900000001", merchantSerial, merchantKey(), at
	c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) { return respond(r), nil })}
	made, err := client.New(c, client.WithRetry(client.Retry{}))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestTheAnswersOfTheVectorsAreAcceptedOrRefused for the reason that they give.
func TestTheAnswersOfTheVectorsAreAcceptedOrRefused(t *testing.T) {
	t.Parallel()
	_, keys := readVectors(t)
	reasons := map[string]error{
		"timestamp window": apiv3.ErrTimestamp, "signature": apiv3.ErrSignature,
		"unknown serial": apiv3.ErrUnknownSerial, "missing header": apiv3.ErrUnsigned, "not verified: error status": client.ErrSignError,
	}
	for _, v := range readAnswers(t) {
		if strings.Contains(v.Key, "brand") {
			continue // brands are none of ours
		}
		c := vectorClient(t, client.Config{PlatformKeys: keys}, v.answer)
		response, err := c.Get(t.Context(), "/v3/x")
		if v.Expect.ClientAccepts {
			if err != nil || response.SignedBy == "" || !bytes.Equal(response.Body, v.Response.Body) || response.Status != v.Response.Status {
				t.Errorf("%s: %+v, %v", v.Name, response, err)
			}
			continue
		}
		want, known := reasons[v.Expect.Reason]
		if !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", v.Name, err, v.Expect.Reason)
		}
		if _, unverified := errors.AsType[*client.VerificationError](err); unverified == (v.Response.Status >= 400) {
			t.Errorf("%s: %v is a verification error: %v", v.Name, err, unverified)
		}
	}
}

// TestTheCertificatesOfTheVectorsAreDownloaded: with them alone, both keys of a rotation
// verify, and others do not.
func TestTheCertificatesOfTheVectorsAreDownloaded(t *testing.T) {
	t.Parallel()
	answers := map[string]*answerVector{}
	for _, v := range readAnswers(t) {
		answers[v.Name] = &v
	}
	for name, want := range map[string]error{
		"json_platform_certificate": nil, "json_platform_certificate_b": nil, "no_content_204": nil,
		"json_public_key": apiv3.ErrUnknownSerial, "serial_unknown": apiv3.ErrUnknownSerial,
	} {
		c := vectorClient(t, client.Config{APIv3Key: apiKey, AutoCertificates: true}, func(r *http.Request) *http.Response {
			if r.URL.Path == "/v3/certificates" {
				return answers["certificates_two_during_rotation"].answer(r)
			}
			return answers[name].answer(r)
		})
		if _, err := c.Get(t.Context(), "/v3/x"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	// A merchant on the way to the public key knows that one, too.
	_, keys := readVectors(t)
	public := map[string]*rsa.PublicKey{}
	for serial, key := range keys {
		if strings.HasPrefix(serial, apiv3.PublicKeyIDPrefix) {
			public[serial] = key
		}
	}
	for _, name := range []string{"json_platform_certificate", "json_public_key"} {
		c := vectorClient(t, client.Config{APIv3Key: apiKey, AutoCertificates: true, PlatformKeys: public}, func(r *http.Request) *http.Response {
			if r.URL.Path == "/v3/certificates" {
				return answers["certificates_two_during_rotation"].answer(r)
			}
			return answers[name].answer(r)
		})
		if _, err := c.Get(t.Context(), "/v3/x"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
