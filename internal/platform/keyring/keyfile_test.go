package keyring_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

// keyFile writes a file with a key of equal digits.
func keyFile(t *testing.T, digit string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kek")
	if err := os.WriteFile(path, []byte(strings.Repeat(digit, 64)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// withKey returns a keyring over a store with the key of a file.
func withKey(t *testing.T, s store.Store, path string) *keyring.Keyring {
	t.Helper()
	sealer, err := keyring.LoadSealer(path)
	if err != nil {
		t.Fatal(err)
	}
	return keyring.New(s, clock.Fixed(now()), sealer)
}

// seal has a keyring seal something.
func seal(t *testing.T, k *keyring.Keyring) {
	t.Helper()
	if err := k.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := merchant.Merchant{ID: mchid, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
	draft, err := k.DraftSM2(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Register(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
}

// sealOlder has a keyring seal something in a database that knows no fingerprints.
func sealOlder(t *testing.T, s store.Store, k *keyring.Keyring) {
	t.Helper()
	seal(t, k)
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		known, err := tx.SealingKeys(t.Context())
		if err != nil {
			return err
		}
		return tx.DropSealingKey(t.Context(), known[0].Fingerprint)
	}); err != nil {
		t.Fatal(err)
	}
}

// mustName looks for a refusal that names a file.
func mustName(t *testing.T, err error, path, says string) {
	t.Helper()
	refusal := fault.Of(err)
	if err == nil || refusal.Kind != fault.Refused || !strings.Contains(refusal.Text.EN, path) || !strings.Contains(refusal.Text.ZH, path) || !strings.Contains(refusal.Text.EN, says) {
		t.Errorf("gives %v, want a refusal that names %s with %q", err, path, says)
	}
}

func TestADatabaseKnowsItsKeyAndRefusesOthers(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		right, foreign := keyFile(t, "a"), keyFile(t, "b")
		mustName(t, withKey(t, s, right).Verify(t.Context()), right, "does not open") // it is not adopted yet
		for range 2 {
			if err := withKey(t, s, right).Adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := withKey(t, s, right).Verify(t.Context()); err != nil {
			t.Error(err)
		}
		mustName(t, withKey(t, s, foreign).Adopt(t.Context()), foreign, "does not open")
		mustName(t, withKey(t, s, foreign).Verify(t.Context()), foreign, "does not open")
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			keys, err := tx.SealingKeys(t.Context())
			if len(keys) != 1 || strings.Contains(keys[0].Fingerprint, "aaaaaaaa") {
				t.Errorf("the database knows %+v", keys)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAKeyIsAdoptedByAnOlderDatabaseOnlyIfItOpensWhatIsSealed has secrets of a release that
// knew no fingerprints.
func TestAKeyIsAdoptedByAnOlderDatabaseOnlyIfItOpensWhatIsSealed(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		right, foreign := keyFile(t, "a"), keyFile(t, "b")
		sealOlder(t, s, withKey(t, s, right))
		mustName(t, withKey(t, s, foreign).Adopt(t.Context()), foreign, "does not open")
		if err := withKey(t, s, right).Adopt(t.Context()); err != nil {
			t.Error(err)
		}
		mustName(t, withKey(t, s, foreign).Adopt(t.Context()), foreign, "does not open")
	})
}

func TestOfNodesThatBringDifferentFirstKeysOneIsAdopted(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		var adopted atomic.Int64
		paths := []string{keyFile(t, "1"), keyFile(t, "2"), keyFile(t, "3"), keyFile(t, "4")}
		_, errs := storetest.Race(len(paths), func(i int) (struct{}, error) { return struct{}{}, withKey(t, s, paths[i]).Adopt(t.Context()) })
		for i, err := range errs {
			if err == nil {
				adopted.Add(1)
				continue
			}
			mustName(t, err, paths[i], "does not open")
		}
		if n := adopted.Load(); n != 1 {
			t.Errorf("%d keys were adopted", n)
		}
	})
}

func TestASandboxMakesItsKeyFileOnceAndKeepsItPrivate(t *testing.T) {
	t.Parallel()
	path, s := filepath.Join(t.TempDir(), "kek"), memstore.New()
	if _, err := keyring.LoadSealer(path); err == nil {
		t.Error("a missing file loads")
	}
	_, errs := storetest.Race(4, func(int) (struct{}, error) {
		_, err := keyring.MakeSealer(t.Context(), s, path)
		return struct{}{}, err
	})
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.MakeSealer(t.Context(), s, path); err != nil {
		t.Errorf("again: %v", err)
	}
	if second, _ := os.ReadFile(path); !bytes.Equal(first, second) {
		t.Error("the key changed")
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("there are %v, %v", files, err)
	}
}

// TestASandboxMakesNoKeyOverADatabaseWithSecrets of this release, and of an older one that
// knew no fingerprints.
func TestASandboxMakesNoKeyOverADatabaseWithSecrets(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*testing.T, store.Store, *keyring.Keyring){
		"adopted": func(t *testing.T, _ store.Store, k *keyring.Keyring) {
			t.Helper()
			if err := k.Adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
		"older": sealOlder,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := memstore.New(), filepath.Join(t.TempDir(), "kek")
			prepare(t, s, withKey(t, s, keyFile(t, "a")))
			_, err := keyring.MakeSealer(t.Context(), s, path)
			mustName(t, err, path, "is missing")
			if _, err := os.Stat(path); err == nil {
				t.Error("a key was made")
			}
		})
	}
}

func TestAKeyFileWithAnythingElseIsRefusedWithItsFormat(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "short", strings.Repeat("a", 63), strings.Repeat("a", 66), strings.Repeat("g", 64), strings.Repeat("a", 5000),
		strings.Repeat(strings.Repeat("a", 64)+"\n", 2), strings.Repeat("a", 64) + "\n\n" + strings.Repeat("b", 64), strings.Repeat("a", 32) + "\n" + strings.Repeat("a", 32),
	} {
		path := filepath.Join(t.TempDir(), "kek")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := keyring.LoadSealer(path)
		mustName(t, err, path, "64 hex digits")
	}
	path := keyFile(t, "a")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := keyring.LoadSealer(path)
	mustName(t, err, path, "open to other users")
}
