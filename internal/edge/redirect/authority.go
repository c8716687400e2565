package redirect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
)

// Validity of certificates.
const (
	// authorityDays is how long programs may trust an authority. It is short, as
	// nobody takes back the trust in a sandbox that is long gone.
	authorityDays = 90
	// renewDays is how much of that is left when it is renewed.
	renewDays = 30
	// skew is by how much clocks may differ: certificates begin before they are
	// made.
	skew = time.Hour
)

// Authority issues the certificate of the redirect. Each data directory has one of its own,
// which can certify no other names than those the redirect serves, whoever gets hold of
// its key. It is safe for concurrent use.
type Authority struct {
	dir   string
	clock clock.Clock

	mu          sync.Mutex
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	leaf        *tls.Certificate
}

// OpenAuthority loads the authority of a data directory, makes it when there is none, and
// renews it when it has less than 30 of its 90 days left. The files by which programs trust
// it are written beside it: see package sandbox.
func OpenAuthority(dir string, c clock.Clock) (*Authority, error) {
	a := &Authority{dir: dir, clock: c}
	if err := a.loadKey(); err != nil {
		return nil, err
	}
	if err := a.loadCertificate(); err != nil {
		return nil, err
	}
	if isFresh(a.certificate, c.Now()) {
		err := a.trust() // what the system trusts may have changed
		return a, err
	}
	_, err := a.current()
	return a, err
}

func (a *Authority) file(name string) string { return filepath.Join(a.dir, name) }

// loadKey reads the private key, which nobody else may, or makes one.
func (a *Authority) loadKey() error {
	path := a.file(sandbox.RedirectKeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a.makeKey(path)
	}
	if err != nil {
		return fmt.Errorf("redirect: key: %w", err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fault.New(fault.Refused,
			fmt.Sprintf("密钥文件 %s 可被其他用户读取，请执行 chmod 600", path),
			fmt.Sprintf("The key file %s may be read by others; run chmod 600 on it.", path))
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return errDamaged(path)
	}
	if a.key, err = x509.ParseECPrivateKey(block.Bytes); err != nil {
		return errDamaged(path)
	}
	return nil
}

// errDamaged says how to come by a sound authority.
func errDamaged(path string) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("文件 %s 已损坏，请删除后重新启动，届时会重新生成", path),
		fmt.Sprintf("The file %s is damaged; delete it and start again to create a new one.", path))
}

func (a *Authority) makeKey(path string) (err error) {
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return fmt.Errorf("redirect: make key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return fmt.Errorf("redirect: encode key: %w", err)
	}
	return sandbox.WritePrivate(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

// loadCertificate reads the certificate. One that is missing, or of another key, is made
// anew by current.
func (a *Authority) loadCertificate() error {
	path := a.file(sandbox.RedirectCAFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("redirect: certificate: %w", err)
	}
	certificate, err := apiv3.ParseCertificate(text)
	if err != nil {
		return errDamaged(path)
	}
	if a.key.PublicKey.Equal(certificate.PublicKey) {
		a.certificate = certificate
	}
	return nil
}

// GetCertificate is a function for tls.Config. It refuses names that the redirect does not
// serve.
func (a *Authority) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName != "" && !Serves(hello.ServerName) {
		return nil, fmt.Errorf("redirect: %q is no host of WeChat Pay", hello.ServerName)
	}
	return a.current()
}

// current returns the certificate of the redirect, and renews it and the authority in time.
// A renewed authority keeps its key, so that programs that trust the one before stay good
// until that ends.
func (a *Authority) current() (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	if !isFresh(a.certificate, now) {
		if err := a.renew(now); err != nil {
			return nil, err
		}
	}
	if a.leaf == nil || !isFresh(a.leaf.Leaf, now) {
		leaf, err := a.issue(now)
		if err != nil {
			return nil, err
		}
		a.leaf = leaf
	}
	return a.leaf, nil
}

// isFresh reports whether a certificate is good and not to be renewed yet.
func isFresh(c *x509.Certificate, now time.Time) bool {
	return c != nil && now.After(c.NotBefore) && now.AddDate(0, 0, renewDays).Before(c.NotAfter)
}

// renew makes a certificate for the authority and writes it down.
func (a *Authority) renew(now time.Time) error {
	var mark [4]byte
	_, _ = rand.Read(mark[:]) // never fails, see its documentation
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(),
		Subject: pkix.Name{
			Organization: []string{"Favord"},
			CommonName:   "Favord sandbox " + hex.EncodeToString(mark[:]), // no two look alike in a list
		},
		NotBefore:             now.Add(-skew).Truncate(time.Second),
		NotAfter:              now.AddDate(0, 0, authorityDays).Truncate(time.Second),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         constrained(),
		ExcludedIPRanges:            everyAddress(),
	}
	if a.certificate != nil { // under the same name the one before vouches for new leaves, too
		template.Subject = a.certificate.Subject
	}
	certificate, err := a.sign(template, template, &a.key.PublicKey)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
	if err := sandbox.WritePrivate(a.file(sandbox.RedirectCAFile), text); err != nil {
		return err
	}
	a.certificate, a.leaf = certificate, nil
	return a.trust()
}

// everyAddress is all of IPv4 and IPv6.
func everyAddress() []*net.IPNet {
	return []*net.IPNet{
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 8*net.IPv4len)},
		{IP: net.IPv6zero, Mask: net.CIDRMask(0, 8*net.IPv6len)},
	}
}

// issue makes the certificate of the redirect. Its key is never written anywhere.
func (a *Authority) issue(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("redirect: make key: %w", err)
	}
	leaf, err := a.sign(&x509.Certificate{
		SerialNumber: apiv3.NewSerial(),
		Subject:      pkix.Name{Organization: []string{"Favord sandbox"}, CommonName: certified()[0]},
		DNSNames:     certified(),
		NotBefore:    now.Add(-skew).Truncate(time.Second),
		NotAfter:     a.certificate.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.certificate, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func (a *Authority) sign(template, parent *x509.Certificate, key *ecdsa.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, a.key)
	if err != nil {
		return nil, fmt.Errorf("redirect: issue certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("redirect: issue certificate: %w", err)
	}
	return certificate, nil
}
