package merchant_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestNotificationsMoveToThePublicKeyInSevenDays walks protocol 3.5.
func TestNotificationsMoveToThePublicKeyInSevenDays(t *testing.T) {
	t.Parallel()
	const aDay = 24 * time.Hour
	var m merchant.Merchant
	m.SetKeyMode(merchant.ModeMigrating, at)
	for after, want := range map[time.Duration]float64{
		-time.Second: 0, 0: 0.001, aDay - 1: 0.001, aDay: 0.01, 2 * aDay: 0.05, 3 * aDay: 0.1, 4 * aDay: 0.2, 5 * aDay: 0.5,
		6 * aDay: 1, 700 * aDay: 1,
	} {
		if got := m.PublicKeyShare(at.Add(after)); got != want {
			t.Errorf("%s after the switch the share is %v, want %v", after, got, want)
		}
	}
	m.SetKeyMode(merchant.ModeMigrating, at.Add(3*aDay))
	if !m.KeyModeSince.Equal(at) {
		t.Error("setting the mode again starts it anew")
	}
	for mode, want := range map[merchant.KeyMode]float64{merchant.ModeCertificate: 0, merchant.ModePublicKey: 1} {
		if m.SetKeyMode(mode, at.Add(aDay)); m.PublicKeyShare(at.Add(9*aDay)) != want || !m.KeyModeSince.Equal(at.Add(aDay)) {
			t.Errorf("%s: %v since %s", mode, m.PublicKeyShare(at.Add(9*aDay)), m.KeyModeSince)
		}
	}
	older := merchant.Merchant{KeyMode: merchant.ModeMigrating}
	if older.PublicKeyShare(at) != 0 {
		t.Error("a merchant of an older release moves by itself")
	}
	if older.SetKeyMode(merchant.ModeMigrating, at); older.PublicKeyShare(at) == 0 {
		t.Error("a merchant of an older release cannot begin to move")
	}
}
