package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/server"
)

// writeCertificate makes a certificate for this machine and returns it with its files.
func writeCertificate(t *testing.T, dir, name string) (server.TLSFiles, *x509.Certificate) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: clock.System{}.Now().Add(-time.Hour), NotAfter: clock.System{}.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	files := server.TLSFiles{Certificate: filepath.Join(dir, name+".crt"), Key: filepath.Join(dir, name+".key")}
	writePEM(t, files.Certificate, "CERTIFICATE", der)
	writePEM(t, files.Key, "PRIVATE KEY", key)
	return files, made
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// fetchTLS trusts one certificate and offers HTTP/2.
func fetchTLS(t *testing.T, url string, trusted *x509.Certificate) (*http.Response, error) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(trusted)
	transport := &http.Transport{DisableKeepAlives: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := transport.RoundTrip(request)
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
	return answer, err
}

func TestBothPortsSpeakTLSAndHTTP1Only(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	var api, manage *x509.Certificate
	c.TLS, api = writeCertificate(t, t.TempDir(), "api")
	c.ManageTLS, manage = writeCertificate(t, t.TempDir(), "manage")
	r := start(t, c)
	defer r.finish(t)
	for _, port := range []struct {
		url     string
		trusted *x509.Certificate
		status  int
	}{
		{r.APIURL() + "/v3/certificates", api, http.StatusBadRequest},
		{r.ManageURL() + "/healthz", manage, http.StatusOK},
	} {
		answer, err := fetchTLS(t, port.url, port.trusted)
		if err != nil || answer.StatusCode != port.status || answer.ProtoMajor != 1 {
			t.Errorf("%s gives %+v, %v", port.url, answer, err)
		}
	}
	if status, body := fetch(t, strings.Replace(r.ManageURL(), "https:", "http:", 1)); status != http.StatusBadRequest {
		t.Errorf("plain HTTP gets %d %s", status, body)
	}
}

// TestARenewedCertificateIsTakenUp replaces the files in two steps: between them, they do not
// fit together, and the former certificate stays in force.
func TestARenewedCertificateIsTakenUp(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	now := clock.NewManual(clock.System{}.Now())
	c.Clock = now
	dir := t.TempDir()
	var former *x509.Certificate
	c.ManageTLS, former = writeCertificate(t, dir, "used")
	r := start(t, c)
	defer r.finish(t)
	proves := func(trusted *x509.Certificate) {
		t.Helper()
		now.Set(now.Now().Add(time.Minute))
		if _, err := fetchTLS(t, r.ManageURL()+"/healthz", trusted); err != nil {
			t.Error(err)
		}
	}
	proves(former)
	files, renewed := writeCertificate(t, dir, "renewed")
	replace := func(from, to string) {
		t.Helper()
		later := clock.System{}.Now().Add(time.Hour) // whatever the file system's steps of time
		if err := os.Chtimes(from, later, later); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	replace(files.Certificate, c.ManageTLS.Certificate)
	proves(former)
	replace(files.Key, c.ManageTLS.Key)
	proves(renewed)
	if err := os.Remove(c.ManageTLS.Key); err != nil {
		t.Fatal(err)
	}
	proves(renewed)
}

func TestTLSFilesThatDoNotFitAreRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	one, _ := writeCertificate(t, t.TempDir(), "one")
	other, _ := writeCertificate(t, t.TempDir(), "other")
	for name, files := range map[string]server.TLSFiles{
		"another's key":  {Certificate: one.Certificate, Key: other.Key},
		"no file":        {Certificate: one.Certificate, Key: other.Key + "x"},
		"no certificate": {Certificate: one.Key, Key: one.Key},
	} {
		c := freshConfig(t)
		c.TLS = files
		_, err := server.New(t.Context(), c)
		if fault.KindOf(err) != fault.Refused || !strings.HasPrefix(err.Error(), "The TLS certificate ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
