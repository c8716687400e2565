package call

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/favord/favord/internal/sandbox"
)

// relay brings connections that were made to the platform's hosts into tunnels of the redirect,
// byte for byte. Whose host it was is inside: the redirect has one certificate for all.
type relay struct {
	proxy string
	port  net.Listener
}

// maxRelayed is how many connections there are at once.
const maxRelayed = 1024

// run accepts connections until the port is closed.
func (r *relay) run(ctx context.Context) {
	room := make(chan struct{}, maxRelayed)
	for {
		conn, err := r.port.Accept()
		if err != nil {
			return
		}
		room <- struct{}{}
		go func() {
			defer func() { <-room }()
			defer func() { _ = conn.Close() }()
			_ = r.pass(ctx, conn) // the program sees a connection that ends
		}()
	}
}

func (r *relay) pass(ctx context.Context, conn net.Conn) error {
	tunnel, early, err := r.tunnel(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tunnel.Close() }()
	there := make(chan error, 1)
	go func() {
		_, err := io.Copy(tunnel, conn)
		there <- errors.Join(err, closeWrite(tunnel))
	}()
	_, err = io.Copy(conn, early)
	return errors.Join(err, closeWrite(conn), <-there)
}

// tunnel asks the redirect for a tunnel; early reads what comes out of it.
func (r *relay) tunnel(ctx context.Context) (conn net.Conn, early *bufio.Reader, err error) {
	const patience = 5 * time.Second
	if conn, err = (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", r.proxy); err != nil {
		return nil, nil, fmt.Errorf("redirect: %w", err)
	}
	host := sandbox.RedirectHosts()[0]
	if _, err = fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host); err == nil {
		early = bufio.NewReader(conn)
		var answer *http.Response
		//nolint:bodyclose // the answer to CONNECT has no body: the connection is the tunnel
		if answer, err = http.ReadResponse(early, &http.Request{Method: http.MethodConnect}); err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("redirect: %s", answer.Status) //nolint:err113 // nobody asks which
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, early, nil
}

// closeWrite ends one direction.
func closeWrite(c net.Conn) error {
	if half, is := c.(*net.TCPConn); is {
		return half.CloseWrite()
	}
	return nil
}
