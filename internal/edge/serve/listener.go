package serve

import (
	"container/list"
	"net"
	"net/netip"
	"sync"
)

// Listener bounds the connections of a listener, and leaves room for others whatever one
// source does: it has at most as many connections as it leaves free. Beyond that the one that
// has been silent for longest, on which nothing ever came, makes room; without one the new
// connection is closed at once. It is safe for concurrent use; use NewListener.
type Listener struct {
	net.Listener
	most   int
	source func(netip.Addr) string

	mu      sync.Mutex
	open    int
	sources map[string]*peers
}

// peers are the connections of a source.
type peers struct {
	open int
	// silent are those on which nothing came yet, the oldest first.
	silent list.List
}

// NewListener bounds a listener to so many connections. What is counted for an address, source
// says; "" is not counted, such as for a proxy, who has room as long as there is any.
func NewListener(l net.Listener, most int, source func(netip.Addr) string) *Listener {
	return &Listener{Listener: l, most: most, source: source, sources: map[string]*peers{}}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		source := ""
		if peer, is := conn.RemoteAddr().(*net.TCPAddr); is {
			source = l.source(peer.AddrPort().Addr())
		}
		if admitted := l.admit(conn, source); admitted != nil {
			return admitted, nil
		}
		_ = conn.Close()
	}
}

// admit counts a connection, or returns nil.
func (l *Listener) admit(conn net.Conn, source string) *counted {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.sources[source]
	if p == nil {
		p = &peers{}
	}
	if free := l.most - l.open; free <= 0 || source != "" && p.open >= free {
		oldest := p.silent.Front()
		if oldest == nil {
			return nil
		}
		if silent, is := oldest.Value.(*counted); is {
			l.forget(silent)
			_ = silent.Conn.Close()
		}
	}
	l.sources[source] = p
	l.open++
	p.open++
	c := &counted{Conn: conn, listener: l, source: source}
	c.place = p.silent.PushBack(c)
	return c
}

// forget stops counting a connection, once; l.mu is held.
func (l *Listener) forget(c *counted) {
	if c.gone {
		return
	}
	c.gone = true
	p := l.sources[c.source]
	if c.place != nil {
		p.silent.Remove(c.place)
		c.place = nil
	}
	l.open--
	if p.open--; p.open == 0 {
		delete(l.sources, c.source)
	}
}

// counted is a connection that takes up room until it is closed.
type counted struct {
	net.Conn
	listener *Listener
	source   string
	once     sync.Once
	// place is among the silent ones of its source, nil once something came.
	place *list.Element
	gone  bool
}

// Read implements net.Conn.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.once.Do(c.speaks)
	}
	return n, err
}

// speaks takes a connection out of the silent ones.
func (c *counted) speaks() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	if c.place != nil {
		c.listener.sources[c.source].silent.Remove(c.place)
		c.place = nil
	}
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.listener.mu.Lock()
	c.listener.forget(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
