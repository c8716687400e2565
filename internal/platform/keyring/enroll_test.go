package keyring_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// Keys that merchants of these tests bring.
const (
	keyV3 = "0123456789abcdef0123456789abcdef"
	keyV2 = "Abcdefghijklmnopqrstuvwxyz012345"
)

var own = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// certify returns a certificate that a merchant brings.
func certify(t *testing.T, bits int, change func(*x509.Certificate)) []byte {
	t.Helper()
	key, err := own()
	if bits != 2048 {
		key, err = rsa.GenerateKey(rand.Reader, bits)
	}
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{CommonName: string(mchid)}, NotBefore: now().Add(-time.Hour), NotAfter: now().Add(time.Hour),
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func enrollment(certificate []byte) keyring.Enrollment {
	return keyring.Enrollment{
		Actor: "operator", CertificatePEM: certificate, APIv3Key: keyV3, APIv2Key: keyV2,
		Merchant: merchant.Merchant{ID: mchid, Name: "商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating},
	}
}

func asOperator() keyring.Owned { return keyring.Owned{Actor: "operator", Owner: mchid} }

func TestAMerchantWithKeysOfItsOwnCanCall(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	certificate := certify(t, 2048, nil)
	if err := r.Enroll(t.Context(), enrollment(certificate)); err != nil {
		t.Fatal(err)
	}
	parsed, err := apiv3.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	keys := r.keys(t)
	if v, err := keys.Verifier(apiv3.SerialOf(parsed), now()); err != nil || v.Scheme() != apiv3.SchemeRSA {
		t.Errorf("its certificate gives %v", err)
	}
	if _, err := keys.Signer(apiv3.SchemeRSA, "", now()); err != nil {
		t.Errorf("nobody signs the answer: %v", err)
	}
	if _, err := keys.Box(apiv3.SchemeRSA); err != nil {
		t.Errorf("there is no box: %v", err)
	}
	if !keys.VerifyLink(apiv2.Link{StockID: "1"}.Signed(keyV2)) {
		t.Error("its APIv2 key does not verify")
	}
	o, err := r.Overview(t.Context(), mchid)
	if err != nil || len(o.Certificates) != 1 || len(o.Platform) != 2 || o.APIv3Version != 1 || o.APIv2Version != 1 {
		t.Errorf("overview %+v, %v", o, err)
	}
}

func TestWhatAMerchantBringsIsLookedAt(t *testing.T) {
	t.Parallel()
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})
	for name, c := range map[string]struct {
		certificate []byte
		change      func(*keyring.Enrollment)
		want        error
	}{
		"nothing":            {nil, nil, keyring.ErrCertificateForm},
		"no certificate":     {[]byte("hello"), nil, keyring.ErrCertificateForm},
		"a broken one":       {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), nil, keyring.ErrCertificateForm},
		"a private key":      {private, nil, keyring.ErrPrivateKeySent},
		"both":               {append(certify(t, 2048, nil), private...), nil, keyring.ErrPrivateKeySent},
		"a weak key":         {certify(t, 1024, nil), nil, keyring.ErrCertificateWeak},
		"somebody else's":    {certify(t, 2048, func(c *x509.Certificate) { c.Subject.CommonName = "1900000002" }), nil, keyring.ErrCertificateName},
		"one that has ended": {certify(t, 2048, func(c *x509.Certificate) { c.NotAfter = now().Add(-time.Second) }), nil, keyring.ErrCertificateEnded},
		"a short key":        {certify(t, 2048, nil), func(e *keyring.Enrollment) { e.APIv3Key = keyV3[1:] }, keyring.ErrAPIKeyForm},
		"a key with a blank": {certify(t, 2048, nil), func(e *keyring.Enrollment) { e.APIv2Key = " " + keyV2[1:] }, keyring.ErrAPIKeyForm},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := emptyRing(t)
			e := enrollment(c.certificate)
			if c.change != nil {
				c.change(&e)
			}
			err := r.Enroll(t.Context(), e)
			if !errors.Is(err, c.want) {
				t.Errorf("gives %v, want %v", err, c.want)
			}
			if value := fmt.Sprint(fault.Of(err).Value); strings.Contains(value, keyV3[1:]) || strings.Contains(value, "PRIVATE") {
				t.Errorf("the refusal shows %q", value)
			}
			if _, err := r.Overview(t.Context(), mchid); !errors.Is(err, merchant.ErrNotRegistered) {
				t.Errorf("the merchant is there: %v", err)
			}
		})
	}
}

func TestAMerchantIsEnrolledOnce(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	_, errs := storetest.Race(8, func(int) (struct{}, error) {
		return struct{}{}, r.Enroll(t.Context(), enrollment(certify(t, 2048, nil)))
	})
	enrolled := 0
	for _, err := range errs {
		switch {
		case err == nil:
			enrolled++
		case !errors.Is(err, merchant.ErrRegistered):
			t.Errorf("gives %v", err)
		}
	}
	if enrolled != 1 {
		t.Errorf("%d of 8 enrolled", enrolled)
	}
}

