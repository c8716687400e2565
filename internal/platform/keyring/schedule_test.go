package keyring_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// TestPlatformCertificatesAreRotatedByScheduleWithOverlap has several nodes look at once.
func TestPlatformCertificatesAreRotatedByScheduleWithOverlap(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		path, hand := keyFile(t, "a"), clock.NewManual(now())
		sealer, err := keyring.LoadSealer(path)
		if err != nil {
			t.Fatal(err)
		}
		node := func() *keyring.Keyring { return keyring.New(s, hand, sealer) }
		seal(t, node())
		of := func() *keyring.Keys {
			keys, err := node().Of(t.Context(), mchid)
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		first := of().Platform()[0]
		rotate := func() (all []keyring.Rotated) {
			found, errs := storetest.Race(3, func(int) ([]keyring.Rotated, error) { return node().RotateDue(t.Context()) })
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			for _, some := range found {
				all = append(all, some...)
			}
			return all
		}
		hand.Set(first.Expire.Add(-merchant.RotationAhead - time.Second))
		if early := rotate(); len(early) != 0 {
			t.Errorf("a second too early: %+v", early)
		}
		hand.Set(first.Expire.Add(-merchant.RotationAhead))
		done := rotate()
		if len(done) != 1 || done[0].Owner != mchid || !done[0].SignsFrom.Equal(first.Expire.Add(-merchant.SwitchAhead)) {
			t.Fatalf("rotated %+v", done)
		}
		if again := rotate(); len(again) != 0 {
			t.Errorf("again: %+v", again)
		}
		keys := of()
		if listed, err := keys.Certificates(hand.Now(), apiv3.SchemeSM2); err == nil && len(listed) != 2 {
			t.Errorf("%d certificates are listed", len(listed))
		}
		for left, want := range map[time.Duration]string{merchant.SwitchAhead + time.Second: first.Serial, merchant.SwitchAhead: done[0].Serial} {
			if signer, err := keys.Signer(apiv3.SchemeSM2, "", first.Expire.Add(-left)); err != nil || signer.Serial() != want {
				t.Errorf("%s before the end %v signs, %v; want %s", left, signer, err, want)
			}
		}
		if end, err := node().AuthorityEnd(t.Context()); err != nil || end.Year() != now().Year()+20 {
			t.Errorf("the authority ends at %s, %v", end, err)
		}
	})
}
