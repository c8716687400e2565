package redirect_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/redirect"
	"github.com/favord/favord/internal/sandbox"
)

func open(t *testing.T, dir string, at time.Time) *redirect.Authority {
	t.Helper()
	a, err := redirect.OpenAuthority(dir, clock.Fixed(at))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func certificate(t *testing.T, dir string) *x509.Certificate {
	t.Helper()
	c, err := apiv3.ParseCertificate(read(t, dir, sandbox.RedirectCAFile))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// leaf returns what a client of the redirect is shown.
func leaf(t *testing.T, a *redirect.Authority) *x509.Certificate {
	t.Helper()
	shown, err := a.GetCertificate(&tls.ClientHelloInfo{ServerName: "api.mch.weixin.qq.com"})
	if err != nil {
		t.Fatal(err)
	}
	return shown.Leaf
}

func verify(c, authority *x509.Certificate, at time.Time, host string) error {
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	_, err := c.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, DNSName: host})
	return err
}

func TestAnAuthorityIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	open(t, dir, now)
	first := certificate(t, dir)
	open(t, dir, now.AddDate(0, 0, 59))
	if second := certificate(t, dir); !second.Equal(first) {
		t.Error("after 59 days there is another certificate")
	}
	if days := first.NotAfter.Sub(now).Hours() / 24; days != 90 {
		t.Errorf("it is good for %v days", days)
	}
	for _, name := range []string{sandbox.RedirectKeyFile, sandbox.RedirectCAFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
	other := t.TempDir()
	open(t, other, now)
	if certificate(t, other).Equal(first) || bytes.Equal(read(t, dir, sandbox.RedirectKeyFile), read(t, other, sandbox.RedirectKeyFile)) {
		t.Error("two data directories share an authority")
	}
}

// TestARenewedAuthorityIsTrustedByThoseWhoTrustTheOneBefore until that one ends.
func TestARenewedAuthorityIsTrustedByThoseWhoTrustTheOneBefore(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	moving := clock.NewManual(now)
	a, err := redirect.OpenAuthority(dir, moving)
	if err != nil {
		t.Fatal(err)
	}
	before := certificate(t, dir)
	later := now.AddDate(0, 0, 61)
	moving.Set(later) // the sandbox has been running all the time
	shown := leaf(t, a)
	after := certificate(t, dir)
	if after.Equal(before) || !after.NotAfter.Equal(later.AddDate(0, 0, 90)) {
		t.Errorf("with 29 days left it is good until %s", after.NotAfter)
	}
	for name, authority := range map[string]*x509.Certificate{"the one before": before, "the renewed one": after} {
		if err := verify(shown, authority, later, "api.mch.weixin.qq.com"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !bytes.Contains(read(t, dir, sandbox.RedirectBundleFile), read(t, dir, sandbox.RedirectCAFile)) {
		t.Error("the bundle has the old one")
	}
}

// TestTheAuthorityCanVouchForNobodyElse has it sign a certificate for another host, as a
// thief of its key would.
func TestTheAuthorityCanVouchForNobodyElse(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	a := open(t, dir, now)
	authority := certificate(t, dir)
	if !authority.PermittedDNSDomainsCritical || !authority.MaxPathLenZero || !authority.IsCA {
		t.Errorf("constraints: %+v", authority)
	}
	for host, good := range map[string]bool{
		"api.mch.weixin.qq.com": true, "api2.mch.weixin.qq.com": true, "api.wechatpay.cn": true, "api2.wechatpay.cn": true,
		"mch.weixin.qq.com": false, "a.b.mch.weixin.qq.com": false, "pay.weixin.qq.com": false, "127.0.0.1": false,
	} {
		if err := verify(leaf(t, a), authority, now, host); (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"example.com", "weixin.qq.com", "api3.wechatpay.cn", "127.0.0.1"} {
		if forged := forge(t, dir, host, now); verify(forged, authority, now, host) == nil {
			t.Errorf("a certificate for %s is believed", host)
		}
	}
	if _, err := a.GetCertificate(&tls.ClientHelloInfo{ServerName: "example.com"}); err == nil {
		t.Error("it shows itself as example.com")
	}
	if _, err := a.GetCertificate(&tls.ClientHelloInfo{}); err != nil {
		t.Errorf("without a name: %v", err)
	}
}

func TestTrustFilesHoldTheAuthorityAndTheSystemsRoots(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	open(t, dir, now)
	bundle := pool(t, filepath.Join(dir, sandbox.RedirectBundleFile))
	certs, err := pkcs12.DecodeTrustStore(read(t, dir, sandbox.RedirectTrustStore), sandbox.TrustStorePassword)
	if err != nil {
		t.Fatal(err)
	}
	inJava := x509.NewCertPool()
	for _, c := range certs {
		inJava.AddCert(c)
	}
	if !inJava.Equal(bundle) || !certs[0].Equal(certificate(t, dir)) {
		t.Errorf("%d certificates for Java differ from those in PEM", len(certs))
	}
}

func TestTrustFilesAreWrittenAgainOnlyWhenTheyAreNotAsTheyWere(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	open(t, dir, now)
	store, bundle := filepath.Join(dir, sandbox.RedirectTrustStore), filepath.Join(dir, sandbox.RedirectBundleFile)
	encrypted := read(t, dir, sandbox.RedirectTrustStore) // with fresh salt each time
	open(t, dir, now)
	if !bytes.Equal(read(t, dir, sandbox.RedirectTrustStore), encrypted) {
		t.Error("it was encrypted again although nothing changed")
	}
	for name, damage := range map[string]func() error{
		"store removed":  func() error { return os.Remove(store) },
		"store damaged":  func() error { return os.WriteFile(store, []byte("x"), 0o600) },
		"bundle damaged": func() error { return os.WriteFile(bundle, []byte("x"), 0o600) },
		"mark removed":   func() error { return os.Remove(filepath.Join(dir, sandbox.RedirectTrustMark)) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		open(t, dir, now)
		if _, err := pkcs12.DecodeTrustStore(read(t, dir, sandbox.RedirectTrustStore), sandbox.TrustStorePassword); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Contains(read(t, dir, sandbox.RedirectBundleFile), read(t, dir, sandbox.RedirectCAFile)) {
			t.Errorf("%s: the bundle lacks the authority", name)
		}
	}
}

func TestDamagedOrOpenFilesAreRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(dir string) error{
		"key": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, sandbox.RedirectKeyFile), []byte("x"), 0o600)
		},
		"certificate": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, sandbox.RedirectCAFile), []byte("x"), 0o600)
		},
		"open": func(dir string) error { return os.Chmod(filepath.Join(dir, sandbox.RedirectKeyFile), 0o644) },
	} {
		dir, now := t.TempDir(), time.Unix(1795312800, 0)
		open(t, dir, now)
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		_, err := redirect.OpenAuthority(dir, clock.Fixed(now))
		if refusal := fault.Of(err); fault.KindOf(err) != fault.Refused || refusal.Text.ZH == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestALostKeyMakesANewAuthority whose certificate takes the place of the one that is
// useless without its key.
func TestALostKeyMakesANewAuthority(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Unix(1795312800, 0)
	open(t, dir, now)
	before := certificate(t, dir)
	if err := os.Remove(filepath.Join(dir, sandbox.RedirectKeyFile)); err != nil {
		t.Fatal(err)
	}
	a := open(t, dir, now)
	if after := certificate(t, dir); after.Equal(before) || verify(leaf(t, a), after, now, "api.mch.weixin.qq.com") != nil {
		t.Error("the certificate is not that of the key")
	}
}
