package config_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/fault"
)

func TestUsersAndTheirPagesAreConfigured(t *testing.T) {
	t.Parallel()
	got, err := load(t, "mode: sandbox\ndata: /tmp/x\nstrict_users: true\nclaim: {per_user: 3, per_address: 30, trusted_proxies: [10.0.0.0/8, '::1']}\n")
	if err != nil || !got.StrictUsers || got.Claim.PerUser != 3 || got.Claim.PerAddress != 30 {
		t.Fatalf("%+v, %v", got, err)
	}
	proxies, err := got.Claim.Proxies()
	if err != nil || !slices.Equal(proxies, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}) {
		t.Errorf("%v, %v", proxies, err)
	}
}

func TestAWrongRateOrProxyIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{per_user: -1}":               "claim.per_user",
		"{per_address: 10001}":         "claim.per_address",
		"{trusted_proxies: [here]}":    "trusted_proxies",
		"{trusted_proxies: [10.0/8]}":  "trusted_proxies",
		"{trusted_proxies: ['1.2.3']}": "trusted_proxies",
	} {
		_, err := load(t, "mode: sandbox\ndata: /tmp/x\nclaim: "+text+"\n")
		if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", text, err, want)
		}
	}
}
