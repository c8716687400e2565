package storetest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

func testMerchant(t *testing.T, s store.Store) {
	m := merchant.Merchant{
		ID: creator, Name: "惠券商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, KeyModeSince: noon(),
		AppIDs: []merchant.AppID{"wxb", "wxa"}, Permissions: []merchant.Permission{merchant.IssueByAPI},
		Brand: merchant.Brand{Name: "品牌", LogoURL: "https://wx.gtimg.com/mch/img/wxpaylogo.png"},
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertMerchant(ctx, m, noon()) })
	m.AppIDs = []merchant.AppID{"wxa", "wxb"}
	expectMerchant(t, s, m)

	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertMerchant(t.Context(), m, noon()) })
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("again: %v", err)
	}
	changed := merchant.Merchant{ID: creator, Name: "n", Kind: merchant.Provider, KeyMode: merchant.ModePublicKey, AppIDs: []merchant.AppID{"wxc"}}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateMerchant(ctx, changed) })
	expectMerchant(t, s, changed)

	err = s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateMerchant(t.Context(), merchant.Merchant{ID: other}) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update of a stranger: %v", err)
	}
}

func expectMerchant(t *testing.T, s store.Store, want merchant.Merchant) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Merchant(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("merchant (-want +got):\n%s", diff)
		}
		if _, err := tx.Merchant(ctx, "1999999999"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger gives %v", err)
		}
		return err
	})
}

func insertMerchants(t *testing.T, s store.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		for _, id := range []merchant.ID{creator, other} {
			m := merchant.Merchant{ID: id, Name: string(id), Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
			if err := tx.InsertMerchant(ctx, m, noon()); err != nil {
				return err
			}
		}
		return nil
	})
}

func testSubMerchant(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	for range 2 {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.AddSubMerchant(ctx, creator, other) })
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		forth, err := tx.IsSubMerchant(ctx, creator, other)
		back, errBack := tx.IsSubMerchant(ctx, other, creator)
		if !forth || back {
			t.Errorf("related %v, the other way %v", forth, back)
		}
		return errors.Join(err, errBack)
	})
}

func testAppIDServes(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		sub := merchant.Merchant{ID: "1900000777", Name: "sub", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{"wxsub"}, KeyMode: merchant.ModeCertificate}
		return errors.Join(tx.InsertMerchant(ctx, sub, noon()), tx.AddSubMerchant(ctx, creator, sub.ID))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for id, want := range map[merchant.ID]bool{"1900000777": true, creator: true, other: false} {
			if got, err := tx.AppIDServes(ctx, "wxsub", id); got != want || err != nil {
				t.Errorf("the appid serves %s: %v, %v; want %v", id, got, err, want)
			}
		}
		got, err := tx.AppIDServes(ctx, "wxnone", creator)
		if got {
			t.Error("an appid that nobody has serves a merchant")
		}
		return err
	})
}

func testUsers(t *testing.T, s store.Store) {
	u := user.User{AppID: "wx1", OpenID: "o1", ID: holder(1), Person: holder(9), UnionID: "u", Suspicious: true}
	linked := user.User{AppID: "wx2", OpenID: "o2", ID: holder(1), Person: holder(9)}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertUsers(ctx, []user.User{u, linked}) })
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertUsers(ctx, []user.User{{AppID: "wxOther", OpenID: "o1", ID: holder(2)}})
	})
	u.Known, linked.Known = true, true
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.UserByOpenID(ctx, "o1")
		if got != u {
			t.Errorf("by openid %+v, want %+v", got, u)
		}
		byAccount, errAccount := tx.UserByAccount(ctx, holder(1), "wx2")
		if byAccount != linked {
			t.Errorf("by account %+v, want %+v", byAccount, linked)
		}
		if _, err := tx.UserByOpenID(ctx, "o3"); !errors.Is(err, user.ErrNotFound) {
			t.Errorf("unknown openid gives %v", err)
		}
		if _, err := tx.UserByAccount(ctx, holder(1), "wx3"); !errors.Is(err, user.ErrNotFound) {
			t.Errorf("unknown appid gives %v", err)
		}
		return errors.Join(err, errAccount)
	})
}

