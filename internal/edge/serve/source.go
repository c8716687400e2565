package serve

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are trusted to say whom they forward for.
type Proxies []netip.Prefix

// Source is where a request comes from: the peer, or whom trusted proxies forward for. Of
// what they add to X-Forwarded-For the last address that is no proxy counts; what stands
// before it anybody may have written.
func (p Proxies) Source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.Trust(address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop
	}
	return SourceOf(address)
}

// Forwards reports whether a request comes from one of the proxies.
func (p Proxies) Forwards(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && p.Trust(peer.Addr())
}

// Trust reports whether an address is one of the proxies.
func (p Proxies) Trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(one netip.Prefix) bool { return one.Contains(a.Unmap()) })
}

// SourceOf is what is counted for an address. In IPv6 each user has a network, which is what
// counts.
func SourceOf(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	if address.Is6() {
		const network = 64
		return netip.PrefixFrom(address, network).Masked().String()
	}
	return address.String()
}
