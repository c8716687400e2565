package config

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Claim says how users' pages are used.
type Claim struct {
	// PerUser and PerAddress are how often one user, and one address, may try to claim in
	// a minute; 0 is the usual rate.
	PerUser    int `yaml:"per_user"`
	PerAddress int `yaml:"per_address"`
}

// maxRate bounds the rates: each user or address that is counted takes as many times 8 bytes.
const maxRate = 10_000

// Misses bound the questions of merchants for codes that do not exist.
type Misses struct {
	// PerUser are those about one user, PerMerchant all of a merchant, in a minute; 0 is the
	// usual number.
	PerUser     int `yaml:"per_user"`
	PerMerchant int `yaml:"per_merchant"`
}

// Proxies returns the trusted proxies.
func (s *Serve) Proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range s.TrustedProxies {
		p, err := parseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %s: %w", text, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// parseNetwork reads a network, or an address as a network of one.
func parseNetwork(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

func (c *Claim) problem() *fault.Error {
	if c.PerUser < 0 || c.PerUser > maxRate || c.PerAddress < 0 || c.PerAddress > maxRate {
		return refuse(
			fmt.Sprintf("claim.per_user 和 claim.per_address 须在 0 到 %d 之间", maxRate),
			fmt.Sprintf("claim.per_user and claim.per_address must be 0 to %d.", maxRate))
	}
	return nil
}

func (m *Misses) problem() *fault.Error {
	if m.PerUser < 0 || m.PerUser > maxRate || m.PerMerchant < 0 || m.PerMerchant > maxRate {
		return refuse(
			fmt.Sprintf("misses.per_user 和 misses.per_merchant 须在 0 到 %d 之间", maxRate),
			fmt.Sprintf("misses.per_user and misses.per_merchant must be 0 to %d.", maxRate))
	}
	return nil
}

func (s *Serve) proxyProblem() *fault.Error {
	if _, err := s.Proxies(); err != nil {
		return refuse("trusted_proxies 须为IP地址或网段，如 10.0.0.0/8", "trusted_proxies must be addresses or networks, such as 10.0.0.0/8.")
	}
	return nil
}