func testKeys(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	c := merchant.Certificate{Owner: creator, Serial: "AB12", PEM: "pem", NotBefore: noon(), NotAfter: noon().AddDate(5, 0, 0), Status: merchant.CertificateActive}
	k := merchant.PlatformKey{Owner: creator, Serial: "CD34", PEM: "pem2", Effective: noon(), Expire: noon().AddDate(5, 0, 0), SignsFrom: noon()}
	public := merchant.PlatformKey{Owner: creator, Serial: "PUB_KEY_ID_1", Public: true, PEM: "pem3"}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertCertificate(ctx, c), tx.InsertPlatformKey(ctx, public), tx.InsertPlatformKey(ctx, k))
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.SetCertificateStatus(ctx, creator, "AB12", merchant.CertificateRevoked)
	})
	c.Status = merchant.CertificateRevoked
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		certificates, err := tx.Certificates(ctx, creator)
		if diff := cmp.Diff([]merchant.Certificate{c}, certificates); diff != "" {
			t.Errorf("certificates (-want +got):\n%s", diff)
		}
		keys, errKeys := tx.PlatformKeys(ctx, creator)
		if diff := cmp.Diff([]merchant.PlatformKey{public, k}, keys); diff != "" {
			t.Errorf("platform keys (-want +got):\n%s", diff)
		}
		if foreign, err := tx.Certificates(ctx, other); len(foreign) > 0 || err != nil {
			t.Errorf("another merchant has %v, %v", foreign, err)
		}
		return errors.Join(err, errKeys)
	})
	for name, again := range map[string]func(tx store.Tx) error{
		"certificate":  func(tx store.Tx) error { return tx.InsertCertificate(t.Context(), c) },
		"platform key": func(tx store.Tx) error { return tx.InsertPlatformKey(t.Context(), k) },
	} {
		if err := s.Write(t.Context(), again); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("the same %s again gives %v", name, err)
		}
	}
	err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.SetCertificateStatus(t.Context(), creator, "FF", merchant.CertificateRevoked)
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown certificate gives %v", err)
	}
}

func testSecrets(t *testing.T, s store.Store) {
	secret := func(version int, name string) store.Secret {
		return store.Secret{Owner: creator, Purpose: store.PurposePlatformKey, Name: name, Version: version, Box: []byte{byte(version), 0, 255}, PEM: "p"}
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertSecret(ctx, secret(1, "a")), tx.InsertSecret(ctx, secret(2, "a")), tx.InsertSecret(ctx, secret(1, "b")))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Secret(ctx, creator, store.PurposePlatformKey, "a")
		if diff := cmp.Diff(secret(2, "a"), got); diff != "" {
			t.Errorf("secret (-want +got):\n%s", diff)
		}
		for _, missing := range []func() (store.Secret, error){
			func() (store.Secret, error) { return tx.Secret(ctx, other, store.PurposePlatformKey, "a") },
			func() (store.Secret, error) { return tx.Secret(ctx, creator, store.PurposeAPIv3, "a") },
			func() (store.Secret, error) { return tx.Secret(ctx, creator, store.PurposePlatformKey, "c") },
		} {
			if _, err := missing(); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a secret that is not there gives %v", err)
			}
		}
		return err
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertSecret(ctx, secret(4, "a")) })
	for _, old := range []int{4, 3, 2} {
		err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertSecret(t.Context(), secret(old, "a")) })
		if !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("version %d after 4 gives %v", old, err)
		}
	}
}

