package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// Notify says where callbacks may go besides public addresses on port 443.
type Notify struct {
	// Networks are opened, such as 10.20.0.0/16; none wider than /8.
	Networks []netip.Prefix `yaml:"networks"`
	// Ports are allowed besides 443.
	Ports []uint16 `yaml:"ports"`
	// Tail is until when, after its first attempt, a callback is sent beyond the deliveries that
	// the contract has, such as 24h; at most 72h, which is also the default. 0 is not at all.
	Tail string `yaml:"tail"`
}

// TailFor is the tail. That it is one was checked when the file was loaded.
func (n *Notify) TailFor() time.Duration {
	tail, err := n.tail()
	if err != nil {
		panic(err)
	}
	return tail
}

func (n *Notify) tail() (time.Duration, error) {
	if n.Tail == "" {
		return longestTail, nil
	}
	tail, err := time.ParseDuration(n.Tail)
	if err == nil && (tail < 0 || tail > longestTail) {
		err = errTail
	}
	return tail, err
}

// defaultTail is the longest.
const defaultTail = "72h"

// longestTail is how long a receiver may be down without losing a callback.
const longestTail = 72 * time.Hour

var errTail = errors.New("config: no tail")

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
	if _, err := n.tail(); err != nil {
		return refuse("notify.tail 须为 0 到 72h 的时长，如 24h", "notify.tail must be 0 to 72h, such as 24h.")
	}
	if slices.Contains(n.Ports, 0) {
		return refuse("notify.ports 中的端口须为 1 到 65535", "notify.ports must be 1 to 65535.")
	}
	return nil
}
