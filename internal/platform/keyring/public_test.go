package keyring_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strconv"
	"testing"

	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func TestPublicKeysOfAllMerchantsAreListed(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	first := r.registration
	r.register(t, r.DraftSM2, merchant.Merchant{ID: "1900000009", Name: "国密商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate})
	if err := r.store.Write(t.Context(), func(tx store.Tx) error {
		return tx.SetCertificateStatus(t.Context(), "1900000009", r.registration.SerialNo, merchant.CertificateRevoked)
	}); err != nil {
		t.Fatal(err)
	}
	list, all, err := r.PublicKeys(t.Context(), "")
	if err != nil || !all {
		t.Fatal(all, err)
	}
	found := map[string]bool{}
	for _, k := range list {
		found[k.Serial] = k.Platform
		revoked := k.Owner == "1900000009" && !k.Platform
		if errors.Is(k.Refused, merchant.ErrCertificateRevoked) != revoked || k.PEM == "" {
			t.Errorf("%s of %s is refused with %v", k.Serial, k.Owner, k.Refused)
		}
	}
	for serial, platform := range map[string]bool{
		first.SerialNo: false, first.PlatformSerialNo: true, first.PublicKeyID: true, r.registration.SerialNo: false, r.registration.PlatformSerialNo: true,
	} {
		if is, there := found[serial]; !there || is != platform {
			t.Errorf("%s: %v, %v", serial, there, is)
		}
	}
}

func TestMACsUseTheTextKeysOfTheMerchant(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	list := r.keys(t).MACs([]byte("message"))
	for i, key := range []string{r.registration.APIv3Key, r.registration.APIv2Key} {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte("message"))
		if !bytes.Equal(list[i], h.Sum(nil)) {
			t.Errorf("MAC %d is another", i)
		}
	}
}

// TestTheKeysOfTheNamedMerchantComeFirst with so many merchants before it that they are not
// all looked at.
func TestTheKeysOfTheNamedMerchantComeFirst(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	err := r.store.Write(t.Context(), func(tx store.Tx) error {
		for i := range keyring.MaxSearched {
			m := merchant.Merchant{ID: merchant.ID(strconv.Itoa(1800000000 + i)), Name: "商户", Kind: merchant.Ordinary}
			if err := tx.InsertMerchant(t.Context(), m, now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, all, err := r.PublicKeys(t.Context(), mchid)
	if err != nil || all || len(list) == 0 || list[0].Owner != mchid {
		t.Errorf("%d keys, all %t: %v", len(list), all, err)
	}
	for _, first := range []merchant.ID{"", "1700000000"} {
		list, all, err = r.PublicKeys(t.Context(), first)
		if err != nil || all || len(list) != 0 {
			t.Errorf("%q: %d keys, all %t: %v", first, len(list), all, err)
		}
	}
}
