package pgstore_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/favord/favord/internal/store/engines"
)

// TestANodeThatHearsNothingTrustsNothing lets the connections of a node go silent without an end, as
// when a network is cut. What it keeps in memory may then be out of date, and it is told so again and
// again until the network is back.
func TestANodeThatHearsNothingTrustsNothing(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	cable := layCable(t, dsn)
	s := mustOpen(t, cable.dsn)
	heard := listen(s)
	before := heard.await(t, "", 0)
	cable.cut()
	for range 3 {
		before = heard.await(t, "", before)
	}
}

// cable carries bytes between a port and a server until it is cut: then its ends stay open, and what is
// said into them is never heard.
type cable struct {
	// dsn leads through it.
	dsn   string
	mu    sync.Mutex
	whole bool
}

func layCable(t *testing.T, dsn string) *cable {
	t.Helper()
	server, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	address := server.Host
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server.Host = l.Addr().String()
	c := &cable{dsn: server.String(), whole: true}
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	var ends []net.Conn
	all.Go(func() {
		defer func() {
			for _, end := range ends {
				_ = end.Close()
			}
		}()
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(context.Background(), "tcp", address)
			if err != nil {
				_ = near.Close()
				continue
			}
			ends = append(ends, near, far)
			all.Go(func() { c.carry(near, far) })
			all.Go(func() { c.carry(far, near) })
		}
	})
	t.Cleanup(func() { _ = l.Close() })
	return c
}

// carry passes on what it reads; once cut, it still reads.
func (c *cable) carry(to io.Writer, from io.Reader) {
	buffer := make([]byte, 1<<14)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		c.mu.Lock()
		whole := c.whole
		c.mu.Unlock()
		if !whole {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole = false
}
