package keyring_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

const mchid = merchant.ID("1900000001")

func now() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }

// ring is a keyring with one registered merchant.
type ring struct {
	*keyring.Keyring
	store        store.Store
	sealer       *keyring.Sealer
	registration keyring.Registration
}

func newRing(t *testing.T, mode merchant.KeyMode) *ring {
	t.Helper()
	r := emptyRing(t)
	r.register(t, r.Draft, merchant.Merchant{ID: mchid, Name: "测试商户", Kind: merchant.Ordinary, KeyMode: mode})
	return r
}

func emptyRing(t *testing.T) *ring {
	t.Helper()
	sealer, err := keyring.NewSealer(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := memstore.New()
	r := &ring{Keyring: keyring.New(s, clock.Fixed(now()), sealer), store: s, sealer: sealer}
	if err := r.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// drafter makes keys in one algorithm or the other.
type drafter func(context.Context, merchant.Merchant) (*keyring.Draft, error)

func (r *ring) register(t *testing.T, draw drafter, m merchant.Merchant) {
	t.Helper()
	draft, err := draw(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Register(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	r.registration = draft.Registration()
}

func (r *ring) keys(t *testing.T) *keyring.Keys {
	t.Helper()
	keys, err := r.Of(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestARegisteredMerchantCanSignAndBeVerified(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	private, err := apiv3.ParseRSAPrivateKey(r.registration.PrivateKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := apiv3.NewRSASigner(r.registration.SerialNo, private)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign([]byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	for _, serial := range []string{r.registration.SerialNo, strings.ToLower(r.registration.SerialNo), "00" + r.registration.SerialNo} {
		verifier, err := r.keys(t).Verifier(serial, now())
		if err != nil {
			t.Fatalf("%s: %v", serial, err)
		}
		if err := verifier.Verify([]byte("message"), signature); err != nil {
			t.Errorf("%s: %v", serial, err)
		}
	}
	certificate, err := apiv3.ParseCertificate(r.registration.CertificatePEM)
	if err != nil {
		t.Fatal(err)
	}
	if certificate.Subject.CommonName != string(mchid) {
		t.Errorf("common name %q", certificate.Subject.CommonName)
	}
	authority, err := apiv3.ParseCertificate(r.registration.AuthorityPEM)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("chain: %v", err)
	}
}

// TestTheReasonOfARefusedSerialIsTold walks the certificate rows of protocol 2.4.
func TestTheReasonOfARefusedSerialIsTold(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	serial := r.registration.SerialNo
	expect := func(name, serial string, at time.Time, want error) {
		t.Helper()
		if _, err := r.keys(t).Verifier(serial, at); !errors.Is(err, want) {
			t.Errorf("%s gives %v, want %v", name, err, want)
		}
	}
	expect("an unknown serial", "1234", now(), merchant.ErrSerial)
	expect("a platform serial", r.registration.PlatformSerialNo, now(), merchant.ErrSerial)
	expect("an empty serial", "", now(), merchant.ErrSerial)
	expect("an expired certificate", serial, now().AddDate(5, 0, 1), merchant.ErrCertificateExpired)
	for status, want := range map[merchant.CertificateStatus]error{
		merchant.CertificateRevoked: merchant.ErrCertificateRevoked, merchant.CertificateReplaced: merchant.ErrCertificateReplaced,
	} {
		if err := r.SetCertificateStatus(t.Context(), mchid, serial, status); err != nil {
			t.Fatal(err)
		}
		expect(string(status), serial, now(), want)
	}
	if _, err := r.Of(t.Context(), "1999999999"); !errors.Is(err, merchant.ErrSerial) {
		t.Errorf("an unknown merchant gives %v", err)
	}
	bare := merchant.Merchant{ID: "1900000002", Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
	if err := r.store.Write(t.Context(), func(tx store.Tx) error { return tx.InsertMerchant(t.Context(), bare, now()) }); err != nil {
		t.Fatal(err)
	}
	keys, err := r.Of(t.Context(), bare.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Verifier(serial, now()); !errors.Is(err, merchant.ErrNoCertificate) {
		t.Errorf("a merchant without certificate gives %v", err)
	}
	if _, err := keys.Certificates(now(), apiv3.SchemeRSA); !errors.Is(err, merchant.ErrNoAPIv3Key) {
		t.Errorf("a merchant without APIv3 key gives %v", err)
	}
	if _, err := keys.Signer(apiv3.SchemeRSA, "", now()); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("a merchant without platform key gives %v", err)
	}
}

// TestARevokedCertificateIsNotUsedAnyMore revokes while others load the keys: whoever
// asks after the revocation must see it.
func TestARevokedCertificateIsNotUsedAnyMore(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	for round := range 50 {
		if err := r.SetCertificateStatus(t.Context(), mchid, r.registration.SerialNo, merchant.CertificateActive); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := r.Of(t.Context(), mchid); err != nil {
					t.Error(err)
				}
			})
		}
		if err := r.SetCertificateStatus(t.Context(), mchid, r.registration.SerialNo, merchant.CertificateRevoked); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		if _, err := r.keys(t).Verifier(r.registration.SerialNo, now()); !errors.Is(err, merchant.ErrCertificateRevoked) {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

func TestTheAnswerIsSignedWithTheKeyThatIsNamed(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	for named, want := range map[string]string{
		"":                         r.registration.PlatformSerialNo,
		"1234":                     r.registration.PlatformSerialNo,
		r.registration.SerialNo:    r.registration.PlatformSerialNo,
		r.registration.PublicKeyID: r.registration.PublicKeyID,
		strings.ToLower(r.registration.PlatformSerialNo): r.registration.PlatformSerialNo,
	} {
		signer, err := r.keys(t).Signer(apiv3.SchemeRSA, named, now())
		if err != nil || signer.Serial() != want {
			t.Errorf("%q: %v, %v, want %s", named, signer, err, want)
		}
	}
	if err := r.SetKeyMode(t.Context(), mchid, merchant.ModePublicKey); err != nil {
		t.Fatal(err)
	}
	signer, err := r.keys(t).Signer(apiv3.SchemeRSA, "", now())
	if err != nil || signer.Serial() != r.registration.PublicKeyID {
		t.Errorf("public-key mode: %v, %v", signer, err)
	}
	public, err := apiv3.ParseRSAPublicKey(r.registration.PublicKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(r.registration.PublicKeyID, public)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := apiv3.SignResponse(signer, []byte("{}"), now())
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.Verify(verifier, []byte("{}"), now()); err != nil {
		t.Errorf("the public key does not verify: %v", err)
	}
}

func TestCertificatesOverlapDuringRotation(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	successor, err := r.RotatePlatformCertificate(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.keys(t).Certificates(now(), apiv3.SchemeRSA)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d certificates are listed, %v", len(list), err)
	}
	if list[0].Sealed.Nonce == list[1].Sealed.Nonce {
		t.Error("two boxes share a nonce")
	}
	box, err := apiv3.NewBox([]byte(r.registration.APIv3Key))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range list {
		text, err := box.Open(entry.Sealed)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := apiv3.ParseCertificate(text)
		if err != nil || apiv3.SerialOf(certificate) != entry.Serial {
			t.Errorf("%s opens to %v, %v", entry.Serial, certificate, err)
		}
	}
	for at, want := range map[time.Duration]string{0: r.registration.PlatformSerialNo, 5 * 24 * time.Hour: successor} {
		signer, err := r.keys(t).Signer(apiv3.SchemeRSA, "", now().Add(at))
		if err != nil || signer.Serial() != want {
			t.Errorf("after %s: %v, %v, want %s", at, signer, err, want)
		}
	}
	if signer, err := r.keys(t).Signer(apiv3.SchemeRSA, successor, now()); err != nil || signer.Serial() != successor {
		t.Errorf("the successor is named: %v, %v", signer, err)
	}
}

func TestAPublicKeyMerchantHasNoCertificates(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModePublicKey)
	if _, err := r.keys(t).Certificates(now(), apiv3.SchemeRSA); !errors.Is(err, keyring.ErrNoPlatformCertificate) {
		t.Errorf("gives %v", err)
	}
}

func TestFieldsTravelEncryptedBothWays(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	certificate, err := apiv3.ParseCertificate(r.registration.PlatformCertificatePEM)
	if err != nil {
		t.Fatal(err)
	}
	platform, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := apiv3.SealField(platform, "张三")
	if err != nil {
		t.Fatal(err)
	}
	keys := r.keys(t)
	if got, err := keys.OpenField(r.registration.PlatformSerialNo, sealed, now()); err != nil || got != "张三" {
		t.Errorf("open gives %q, %v", got, err)
	}
	for name, c := range map[string]struct {
		named, text string
		want        error
	}{
		"no serial":      {"", sealed, keyring.ErrSerialMissing},
		"unknown serial": {"1234", sealed, keyring.ErrSerialWrong},
		"another key":    {r.registration.PublicKeyID, sealed, keyring.ErrDecrypt},
		"plain text":     {r.registration.PlatformSerialNo, "张三", keyring.ErrNotEncrypted},
	} {
		if _, err := keys.OpenField(c.named, c.text, now()); !errors.Is(err, c.want) {
			t.Errorf("%s gives %v, want %v", name, err, c.want)
		}
	}
	back, err := keys.SealField(r.registration.SerialNo, "李四")
	if err != nil {
		t.Fatal(err)
	}
	private, err := apiv3.ParseRSAPrivateKey(r.registration.PrivateKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := apiv3.OpenField(private, back); err != nil || got != "李四" {
		t.Errorf("back: %q, %v", got, err)
	}
	if _, err := keys.SealField("1234", "x"); !errors.Is(err, merchant.ErrSerial) {
		t.Errorf("for an unknown certificate: %v", err)
	}
}

func TestKeysSurviveARestartAndNeedTheirSealer(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	again := keyring.New(r.store, clock.Fixed(now()), r.sealer)
	keys, err := again.Of(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	if signer, err := keys.Signer(apiv3.SchemeRSA, "", now()); err != nil || signer.Serial() != r.registration.PlatformSerialNo {
		t.Errorf("signer %v, %v", signer, err)
	}
	stranger, err := keyring.NewSealer(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.New(r.store, clock.Fixed(now()), stranger).Of(t.Context(), mchid); err == nil {
		t.Error("another sealer opens the keys")
	}
}

// TestASecretDoesNotOpenInAnotherRow moves a merchant's key to another one.
func TestASecretDoesNotOpenInAnotherRow(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	victim := merchant.ID("1900000002")
	if err := r.store.Write(t.Context(), func(tx store.Tx) error {
		secret, err := tx.Secret(t.Context(), mchid, store.PurposeAPIv3, "")
		secret.Owner = victim
		return errors.Join(err,
			tx.InsertMerchant(t.Context(), merchant.Merchant{ID: victim, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, now()),
			tx.InsertSecret(t.Context(), secret))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Of(t.Context(), victim); err == nil {
		t.Error("a moved secret opens")
	}
}

// TestNoKeyIsStoredInTheClear looks for the keys in what the store keeps.
func TestNoKeyIsStoredInTheClear(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	if err := r.store.Read(t.Context(), func(tx store.ReadTx) error {
		for _, c := range []struct {
			purpose store.Purpose
			name    string
			clear   []byte
		}{
			{store.PurposeAPIv3, "", []byte(r.registration.APIv3Key)},
			{store.PurposeAPIv2, "", []byte(r.registration.APIv2Key)},
			{store.PurposePlatformKey, r.registration.PlatformSerialNo, []byte("PRIVATE KEY")},
		} {
			secret, err := tx.Secret(t.Context(), mchid, c.purpose, c.name)
			if err != nil {
				return err
			}
			if bytes.Contains(secret.Box, c.clear) {
				t.Errorf("%s is stored in the clear", c.purpose)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPublicKeyIDsLookLikeRealOnes(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	id := r.registration.PublicKeyID
	if len(id) != len("PUB_KEY_ID_0117261620242025082900212360003201") || !strings.HasPrefix(id, "PUB_KEY_ID_01190000000120261122") {
		t.Errorf("id %q", id)
	}
	if len(r.registration.APIv3Key) != 32 || len(r.registration.APIv2Key) != 32 || r.registration.APIv2Key == r.registration.APIv3Key {
		t.Error("API keys must be two different texts of 32 characters")
	}
}