func testSecretPages(t *testing.T, s store.Store) {
	secret := func(owner merchant.ID, name string, version int) store.Secret {
		return store.Secret{Owner: owner, Purpose: store.PurposePlatformKey, Name: name, Version: version, Box: []byte{byte(version)}}
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.InsertSecret(ctx, secret(other, "a", 1)), tx.InsertSecret(ctx, secret(creator, "b", 1)),
			tx.InsertSecret(ctx, secret(store.Platform, "c", 1)), tx.InsertSecret(ctx, secret(creator, "b", 2)), tx.InsertSecret(ctx, secret(creator, "a", 1)))
	})
	want := []store.Secret{secret(store.Platform, "c", 1), secret(creator, "a", 1), secret(creator, "b", 2), secret(other, "a", 1)}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		var got []store.Secret
		after := store.SecretKey{}
		for range want {
			page, err := tx.Secrets(ctx, after, 3)
			if len(page) == 0 || err != nil {
				return err
			}
			got = append(got, page...)
			after = page[len(page)-1].Key()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("secrets (-want +got):\n%s", diff)
		}
		return nil
	})
}

func testSealingKeys(t *testing.T, s store.Store) {
	first, second := store.SealingKey{Generation: 1, Fingerprint: "aa"}, store.SealingKey{Generation: 2, Fingerprint: "bb"}
	for _, k := range []store.SealingKey{second, first} {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertSealingKey(ctx, k) })
	}
	for _, taken := range []store.SealingKey{{Generation: 1, Fingerprint: "cc"}, {Generation: 3, Fingerprint: "bb"}} {
		err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertSealingKey(t.Context(), taken) })
		if !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("%+v gives %v", taken, err)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.SealingKeys(ctx)
		if diff := cmp.Diff([]store.SealingKey{first, second}, got); diff != "" {
			t.Errorf("sealing keys (-want +got):\n%s", diff)
		}
		return err
	})
}

func testReplacedBox(t *testing.T, s store.Store) {
	old := store.Secret{Owner: creator, Purpose: store.PurposeAPIv3, Version: 1, Box: []byte{1}}
	newest := old
	newest.Version, newest.Box = 2, []byte{2}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertSecret(ctx, old), tx.InsertSecret(ctx, newest))
	})
	for _, box := range []byte{3, 4} { // the second one comes too late
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.ReplaceBox(ctx, newest, []byte{box}) })
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.ReplaceBox(ctx, old, []byte{5}) })
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Secret(ctx, creator, store.PurposeAPIv3, "")
		if !bytes.Equal(got.Box, []byte{3}) || got.Version != 2 {
			t.Errorf("the secret is %+v", got)
		}
		return err
	})
}

// testDroppedSealingKey has one transaction seal while another one drops the key.
func testDroppedSealingKey(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertSealingKey(ctx, store.SealingKey{Generation: 1, Fingerprint: "aa"})
	})
	held, sealed, dropped := make(chan struct{}), make(chan error, 1), make(chan error, 1)
	var once sync.Once
	go func() {
		sealed <- s.Write(t.Context(), func(tx store.Tx) error {
			if err := tx.LockSealingKey(t.Context(), "aa"); err != nil {
				return err
			}
			once.Do(func() { close(held) })
			return tx.InsertSecret(t.Context(), store.Secret{Owner: creator, Purpose: store.PurposeAPIv3, Version: 1, Box: []byte{1}})
		})
	}()
	<-held
	var seen []store.Secret
	go func() {
		dropped <- s.Write(t.Context(), func(tx store.Tx) error {
			err := tx.DropSealingKey(t.Context(), "aa")
			if err == nil {
				seen, err = tx.Secrets(t.Context(), store.SecretKey{}, 10)
			}
			return err
		})
	}()
	if err := errors.Join(<-sealed, <-dropped); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 {
		t.Errorf("who drops the key sees %d secrets that were sealed with it", len(seen))
	}
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.LockSealingKey(t.Context(), "aa") })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a key that was dropped gives %v", err)
	}
}

// ExpectUsable writes a merchant, unless it is there, and reads it.
func ExpectUsable(t *testing.T, s store.Store) {
	t.Helper()
	m := merchant.Merchant{ID: "1900000099", Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Merchant(t.Context(), m.ID); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return tx.InsertMerchant(t.Context(), m, noon())
	}); err != nil {
		t.Error(err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		_, err := tx.Merchant(ctx, m.ID)
		return err
	})
}
