package redirect_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/sandbox"
)

// forge signs a certificate for a host with the key of a data directory.
func forge(t *testing.T, dir, host string, now time.Time) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(read(t, dir, sandbox.RedirectKeyFile))
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), NotBefore: now, NotAfter: now.AddDate(0, 0, 1),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, certificate(t, dir), &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return forged
}
