package serve_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/serve"
)

// bounded is a server for at most so many connections, all of one source or each trusted.
func bounded(t *testing.T, most int, source string) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "hello") }))
	s.Listener = serve.NewListener(s.Listener, most, func(netip.Addr) string { return source })
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// greet sends a request and reports whether it was answered.
func greet(conn net.Conn) bool {
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return false
	}
	answer := make([]byte, len("HTTP/1.1 200 OK"))
	_, err := io.ReadFull(conn, answer)
	return err == nil && strings.HasSuffix(string(answer), "200 OK")
}

// TestSilentConnectionsMakeRoom: two hundred connections from one address on which nothing comes
// keep nobody out, from that address neither.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	const most, honest = 64, 20
	address := bounded(t, most, "one")
	answered := 0
	for range honest {
		for range 10 {
			dial(t, address)
		}
		if conn := dial(t, address); greet(conn) {
			answered++
		}
	}
	if answered != honest {
		t.Errorf("%d of %d honest calls were answered", answered, honest)
	}
}

// TestASourceHasHalfOfTheConnectionsAtMost: what speaks is not ended for others, and others find
// room.
func TestASourceHasHalfOfTheConnectionsAtMost(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{"one": 8, "": 16} {
		address := bounded(t, 16, source)
		open := 0
		for range 20 {
			if conn := dial(t, address); greet(conn) {
				open++
			}
		}
		if open != want {
			t.Errorf("source %q has %d connections, want %d", source, open, want)
		}
	}
}

// TestAClosedConnectionMakesRoom once, however often it is closed.
func TestAClosedConnectionMakesRoom(t *testing.T) {
	t.Parallel()
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := serve.NewListener(inner, 2, func(netip.Addr) string { return "" })
	t.Cleanup(func() { _ = l.Close() })
	for range 10 {
		for range 2 {
			dial(t, inner.Addr().String())
			accepted, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = accepted.Close() })
			_ = accepted.Close()
			_ = accepted.Close()
		}
	}
}
