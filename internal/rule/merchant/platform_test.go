package merchant_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestASuccessorIsListedTenDaysBeforeTheEndAndSignsFiveDaysBefore walks protocol 4.5.
func TestASuccessorIsListedTenDaysBeforeTheEndAndSignsFiveDaysBefore(t *testing.T) {
	t.Parallel()
	const aDay = 24 * time.Hour
	end := at.Add(100 * aDay)
	keys := []merchant.PlatformKey{
		{Serial: "OLD", Expire: at.Add(aDay)}, {Serial: "NOW", Expire: end}, {Serial: "PUB", Public: true, Expire: at.Add(900 * aDay)},
	}
	for name, c := range map[string]struct {
		mode  merchant.KeyMode
		share float64
		left  time.Duration
		signs time.Duration // before the end; 0 is no rotation
	}{
		"a second too early":               {merchant.ModeCertificate, 0, 10*aDay + time.Second, 0},
		"ten days before the end":          {merchant.ModeCertificate, 0, 10 * aDay, 5 * aDay},
		"six days before the end":          {merchant.ModeCertificate, 0, 6 * aDay, 5 * aDay},
		"listed for a day at least":        {merchant.ModeCertificate, 0, 3 * aDay, 2 * aDay},
		"after the end":                    {merchant.ModeCertificate, 0, -aDay, -2 * aDay},
		"while notifications move":         {merchant.ModeMigrating, 0.5, 9 * aDay, 0},
		"before notifications move":        {merchant.ModeMigrating, 0, 9 * aDay, 5 * aDay},
		"after notifications have moved":   {merchant.ModeMigrating, 1, 9 * aDay, 5 * aDay},
		"a merchant with the public key":   {merchant.ModePublicKey, 1, 9 * aDay, 0},
		"the public key's merchant, ended": {merchant.ModePublicKey, 1, -9 * aDay, 0},
	} {
		signs, due := c.mode.Successor(keys, c.share, end.Add(-c.left))
		if due != (c.signs != 0) || due && !signs.Equal(end.Add(-c.signs)) {
			t.Errorf("%s: %v at %s", name, due, signs)
		}
	}
	if _, due := merchant.ModeCertificate.Successor(keys[2:], 0, end); due {
		t.Error("without a certificate there is a successor")
	}
}
