package serve_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/favord/favord/internal/edge/serve"
)

func TestAnAddressIsThePeersUnlessAProxyIsTrusted(t *testing.T) {
	t.Parallel()
	proxies := serve.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.7:1234", "", "203.0.113.7"},
		{"203.0.113.7:1234", "198.51.100.1", "203.0.113.7"}, // anybody may write that
		{"10.1.2.3:1234", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1234", "8.8.8.8, 198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:1234", "", "10.1.2.3"},
		{"10.1.2.3:1234", "nonsense", "10.1.2.3"},
		{"10.1.2.3:1234", "nonsense, 10.4.4.4", "10.4.4.4"},
		{"[::ffff:10.1.2.3]:1234", "198.51.100.1", "198.51.100.1"},
		{"[2001:db8:1:2:3:4:5:6]:1234", "", "2001:db8:1:2::/64"},
		{"[fd00::1]:1234", "2001:db8:1:2:9::9", "2001:db8:1:2::/64"},
		{"pipe", "", "pipe"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.Source(r); got != c.want {
			t.Errorf("%s for %q is %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}
