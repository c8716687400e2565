// Package outbound is the only way out of the server: calls to addresses that merchants
// chose. It owns the guard that keeps such calls from reaching inside: every address is
// checked after it was resolved and before it is connected to, nothing is redirected, no
// proxy is asked, and answers are bounded.
package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/favord/favord/internal/base/planted"
)

// portHTTPS is the port that is always allowed.
const portHTTPS = 443

// minBits bounds what an operator may open: a network wider than /8 is a mistake.
const minBits = 8

// Policy says what may be reached besides public addresses on port 443. The zero Policy
// is that of production.
type Policy struct {
	// Loopback allows this machine on any port, also without TLS. Only a sandbox has
	// it.
	Loopback bool
	// Networks are opened by the operator, none wider than /8; for them names without
	// a dot and IP literals are allowed, too.
	Networks []netip.Prefix
	// Ports are allowed besides 443.
	Ports []uint16
	// Own are the ports on which this server itself listens. They are never reached at any
	// address of this machine, whatever else is allowed: what answers there would take a call
	// from the server for one from this machine.
	Own []uint16
}

// Guard decides which addresses may be reached. It is safe for concurrent use; use
// NewGuard.
type Guard struct{ policy Policy }

// NewGuard returns the guard of a policy. It refuses networks wider than /8.
func NewGuard(p Policy) (*Guard, error) {
	for _, network := range p.Networks {
		if !network.IsValid() || network.Bits() < minBits || network.Addr().Is4In6() {
			return nil, fmt.Errorf("outbound: network %s is wider than /%d, or none", network, minBits)
		}
	}
	return &Guard{policy: p}, nil
}

// Allow reports nil when an address may be connected to, else ErrRefused.
func (g *Guard) Allow(to netip.AddrPort) error {
	address := to.Addr()
	switch {
	case address.Zone() != "" || g.isOwn(to):
	case g.policy.Loopback && address.IsLoopback() && !address.Is4In6():
		return nil
	case !g.allowsPort(to.Port()):
	case g.opened(address) || isPublic(address) || planted.DialInside.In():
		return nil
	}
	return fmt.Errorf("%w: %s", ErrRefused, to)
}

// isOwn reports whether this server itself may listen there. Where this machine's addresses
// cannot be told, every address with such a port counts.
func (g *Guard) isOwn(to netip.AddrPort) bool {
	if !slices.Contains(g.policy.Own, to.Port()) {
		return false
	}
	address := to.Addr().Unmap()
	if address.IsLoopback() || address.IsUnspecified() {
		return true
	}
	list, err := net.InterfaceAddrs()
	return err != nil || slices.ContainsFunc(list, func(one net.Addr) bool {
		network, is := one.(*net.IPNet)
		return is && network.IP.Equal(address.AsSlice())
	})
}

func (g *Guard) allowsPort(port uint16) bool {
	return port == portHTTPS || slices.Contains(g.policy.Ports, port)
}

// opened reports whether the operator opened a network that has the address.
func (g *Guard) opened(address netip.Addr) bool {
	return slices.ContainsFunc(g.policy.Networks, func(network netip.Prefix) bool { return network.Contains(address) })
}

// control is called by the dialer with every resolved address, before it connects.
func (g *Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return fmt.Errorf("%w: %s", ErrRefused, network)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrRefused, address)
	}
	return g.Allow(to)
}

// isPublic reports whether an address belongs to somebody on the internet: no host of
// this machine or of a private network, and no way around to one.
func isPublic(address netip.Addr) bool {
	switch {
	case address.Is4():
		return !within(address, special4())
	case address.Is6() && !address.Is4In6():
		return global6().Contains(address) && !within(address, special6())
	}
	return false
}

func within(address netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(address) })
}

// special4 are the networks of IPv4 that are not public (IANA special-purpose registry).
func special4() []netip.Prefix {
	return []netip.Prefix{
		v4(0, 0, 0, 8),       // this network
		v4(10, 0, 0, 8),      // private
		v4(100, 64, 0, 10),   // shared by carriers
		v4(127, 0, 0, 8),     // loopback
		v4(169, 254, 0, 16),  // link-local, also the metadata of clouds
		v4(172, 16, 0, 12),   // private
		v4(192, 0, 0, 24),    // protocol assignments
		v4(192, 0, 2, 24),    // documentation
		v4(192, 88, 99, 24),  // relays of 6to4
		v4(192, 168, 0, 16),  // private
		v4(198, 18, 0, 15),   // benchmarks
		v4(198, 51, 100, 24), // documentation
		v4(203, 0, 113, 24),  // documentation
		v4(224, 0, 0, 4),     // multicast
		v4(240, 0, 0, 4),     // reserved, broadcast
	}
}

// v4 is the prefix that begins with the given numbers.
func v4(a, b, c byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{a, b, c}), bits)
}

// global6 is all of IPv6 that is given out. What is outside, such as loopback, unique
// local and link-local addresses, NAT64, v4-mapped ones and multicast, is not public.
func global6() netip.Prefix { return v6(3, 0x2000) }

// special6 are the networks within global6 that are not public.
func special6() []netip.Prefix {
	return []netip.Prefix{
		v6(23, 0x2001),         // protocol assignments, among them Teredo and ORCHID
		v6(32, 0x2001, 0x0db8), // documentation
		v6(16, 0x2002),         // 6to4, which leads to any IPv4 address
		v6(20, 0x3fff),         // documentation
	}
}

// v6 is the prefix that begins with the given groups.
func v6(bits int, groups ...uint16) netip.Prefix {
	var raw [16]byte
	for i, group := range groups {
		raw[2*i], raw[2*i+1] = byte(group>>8), byte(group) //nolint:gosec // the halves of it
	}
	return netip.PrefixFrom(netip.AddrFrom16(raw), bits)
}
