// Package redirect lets programs that know only the hosts of the real service reach a
// sandbox: a proxy on this machine that accepts tunnels to those hosts and to no other,
// ends their TLS with a certificate of an authority that can certify nothing else, and
// hands the connections to the server of the API. It owns the proxy, the authority and the
// files by which programs trust it, and looks at no request inside a tunnel: the bytes are
// the client's.
package redirect

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/telemetry"
)

// Bounds of a connection until it is handed over.
const (
	// maxHead is the longest request for a tunnel, in bytes.
	maxHead = 8 << 10
	// headTime is how long a client may take to ask for a tunnel.
	headTime = 5 * time.Second
	// handshakeTime is how long it may take to agree on TLS.
	handshakeTime = 10 * time.Second
	// lingerTime is how long a refused client may take to read why.
	lingerTime = time.Second
)

// Config is what a Proxy needs.
type Config struct {
	// Port is where programs ask for tunnels. It must be open on this machine alone,
	// and bound the number of connections itself.
	Port      net.Listener
	Authority *Authority
	Clock     clock.Clock
	Log       *slog.Logger
}

// Proxy accepts tunnels. It is a net.Listener of what comes out of them: plain connections
// on which HTTP is spoken. Use New; it accepts while Run runs.
type Proxy struct {
	Config
	tls *tls.Config
	// opened hands tunnels over to Accept.
	opened chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// New returns a proxy.
func New(c Config) (*Proxy, error) {
	if address, ok := c.Port.Addr().(*net.TCPAddr); !ok || !address.IP.IsLoopback() {
		return nil, errNotLoopback(c.Port.Addr().String())
	}
	return &Proxy{
		Config: c,
		tls: &tls.Config{
			MinVersion: tls.VersionTLS12,
			// No HTTP/2: it would lower-case the headers that some SDKs look up by
			// their case (protocol 0).
			NextProtos:     []string{"http/1.1"},
			GetCertificate: c.Authority.GetCertificate,
		},
		opened: make(chan net.Conn),
		closed: make(chan struct{}),
	}, nil
}

// CheckAddress refuses an address, host:port, that other machines could reach: who can use
// the redirect can read what goes through it.
func CheckAddress(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fault.New(fault.Refused,
			fmt.Sprintf("地址 %s 有误，应为 主机:端口", address),
			fmt.Sprintf("The address %s is wrong; it must be host:port.", address))
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errNotLoopback(address)
}

func errNotLoopback(address string) error {
	return fault.New(fault.Refused,
		fmt.Sprintf("重定向代理只能监听本机回环地址（如 127.0.0.1:18082），不能监听 %s", address),
		fmt.Sprintf("The redirect listens on a loopback address only, such as 127.0.0.1:18082, not on %s.", address))
}

// URL is what programs take for their proxy.
func (p *Proxy) URL() string { return "http://" + p.Port.Addr().String() }

// Run accepts connections until ctx ends or the proxy is closed, and returns when every
// tunnel is handed over or gone.
func (p *Proxy) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	context.AfterFunc(ctx, func() { _ = p.Close() })
	var open sync.WaitGroup
	defer open.Wait()
	for {
		conn, err := p.Port.Accept()
		if errors.Is(err, net.ErrClosed) {
			stop()
			return nil
		}
		if err != nil { // such as too many open files: others may close some
			p.Log.Warn("redirect", telemetry.Cause(err))
			if !p.pause(ctx) {
				return nil
			}
			continue
		}
		open.Go(func() { p.open(ctx, conn) })
	}
}

// retryPause is how long to wait after a connection could not be accepted.
const retryPause = 50 * time.Millisecond

func (p *Proxy) pause(ctx context.Context) bool {
	select {
	case <-time.After(retryPause):
		return true
	case <-ctx.Done():
		return false
	}
}