func TestKeysAreChangedByAnOperator(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	e := enrollment(certify(t, 2048, nil))
	e.APIv3Key, e.APIv2Key = "", ""
	if err := r.Enroll(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if _, err := r.keys(t).Box(apiv3.SchemeRSA); !errors.Is(err, merchant.ErrNoAPIv3Key) {
		t.Errorf("without a key: %v", err)
	}
	second := certify(t, 2048, nil)
	added, err := r.AddCertificate(t.Context(), asOperator(), second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.AddCertificate(t.Context(), asOperator(), second); !errors.Is(err, keyring.ErrCertificateKnown) {
		t.Errorf("again: %v", err)
	}
	for _, key := range []string{keyV3, keyV2} {
		if err := errors.Join(r.SetAPIv3Key(t.Context(), asOperator(), key), r.SetAPIv2Key(t.Context(), asOperator(), key)); err != nil {
			t.Fatal(err)
		}
	}
	if !r.keys(t).VerifyLink(apiv2.Link{StockID: "1"}.Signed(keyV2)) {
		t.Error("the last key does not count")
	}
	if err := r.SetStatus(t.Context(), asOperator(), strings.ToLower(added.Serial), merchant.CertificateRevoked); err != nil {
		t.Fatal(err)
	}
	if _, err := r.keys(t).Verifier(added.Serial, now()); !errors.Is(err, merchant.ErrCertificateRevoked) {
		t.Errorf("a revoked certificate gives %v", err)
	}
	serial, err := r.AddPlatformCertificate(t.Context(), asOperator(), apiv3.SchemeRSA)
	if err != nil || serial == "" {
		t.Errorf("%q, %v", serial, err)
	}
	if _, err := r.AddPlatformCertificate(t.Context(), asOperator(), apiv3.SchemeSM2); !errors.Is(err, keyring.ErrNoPlatformCertificate) {
		t.Errorf("a successor without a predecessor: %v", err)
	}
	o, err := r.Overview(t.Context(), mchid)
	if err != nil || o.APIv3Version != 2 || o.APIv2Version != 2 || len(o.Certificates) != 2 || len(o.Platform) != 3 {
		t.Errorf("overview %+v, %v", o, err)
	}
	if err := r.store.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), mchid, 0, 100)
		if len(entries) != 8 {
			t.Errorf("%d audit entries: %+v", len(entries), entries)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestTheFirstCertificateInSM2BringsThePlatformsKeys(t *testing.T) {
	t.Parallel()
	other := emptyRing(t)
	other.register(t, other.DraftSM2, merchant.Merchant{ID: mchid, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate})
	r := emptyRing(t)
	if err := r.Enroll(t.Context(), enrollment(certify(t, 2048, nil))); err != nil {
		t.Fatal(err)
	}
	if _, err := r.AddCertificate(t.Context(), asOperator(), other.registration.CertificatePEM); err != nil {
		t.Fatal(err)
	}
	keys := r.keys(t)
	v, err := keys.Verifier(other.registration.SerialNo, now())
	if err != nil || v.Scheme() != apiv3.SchemeSM2 {
		t.Errorf("its certificate gives %v", err)
	}
	if _, err := keys.Signer(apiv3.SchemeSM2, "", now()); err != nil {
		t.Errorf("nobody answers in SM2: %v", err)
	}
	authority, err := r.AuthorityPEM(t.Context(), apiv3.SchemeSM2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gm.ParseCertificate(authority); err != nil {
		t.Error(err)
	}
}

func TestKeysOfNobodyAreNotChanged(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	_, errAdd := r.AddCertificate(t.Context(), asOperator(), certify(t, 2048, nil))
	_, errPlatform := r.AddPlatformCertificate(t.Context(), asOperator(), apiv3.SchemeRSA)
	for name, err := range map[string]error{
		"certificate": errAdd, "platform certificate": errPlatform,
		"APIv3 key": r.SetAPIv3Key(t.Context(), asOperator(), keyV3), "APIv2 key": r.SetAPIv2Key(t.Context(), asOperator(), keyV2),
		"status": r.SetStatus(t.Context(), asOperator(), "AB", merchant.CertificateRevoked),
	} {
		if !errors.Is(err, merchant.ErrNotRegistered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Enroll(t.Context(), enrollment(certify(t, 2048, nil))); err != nil {
		t.Fatal(err)
	}
	if err := r.SetStatus(t.Context(), asOperator(), "AB", merchant.CertificateRevoked); !errors.Is(err, keyring.ErrCertificateUnknown) {
		t.Errorf("an unknown serial: %v", err)
	}
}
