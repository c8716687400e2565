package load

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
)

const (
	// answerWithin is how long an answer may take; the server gives up before.
	answerWithin = 20 * time.Second
	// maxIdle is how long a connection is used again: servers close idle ones after
	// eight seconds.
	maxIdle = 4 * time.Second
	// maxBody is the largest answer that is read.
	maxBody = 1 << 20
	// bufferSize has room for the headers of an answer and a body of the usual size.
	bufferSize = 2 << 10
)

// connection carries one call at a time. It sends requests that are ready as bytes, which
// costs a fraction of what net/http's client does, and dials when it must.
type connection struct {
	dial  dial
	clock clock.Clock

	open net.Conn
	in   *bufio.Reader
	used time.Time
}

// reply is an answer that was read.
type reply struct {
	status int
	// signed says whether the answer carries a signature: refusals that come before
	// the request's own was looked at do not.
	signed bool
	body   []byte
}

// send sends one call and reads its answer.
func (c *connection) send(ctx context.Context, call signed) (reply, error) {
	now := c.clock.Now()
	if c.open != nil && now.Sub(c.used) > maxIdle {
		c.close()
	}
	if c.open == nil {
		open, err := c.dial(ctx)
		if err != nil {
			return reply{}, fmt.Errorf("load: %w", err)
		}
		c.open, c.in = open, bufio.NewReaderSize(open, bufferSize)
	}
	c.used = now
	r, err := c.exchange(now, call)
	if err != nil {
		c.close()
		return reply{}, fmt.Errorf("load: %w", err)
	}
	return r, nil
}

func (c *connection) exchange(now time.Time, call signed) (reply, error) {
	if err := c.open.SetDeadline(now.Add(answerWithin)); err != nil {
		return reply{}, err
	}
	if _, err := c.open.Write(call); err != nil {
		return reply{}, err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return reply{}, err
	}
	if answer.Close {
		c.close()
	}
	signature := answer.Header[apiv3.HeaderSignature]
	return reply{status: answer.StatusCode, signed: len(signature) > 0, body: body}, nil
}

// dial opens a connection to the server.
type dial func(ctx context.Context) (net.Conn, error)

func dialTo(to *url.URL) dial {
	address := to.Host
	if to.Port() == "" {
		address = net.JoinHostPort(to.Hostname(), to.Scheme)
	}
	from := sourcesFor(to)
	if to.Scheme == "https" {
		return func(ctx context.Context) (net.Conn, error) {
			return (&tls.Dialer{NetDialer: from()}).DialContext(ctx, "tcp", address)
		}
	}
	return func(ctx context.Context) (net.Conn, error) { return from().DialContext(ctx, "tcp", address) }
}

// sources is how many addresses of this machine calls come from, in turn, when the server is on
// it, too. A server leaves one source half of its connections at most, and a crowd is not one.
const sources = 16

// sourcesFor returns what makes the next connection. Where the system has but one loopback
// address, that is the one.
func sourcesFor(to *url.URL) func() *net.Dialer {
	target, err := netip.ParseAddr(to.Hostname())
	if err != nil || !target.Is4() || !target.IsLoopback() || runtime.GOOS != "linux" {
		return func() *net.Dialer { return new(net.Dialer) }
	}
	var next atomic.Uint32
	return func() *net.Dialer {
		last := byte(next.Add(1)%sources) + 1
		return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, last)}} //nolint:mnd // the loopback network
	}
}

func (c *connection) close() {
	if c.open != nil {
		_ = c.open.Close() // nothing is lost with it
		c.open = nil
	}
}
