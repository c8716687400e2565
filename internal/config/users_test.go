package config_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
)

func TestUsersAndTheirPagesAreConfigured(t *testing.T) {
	t.Parallel()
	got, err := load(t, "mode: sandbox\ndata: /tmp/x\nstrict_users: true\nclaim: {per_user: 3, per_address: 30}\ntrusted_proxies: [10.0.0.0/8, '::1']\nmisses: {per_user: 5, per_merchant: 50}\n")
	if err != nil || !got.StrictUsers || got.Claim.PerUser != 3 || got.Claim.PerAddress != 30 || got.Misses.PerUser != 5 || got.Misses.PerMerchant != 50 {
		t.Fatalf("%+v, %v", got, err)
	}
	proxies, err := got.Proxies()
	if err != nil || !slices.Equal(proxies, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}) {
		t.Errorf("%v, %v", proxies, err)
	}
}

func TestAWrongRateOrProxyIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"claim: {per_user: -1}":         "claim.per_user",
		"claim: {per_address: 10001}":   "claim.per_address",
		"misses: {per_user: -1}":        "misses.per_user",
		"misses: {per_merchant: 10001}": "misses.per_merchant",
		"trusted_proxies: [here]":       "trusted_proxies",
		"trusted_proxies: [10.0/8]":     "trusted_proxies",
		"trusted_proxies: ['1.2.3']":    "trusted_proxies",
	} {
		_, err := load(t, "mode: sandbox\ndata: /tmp/x\n"+text+"\n")
		if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", text, err, want)
		}
	}
}
