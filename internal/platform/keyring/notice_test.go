package keyring_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestTheDrawDecidesWhichKeySignsAMigratingMerchantsNotification: as large a part as the day
// says goes to the public key, and a key that was named signs in any case (protocol 3.4, 3.5).
func TestTheDrawDecidesWhichKeySignsAMigratingMerchantsNotification(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeMigrating)
	keys := r.keys(t)
	sign := func(named string, after time.Duration) string {
		t.Helper()
		n, err := keys.Notifier(named, now().Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return n.Signer.Serial()
	}
	const aDay = 24 * time.Hour
	for _, c := range []struct {
		draw   float64
		after  time.Duration
		public bool
	}{
		{0.0009, 0, true}, {0.001, 0, false}, {0.49, 5 * aDay, true}, {0.5, 5 * aDay, false}, {0.999, 6 * aDay, true},
	} {
		want := r.registration.PlatformSerialNo
		if c.public {
			want = r.registration.PublicKeyID
		}
		if got := sign(keys.Migrated(c.draw, now().Add(c.after)), c.after); got != want {
			t.Errorf("%+v is signed by %s", c, got)
		}
	}
	if got := sign(r.registration.PublicKeyID, 0); got != r.registration.PublicKeyID {
		t.Errorf("the public key is named, %s signs", got)
	}
	if got := sign("SOMETHING", 0); got != r.registration.PlatformSerialNo {
		t.Errorf("a stranger is named, %s signs", got)
	}
	if !keys.Knows(r.registration.PublicKeyID, now()) || !keys.Knows(r.registration.PlatformSerialNo, now()) || keys.Knows("SOMETHING", now()) {
		t.Error("what a merchant may name is not what it is")
	}
}
