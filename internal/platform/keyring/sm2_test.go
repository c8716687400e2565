package keyring_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// newSM2Ring is a keyring with one merchant that uses SM2 only.
func newSM2Ring(t *testing.T) *ring {
	t.Helper()
	r := emptyRing(t)
	r.register(t, r.DraftSM2, merchant.Merchant{ID: mchid, Name: "国密商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate})
	return r
}

func privateOf(t *testing.T, c keyring.Credentials) *gm.PrivateKey {
	t.Helper()
	key, err := gm.ParsePrivateKey(c.PrivateKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func platformOf(t *testing.T, c keyring.Credentials) *gm.PublicKey {
	t.Helper()
	certificate, err := gm.ParseCertificate(c.PlatformCertificatePEM)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gm.CertificateKey(certificate)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAnSM2MerchantCanSignAndBeVerified(t *testing.T) {
	t.Parallel()
	r := newSM2Ring(t)
	mine := r.registration
	signature, err := gm.NewSigner(mine.SerialNo, privateOf(t, mine.Credentials)).Sign([]byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	for _, serial := range []string{mine.SerialNo, strings.ToLower(mine.SerialNo), "00" + mine.SerialNo} {
		verifier, err := r.keys(t).Verifier(serial, now())
		if err != nil {
			t.Fatalf("%s: %v", serial, err)
		}
		if err := verifier.Verify([]byte("message"), signature); err != nil || verifier.Scheme() != apiv3.SchemeSM2 || mine.Scheme != apiv3.SchemeSM2 {
			t.Errorf("%s: %v with %s", serial, err, verifier.Scheme())
		}
	}
	certificate, err := gm.ParseCertificate(mine.CertificatePEM)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := gm.ParseCertificate(mine.AuthorityPEM)
	if err != nil {
		t.Fatal(err)
	}
	if err := gm.CheckIssuer(certificate, authority); err != nil {
		t.Errorf("chain: %v", err)
	}
	if certificate.Subject.CommonName != string(mchid) || apiv3.SerialOf(certificate) != mine.SerialNo || mine.SerialNo[0] < '1' || mine.SerialNo[0] > '7' {
		t.Errorf("%s with serial %s", certificate.Subject, mine.SerialNo)
	}
	if mine.PublicKeyID != "" || mine.PublicKeyPEM != nil {
		t.Errorf("a platform public key in SM2: %s", mine.PublicKeyID)
	}
}

func TestEachAlgorithmIsAnsweredWithItsOwnKey(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	added, err := r.AddSM2(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	keys := r.keys(t)
	for _, serial := range []string{r.registration.SerialNo, added.SerialNo} {
		if _, err := keys.Verifier(serial, now()); err != nil {
			t.Errorf("%s: %v", serial, err)
		}
	}
	rsa, sm2 := r.registration.PlatformSerialNo, added.PlatformSerialNo
	for _, c := range []struct {
		scheme      apiv3.Scheme
		named, want string
	}{
		{apiv3.SchemeRSA, "", rsa},
		{apiv3.SchemeRSA, rsa, rsa},
		{apiv3.SchemeRSA, sm2, rsa},
		{apiv3.SchemeRSA, r.registration.PublicKeyID, r.registration.PublicKeyID},
		{apiv3.SchemeSM2, "", sm2},
		{apiv3.SchemeSM2, strings.ToLower(sm2), sm2},
		{apiv3.SchemeSM2, rsa, sm2},
		{apiv3.SchemeSM2, r.registration.PublicKeyID, sm2},
	} {
		signer, err := keys.Signer(c.scheme, c.named, now())
		if err != nil || signer.Serial() != c.want || signer.Scheme() != c.scheme {
			t.Errorf("%s, %q named: %v, %v, want %s", c.scheme, c.named, signer, err, c.want)
		}
	}
}

// TestThePublicKeyModeIsAboutRSA: there is no public key in SM2 to move to.
func TestThePublicKeyModeIsAboutRSA(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModePublicKey)
	added, err := r.AddSM2(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	if signer, err := r.keys(t).Signer(apiv3.SchemeSM2, "", now()); err != nil || signer.Serial() != added.PlatformSerialNo {
		t.Errorf("%v, %v", signer, err)
	}
	list, err := r.keys(t).Certificates(now(), apiv3.SchemeRSA, apiv3.SchemeSM2)
	if err != nil || len(list) != 1 || list[0].Serial != added.PlatformSerialNo {
		t.Errorf("%v, %v", list, err)
	}
}

func TestSM2CertificatesAreSealedWithSM4(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	if _, err := r.keys(t).Certificates(now(), apiv3.SchemeSM2); !errors.Is(err, keyring.ErrNoPlatformCertificate) {
		t.Errorf("without SM2 keys: %v", err)
	}
	added, err := r.AddSM2(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.keys(t).Certificates(now(), apiv3.SchemeRSA, apiv3.SchemeSM2)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	if list[0].Serial != r.registration.PlatformSerialNo || list[0].Sealed.Algorithm != apiv3.AlgorithmAES256GCM {
		t.Errorf("the first is %s in %s", list[0].Serial, list[0].Sealed.Algorithm)
	}
	box, err := gm.NewBox([]byte(r.registration.APIv3Key))
	if err != nil {
		t.Fatal(err)
	}
	text, err := box.Open(list[1].Sealed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, added.PlatformCertificatePEM) || list[1].Serial != added.PlatformSerialNo {
		t.Errorf("%s opens to %s", list[1].Serial, text)
	}
	successor, err := r.RotateSM2PlatformCertificate(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	if list, err = r.keys(t).Certificates(now(), apiv3.SchemeSM2); err != nil || len(list) != 2 {
		t.Errorf("during rotation %d certificates, %v", len(list), err)
	}
	for at, want := range map[time.Duration]string{0: added.PlatformSerialNo, 5 * 24 * time.Hour: successor} {
		if signer, err := r.keys(t).Signer(apiv3.SchemeSM2, "", now().Add(at)); err != nil || signer.Serial() != want {
			t.Errorf("after %s: %v, %v, want %s", at, signer, err, want)
		}
	}
}

func TestFieldsTravelInTheAlgorithmOfTheKeyThatIsNamed(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	added, err := r.AddSM2(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	keys := r.keys(t)
	sealed, err := gm.SealField(platformOf(t, added), "张三")
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range []string{added.PlatformSerialNo, strings.ToLower(added.PlatformSerialNo)} {
		if got, err := keys.OpenField(named, sealed, now()); err != nil || got != "张三" {
			t.Errorf("%s: %q, %v", named, got, err)
		}
	}
	stranger, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := gm.SealField(stranger.Public(), "张三")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		named, text string
		want        error
	}{
		"the RSA key is named": {r.registration.PlatformSerialNo, sealed, keyring.ErrNotEncrypted},
		"another key":          {added.PlatformSerialNo, foreign, keyring.ErrDecrypt},
		"plain text":           {added.PlatformSerialNo, "张三", keyring.ErrNotEncrypted},
		"the merchant's own":   {added.SerialNo, sealed, keyring.ErrSerialWrong},
	} {
		if _, err := keys.OpenField(c.named, c.text, now()); !errors.Is(err, c.want) {
			t.Errorf("%s gives %v, want %v", name, err, c.want)
		}
	}
	back, err := keys.SealField(strings.ToLower(added.SerialNo), "李四")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := gm.OpenField(privateOf(t, added), back); err != nil || got != "李四" {
		t.Errorf("back: %q, %v", got, err)
	}
}

func TestSM2KeysSurviveARestartSealed(t *testing.T) {
	t.Parallel()
	r := newSM2Ring(t)
	again := keyring.New(r.store, clock.Fixed(now()), r.sealer)
	keys, err := again.Of(t.Context(), mchid)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := keys.Signer(apiv3.SchemeSM2, "", now())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := apiv3.SignResponse(signer, []byte("{}"), now())
	if err != nil {
		t.Fatal(err)
	}
	if err := signed.Verify(gm.NewVerifier(r.registration.PlatformSerialNo, platformOf(t, r.registration.Credentials)), []byte("{}"), now()); err != nil {
		t.Error(err)
	}
	if err := r.store.Read(t.Context(), func(tx store.ReadTx) error {
		secret, err := tx.Secret(t.Context(), mchid, store.PurposePlatformKey, r.registration.PlatformSerialNo)
		if bytes.Contains(secret.Box, []byte{0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55}) { // the curve's name, which every key in the clear has
			t.Error("the key is stored in the clear")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	stranger, err := keyring.NewSealer(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.New(r.store, clock.Fixed(now()), stranger).Of(t.Context(), mchid); err == nil {
		t.Error("another sealer opens the keys")
	}
}

// TestAllSM2CertificatesHaveOneAuthority also when several keyrings begin at once.
func TestAllSM2CertificatesHaveOneAuthority(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	authorities := make(chan string, 4)
	for i := range cap(authorities) {
		go func() {
			draft, err := keyring.New(r.store, clock.Fixed(now()), r.sealer).DraftSM2(t.Context(), merchant.Merchant{ID: merchant.ID("190000010" + string(rune('0'+i)))})
			if err != nil {
				t.Error(err)
				authorities <- ""
				return
			}
			authorities <- string(draft.Registration().AuthorityPEM)
		}()
	}
	var got []string
	for range cap(authorities) {
		got = append(got, <-authorities)
	}
	if slices.Sort(got); got[0] != got[len(got)-1] {
		t.Error("there are two authorities")
	}
}

func TestSM2KeysAreNotAddedForNobody(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	if _, err := r.AddSM2(t.Context(), "1999999999"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown merchant: %v", err)
	}
	if _, err := r.keys(t).Signer(apiv3.SchemeSM2, "", now()); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("a merchant without SM2 keys: %v", err)
	}
}

// TestNotificationsAreMadeWithWhatTheMerchantUses: RSA unless there is nothing but SM2, in the
// key mode's default key, and in the cipher that goes with it.
func TestNotificationsAreMadeWithWhatTheMerchantUses(t *testing.T) {
	t.Parallel()
	for _, mode := range []merchant.KeyMode{merchant.ModeCertificate, merchant.ModeMigrating, merchant.ModePublicKey} {
		r := newRing(t, mode)
		want := r.registration.PlatformSerialNo
		if mode == merchant.ModePublicKey {
			want = r.registration.PublicKeyID
		}
		n, err := r.keys(t).Notifier("", now())
		if err != nil || n.Signer.Serial() != want || n.Signer.Scheme() != apiv3.SchemeRSA || n.Box.Algorithm() != apiv3.AlgorithmAES256GCM || n.BoxVersion == 0 {
			t.Errorf("%s: %+v, %v", mode, n, err)
		}
	}
	r := newSM2Ring(t)
	n, err := r.keys(t).Notifier("", now())
	if err != nil || n.Signer.Serial() != r.registration.PlatformSerialNo || n.Signer.Scheme() != apiv3.SchemeSM2 || n.Box.Algorithm() != apiv3.AlgorithmSM4GCM {
		t.Errorf("SM2: %+v, %v", n, err)
	}
}
