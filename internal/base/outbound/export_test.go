package outbound

import (
	"context"
	"errors"
	"net"
	"syscall"
)

// errSeen ends a connection that the guard allowed.
var errSeen = errors.New("outbound: connecting, but for the test")

// WhenConnecting finds names with r, and has fn called in place of every connection that
// the guard allows.
func (c *Client) WhenConnecting(r *net.Resolver, fn func()) {
	dialer := &net.Dialer{Resolver: r, ControlContext: func(ctx context.Context, network, address string, raw syscall.RawConn) error {
		if err := c.control(ctx, network, address, raw); err != nil {
			return err
		}
		fn()
		return errSeen
	}}
	c.transport.DialContext = dialer.DialContext
}

// Control is what the dialer asks.
func (g *Guard) Control(network, address string) error {
	return g.control(context.Background(), network, address, nil)
}
