package client_test

import (
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
)

// TestAClientSignsAndVerifiesWithSM2 against a platform that may answer with another key.
func TestAClientSignsAndVerifiesWithSM2(t *testing.T) {
	t.Parallel()
	mine, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	rsaSigner, err := apiv3.NewRSASigner(platformSerial, platformKey())
	if err != nil {
		t.Fatal(err)
	}
	signers := make(chan apiv3.Signer, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := apiv3.ParseAuthorization(r.Header.Get("Authorization"))
		if err != nil {
			t.Error(err)
		}
		signed := apiv3.Request{Method: r.Method, Target: r.RequestURI}
		if err := a.Verify(gm.NewVerifier(merchantSerial, mine.Public()), signed); err != nil || a.Scheme != apiv3.SchemeSM2 || a.Serial != merchantSerial {
			t.Errorf("%v with %+v", err, a)
		}
		signature, err := apiv3.SignResponse(<-signers, []byte("{}"), at())
		if err != nil {
			t.Error(err)
		}
		signature.SetHeader(w.Header())
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	c, err := client.New(client.Config{
		BaseURL: server.URL, MchID: "1900000001", Signer: gm.NewSigner(merchantSerial, mine), Now: at,
		Verifiers: []apiv3.Verifier{gm.NewVerifier(platformSerial, theirs.Public())},
	}, client.WithRetry(client.Retry{}))
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]struct {
		signer apiv3.Signer
		want   error
	}{
		"the platform's key": {gm.NewSigner(platformSerial, theirs), nil},
		"another SM2 key":    {gm.NewSigner(platformSerial, mine), apiv3.ErrSignature},
		"an unknown serial":  {gm.NewSigner(merchantSerial, theirs), apiv3.ErrUnknownSerial},
		"an RSA key":         {rsaSigner, apiv3.ErrUnknownSerial},
	} {
		signers <- answer.signer
		response, err := c.Do(t.Context(), http.MethodGet, "/v3/certificates?algorithm_type=SM2", nil)
		if !errors.Is(err, answer.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && response.SignedBy != platformSerial {
			t.Errorf("%s: signed by %s", name, response.SignedBy)
		}
	}
}

func TestASignerAndAPrivateKeyAreOneTooMany(t *testing.T) {
	t.Parallel()
	key, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.New(client.Config{PrivateKey: merchantKey(), Signer: gm.NewSigner(merchantSerial, key)}); err == nil {
		t.Error("both are accepted")
	}
	if _, err := client.New(client.Config{
		Signer: gm.NewSigner(merchantSerial, key), PlatformKeys: map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey},
	}); err != nil {
		t.Errorf("a signer with platform keys of RSA: %v", err)
	}
}
