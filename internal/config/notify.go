package config

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/favord/favord/internal/base/fault"
)

// Notify says where callbacks may go besides public addresses on port 443.
type Notify struct {
	// Networks are opened, such as 10.20.0.0/16; none wider than /8.
	Networks []netip.Prefix `yaml:"networks"`
	// Ports are allowed besides 443.
	Ports []uint16 `yaml:"ports"`
}

// Bounds of what may be opened.
const (
	minNetworkBits = 8
	maxOpened      = 64
)

func (n *Notify) problem() *fault.Error {
	if len(n.Networks) > maxOpened || len(n.Ports) > maxOpened {
		return refuse(
			fmt.Sprintf("notify.networks 与 notify.ports 各不超过 %d 项", maxOpened),
			fmt.Sprintf("notify.networks and notify.ports have at most %d entries each.", maxOpened))
	}
	for _, network := range n.Networks {
		if !network.IsValid() || network.Bits() < minNetworkBits || network.Addr().Is4In6() {
			return refuse(
				fmt.Sprintf("notify.networks 中的 %s 不是网段，或大于 /%d", network, minNetworkBits),
				fmt.Sprintf("notify.networks contains %s, which is not a network or is wider than /%d.", network, minNetworkBits))
		}
	}
	if slices.Contains(n.Ports, 0) {
		return refuse("notify.ports 中的端口须为 1 到 65535", "notify.ports must be 1 to 65535.")
	}
	return nil
}
