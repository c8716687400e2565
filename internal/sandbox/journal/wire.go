package journal

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// maxHead is how much of a request's head is remembered, in bytes: more than a server
// takes.
const maxHead = 20 << 10

// Listen returns a listener whose connections remember the head of the request that they
// carry, byte for byte: net/http loses the case and order of headers.
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// conn remembers what is read from it, from the beginning of a request to the end of its
// head.
type conn struct {
	net.Conn
	mu   sync.Mutex
	head []byte
	// whole is true once head ends with the end of a head.
	whole bool
}

// Read implements io.Reader.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.whole || n == 0 {
		return n, err
	}
	c.head = append(c.head, p[:min(n, maxHead-len(c.head))]...)
	if end := bytes.Index(c.head, []byte("\r\n\r\n")); end >= 0 {
		c.head, c.whole = c.head[:end+len("\r\n")], true
	}
	return n, err
}

// take returns the head and begins anew: with what is read from now on.
func (c *conn) take() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	head, whole := c.head, c.whole
	c.head, c.whole = nil, false
	if !whole {
		return nil
	}
	return head
}

// connKey is where a context has the connection.
type connKey struct{}

// Context is a function for the ConnContext of an http.Server.
func Context(ctx context.Context, c net.Conn) context.Context {
	if remembering, is := c.(*conn); is {
		return context.WithValue(ctx, connKey{}, remembering)
	}
	return ctx
}

// HeaderOf returns the headers of a request as they were received, and whether these are
// their order and case. It must be called once, when the request was read to its end and
// before it is answered: the client sends the next one after that. Of clients that do not
// wait the headers come sorted.
func HeaderOf(r *http.Request) (header []Field, exact bool) {
	if c, is := r.Context().Value(connKey{}).(*conn); is {
		line, rest, _ := strings.Cut(string(c.take()), "\r\n")
		if line == r.Method+" "+r.RequestURI+" "+r.Proto {
			return parse(rest), true
		}
	}
	header = append(Sorted(r.Header), Field{Name: "Host", Value: r.Host})
	slices.SortFunc(header, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return header, false
}

// parse splits lines of headers, which net/http has accepted.
func parse(lines string) []Field {
	var header []Field
	for line := range strings.SplitSeq(strings.TrimSuffix(lines, "\r\n"), "\r\n") {
		if name, value, found := strings.Cut(line, ":"); found {
			header = append(header, Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	return header
}

// Sorted lists headers by name.
func Sorted(h http.Header) []Field {
	list := make([]Field, 0, len(h))
	for name, values := range h {
		for _, value := range values {
			list = append(list, Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(list, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}
