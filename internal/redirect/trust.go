package redirect

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/favord/favord/internal/sandbox"
)

// systemRoots are files in which systems keep the certificates that they trust, the first
// that is there counts: Debian, Fedora, openSUSE, RHEL, Alpine, macOS and the BSDs. Windows
// has none; programs there trust the redirect alone while they run under it.
func systemRoots() []string {
	return []string{
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
		"/etc/ssl/cert.pem",
		"/usr/local/share/certs/ca-root-nss.crt",
	}
}

// maxRoots is the largest file of certificates that is read, in bytes.
const maxRoots = 4 << 20

// trust writes the files by which programs come to trust the authority: beside the
// certificate itself one in PEM with the system's roots, and the same as a trust store for
// Java. Some programs take one file for all, so that the roots have to be in it.
func (a *Authority) trust() error {
	roots := readRoots()
	var bundle bytes.Buffer
	for _, c := range append([]*x509.Certificate{a.certificate}, roots...) {
		if err := pem.Encode(&bundle, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return fmt.Errorf("redirect: encode certificate: %w", err)
		}
	}
	if err := sandbox.WritePrivate(a.file(sandbox.RedirectBundleFile), bundle.Bytes()); err != nil {
		return err
	}
	if err := a.trustForPHP(); err != nil {
		return err
	}
	entries := []pkcs12.TrustStoreEntry{{Cert: a.certificate, FriendlyName: "favord"}}
	for i, c := range roots { // of entries with one name Java keeps the last
		entries = append(entries, pkcs12.TrustStoreEntry{Cert: c, FriendlyName: fmt.Sprintf("system-%d", i)})
	}
	// The form that every Java since 8 reads. Its ciphers are weak, and what they hide is
	// public.
	store, err := pkcs12.LegacyDES.EncodeTrustStoreEntries(entries, sandbox.TrustStorePassword)
	if err != nil {
		return fmt.Errorf("redirect: encode trust store: %w", err)
	}
	return sandbox.WritePrivate(a.file(sandbox.RedirectTrustStore), store)
}

// trustForPHP writes settings that name the bundle.
func (a *Authority) trustForPHP() error {
	dir := a.file(sandbox.RedirectPHPDir)
	const ownerOnly = 0o700
	if err := os.MkdirAll(dir, ownerOnly); err != nil {
		return fmt.Errorf("redirect: settings for PHP: %w", err)
	}
	bundle := `"` + strings.ReplaceAll(a.file(sandbox.RedirectBundleFile), `"`, `\"`) + `"`
	settings := "curl.cainfo = " + bundle + "\nopenssl.cafile = " + bundle + "\n"
	return sandbox.WritePrivate(filepath.Join(dir, "favord.ini"), []byte(settings))
}

// readRoots returns what the system trusts, as far as it can be told.
func readRoots() []*x509.Certificate {
	for _, path := range systemRoots() {
		info, err := os.Stat(path)
		if err != nil || info.Size() > maxRoots {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if roots := parseRoots(text); len(roots) > 0 {
			return roots
		}
	}
	return nil
}

func parseRoots(text []byte) []*x509.Certificate {
	var roots []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil { // some roots are older than the rules
			roots = append(roots, c)
		}
	}
	return roots
}