// Accept implements net.Listener.
func (p *Proxy) Accept() (net.Conn, error) {
	select {
	case conn := <-p.opened:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (p *Proxy) Addr() net.Addr { return p.Port.Addr() }

// Close implements net.Listener. Tunnels that were handed over stay open.
func (p *Proxy) Close() error {
	var err error
	p.once.Do(func() {
		close(p.closed)
		err = p.Port.Close()
	})
	return err
}

// open takes a connection from the request for a tunnel to the end of its handshake, and
// hands it over.
func (p *Proxy) open(ctx context.Context, conn net.Conn) {
	inside, err := p.tunnel(ctx, conn)
	if err != nil {
		_ = conn.Close()
		if !errors.Is(err, errNothing) {
			p.Log.Warn("redirect", "refused", err.Error())
		}
		return
	}
	select {
	case p.opened <- inside:
	case <-p.closed:
		_ = inside.Close()
	}
}

// errNothing is a connection that was closed before anything came, as those do that ask
// whether somebody listens.
var errNothing = errors.New("nothing was sent")

func (p *Proxy) tunnel(ctx context.Context, conn net.Conn) (net.Conn, error) {
	stay := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stay()
	limited := &io.LimitedReader{R: conn, N: maxHead}
	head := bufio.NewReaderSize(limited, maxHead)
	if err := conn.SetDeadline(p.Clock.Now().Add(headTime)); err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	request, err := http.ReadRequest(head)
	if errors.Is(err, io.EOF) && limited.N == maxHead {
		return nil, errNothing
	}
	if refusal := p.refusal(request, err); refusal != nil {
		p.refuse(conn, refusal)
		return nil, errors.New(refusal.en)
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	// A client may have sent more than its request for the tunnel.
	sent, err := head.Peek(head.Buffered())
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	inside := tls.Server(&rest{Conn: conn, sent: bytes.NewReader(sent)}, p.tls)
	if err := conn.SetDeadline(p.Clock.Now().Add(handshakeTime)); err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	if err := inside.HandshakeContext(ctx); err != nil {
		return nil, explained(request.Host, err)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	return inside, nil
}

// refuse answers with a refusal, and reads on for a moment: so a client that is still
// sending gets to read why it is refused before the connection is gone.
func (p *Proxy) refuse(conn net.Conn, r *refusal) {
	if conn.SetDeadline(p.Clock.Now().Add(lingerTime)) == nil {
		r.write(conn)
		_, _ = io.CopyN(io.Discard, conn, maxHead)
	}
}

// explained says of a failed handshake what to do about it, as far as the alert tells.
func explained(host string, err error) error {
	advice := ""
	if remote, is := errors.AsType[*net.OpError](err); is && remote.Op == "remote error" || errors.Is(err, io.EOF) {
		advice = "; the client may not trust the sandbox's CA: take the variables of `favord env`, or `favord run`"
	}
	return fmt.Errorf("TLS with a client for %s: %w%s", host, err, advice)
}

// rest is a connection of which the first bytes were read already.
type rest struct {
	net.Conn
	sent *bytes.Reader
}

// Read implements io.Reader.
func (r *rest) Read(p []byte) (int, error) {
	if r.sent.Len() > 0 {
		return r.sent.Read(p)
	}
	return r.Conn.Read(p)
}

// refusal is the answer to what is no request for a tunnel that the redirect serves.
type refusal struct {
	status int
	zh, en string
}

// refusal returns what is wrong with a request, or nil.
func (p *Proxy) refusal(r *http.Request, err error) *refusal {
	timeout, isNet := errors.AsType[net.Error](err)
	switch {
	case isNet && timeout.Timeout():
		return &refusal{http.StatusRequestTimeout, "请求太慢", "The request came too slowly."}
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return &refusal{
			http.StatusRequestHeaderFieldsTooLarge,
			fmt.Sprintf("请求不完整，或超过 %d 字节", maxHead),
			fmt.Sprintf("The request ended early or has more than %d bytes.", maxHead),
		}
	case err != nil:
		return &refusal{http.StatusBadRequest, "这不是HTTP代理请求", "This is not a request to an HTTP proxy."}
	case r.Method != http.MethodConnect:
		return &refusal{
			http.StatusMethodNotAllowed,
			"重定向代理只接受 CONNECT 隧道（https），不转发明文HTTP请求；沙箱的接口地址见 favord env",
			"The redirect takes tunnels (CONNECT, as for https) only and forwards no plain HTTP; for the address of the sandbox itself see `favord env`.",
		}
	case !serves(r.Host):
		return &refusal{
			http.StatusForbidden,
			fmt.Sprintf("重定向代理只代替 *.%s、%s、%s 的443端口，不转发到 %s；可将该主机加入 NO_PROXY", domain, wechatPay, wechatPay2, shown(r.Host)),
			fmt.Sprintf("The redirect stands in for port 443 of *.%s, %s and %s and does not forward to %s; add that host to NO_PROXY.", domain, wechatPay, wechatPay2, shown(r.Host)),
		}
	}
	return nil
}

// shown makes what a client sent fit for a line of text.
func shown(host string) string {
	const limit = 80
	if len(host) > limit {
		host = host[:limit] + "…"
	}
	return strings.ToValidUTF8(fmt.Sprintf("%q", host), "?")
}

// write sends the answer and ends the connection. Whoever has left does not get it.
func (r *refusal) write(w io.Writer) {
	text := r.zh + "\n" + r.en + "\n"
	_, _ = fmt.Fprintf(w, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		r.status, http.StatusText(r.status), len(text), text)
}
