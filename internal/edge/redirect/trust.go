package redirect

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
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
// Java. Some programs take one file for all, so that the roots have to be in it. Files that
// are there as they would be written stay: to encrypt a trust store takes longer than the rest
// of the start.
func (a *Authority) trust() error {
	if err := a.trustForPHP(); err != nil {
		return err
	}
	texts := rootTexts()
	if a.mark(texts) == a.writtenMark() {
		return nil
	}
	roots := firstRoots(texts)
	var bundle bytes.Buffer
	for _, c := range append([]*x509.Certificate{a.certificate}, roots...) {
		if err := pem.Encode(&bundle, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return fmt.Errorf("redirect: encode certificate: %w", err)
		}
	}
	if err := sandbox.WritePrivate(a.file(sandbox.RedirectBundleFile), bundle.Bytes()); err != nil {
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
	if err := sandbox.WritePrivate(a.file(sandbox.RedirectTrustStore), store); err != nil {
		return err
	}
	return sandbox.WritePrivate(a.file(sandbox.RedirectTrustMark), []byte(a.mark(texts)))
}

// mark tells the files of trust as they are, and what they were made of, from all others.
func (a *Authority) mark(texts [][]byte) string {
	parts := append([][]byte{a.certificate.Raw}, texts...)
	for _, name := range []string{sandbox.RedirectBundleFile, sandbox.RedirectTrustStore} {
		text, _ := os.ReadFile(a.file(name)) // one that cannot be read is written anew
		parts = append(parts, text)
	}
	sum := sha256.New()
	for _, part := range parts {
		digest := sha256.Sum256(part)
		sum.Write(digest[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// writtenMark is the mark of the files that were written last.
func (a *Authority) writtenMark() string {
	text, _ := os.ReadFile(a.file(sandbox.RedirectTrustMark))
	return string(text)
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

// rootTexts reads the files in which the system may say what it trusts.
func rootTexts() (texts [][]byte) {
	for _, path := range systemRoots() {
		info, err := os.Stat(path)
		if err != nil || info.Size() > maxRoots {
			continue
		}
		if text, err := os.ReadFile(path); err == nil {
			texts = append(texts, text)
		}
	}
	return texts
}

// firstRoots returns what the system trusts, as far as it can be told.
func firstRoots(texts [][]byte) []*x509.Certificate {
	for _, text := range texts {
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
