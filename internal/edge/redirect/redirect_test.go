package redirect_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/redirect"
	"github.com/favord/favord/internal/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a proxy before a server that tells what it got.
type stage struct {
	*redirect.Proxy
	authority *redirect.Authority
	dir       string
	log       *log
}

// log keeps lines of text.
type log struct {
	mu    sync.Mutex
	grown sync.Cond
	text  strings.Builder
}

func newLog() *log {
	l := &log{}
	l.grown.L = &l.mu
	return l
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.grown.Broadcast()
	return l.text.Write(p)
}

// await waits until the log has a text: a client is refused before the proxy knows of it.
func (l *log) await(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !strings.Contains(l.text.String(), text) {
		l.grown.Wait()
	}
}

func newStage(t *testing.T, serve func(net.Listener) error) *stage {
	t.Helper()
	s := &stage{dir: t.TempDir(), log: newLog()}
	var err error
	if s.authority, err = redirect.OpenAuthority(s.dir, clock.System{}); err != nil {
		t.Fatal(err)
	}
	port, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Proxy, err = redirect.New(redirect.Config{
		Port: port, Authority: s.authority, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	running.Go(func() {
		if err := serve(s.Proxy); !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	return s
}

// echo is an HTTP server that answers with what it was asked.
func echo(port net.Listener) error {
	server := &http.Server{
		ReadHeaderTimeout: time.Minute, // no test is about it, and a busy machine takes its time
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.RequestURI, r.Proto, r.Host, body)
		}),
	}
	return server.Serve(port)
}

// transport goes through the proxy and trusts what its data directory says.
func (s *stage) transport(t *testing.T) *http.Transport {
	t.Helper()
	proxy, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	return &http.Transport{
		Proxy: http.ProxyURL(proxy), DisableKeepAlives: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: pool(t, filepath.Join(s.dir, sandbox.RedirectCAFile))},
	}
}

func pool(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s has no certificate", file)
	}
	return roots
}

func get(t *testing.T, transport *http.Transport, link string) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	return fmt.Sprintf("%d %s", answer.StatusCode, text), err
}

// TestTheHostsOfTheRealServiceLeadToTheSandbox by HTTP/1.1, though the client would rather
// speak HTTP/2.
func TestTheHostsOfTheRealServiceLeadToTheSandbox(t *testing.T) {
	t.Parallel()
	s := newStage(t, echo)
	for _, host := range []string{
		"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com", "apihk.mch.weixin.qq.com", "API.MCH.weixin.qq.com",
		"api.wechatpay.cn", "api2.wechatpay.cn",
	} {
		got, err := get(t, s.transport(t), "https://"+host+"/v3/a%2Fb?x=%e5&y=a+b%20c")
		if want := "200 GET /v3/a%2Fb?x=%e5&y=a+b%20c HTTP/1.1 " + host; err != nil || !strings.HasPrefix(strings.ToLower(got), strings.ToLower(want)) {
			t.Errorf("%s: %q, %v", host, got, err)
		}
	}
}

func TestOtherHostsAreRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, echo)
	for _, host := range []string{
		"example.com", "mch.weixin.qq.com", "pay.weixin.qq.com", "a.b.mch.weixin.qq.com", "evilmch.weixin.qq.com",
		"api.mch.weixin.qq.com.example.com", "wechatpay.cn", "api3.wechatpay.cn", "127.0.0.1", "[::1]", "api.mch.weixin.qq.com:8443",
	} {
		if got, err := get(t, s.transport(t), "https://"+host+"/"); err == nil {
			t.Errorf("%s: %q", host, got)
		}
	}
	s.log.await("example.com")
	s.log.await("NO_PROXY")
}

// dial sends text to the proxy and returns what it answers, head and body.
func (s *stage) dial(t *testing.T, text string) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, text) // it may be refused before all of it is sent
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s\n%s", answer.Status, body)
}

func TestWhatIsNoTunnelIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	s := newStage(t, echo)
	for name, c := range map[string]struct{ sent, status, says string }{
		"another host":     {"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", "403 Forbidden", "NO_PROXY"},
		"an address":       {"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n", "403 Forbidden", "不转发"},
		"another port":     {"CONNECT api.mch.weixin.qq.com:80 HTTP/1.1\r\n\r\n", "403 Forbidden", "443"},
		"no port":          {"CONNECT api.mch.weixin.qq.com HTTP/1.1\r\n\r\n", "403 Forbidden", "443"},
		"plain HTTP":       {"GET http://api.mch.weixin.qq.com/v3/certificates HTTP/1.1\r\nHost: api.mch.weixin.qq.com\r\n\r\n", "405 Method Not Allowed", "CONNECT"},
		"a browser":        {"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "405 Method Not Allowed", "favord env"},
		"TLS":              {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400 Bad Request", "HTTP"},
		"a long host":      {"CONNECT " + strings.Repeat("a", 7000) + ":443 HTTP/1.1\r\n\r\n", "403 Forbidden", "…"},
		"an endless line":  {"CONNECT " + strings.Repeat("a", 8<<10), "431 Request Header Fields Too Large", "8192"},
		"too many headers": {"CONNECT api.mch.weixin.qq.com:443 HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 2000), "431 Request Header Fields Too Large", "8192"},
	} {
		got := s.dial(t, c.sent)
		if !strings.HasPrefix(got, c.status+"\n") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestBytesInsideATunnelAreUntouched compares what a client sends with what comes out: case
// and order of headers, and more than one request at once.
func TestBytesInsideATunnelAreUntouched(t *testing.T) {
	t.Parallel()
	received := make(chan string, 1)
	s := newStage(t, func(port net.Listener) error {
		for {
			conn, err := port.Accept()
			if err != nil {
				return err
			}
			text, _ := io.ReadAll(conn)
			_ = conn.Close()
			received <- string(text)
		}
	})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	// The request for the tunnel comes together with the first bytes of TLS.
	eager := &eagerConn{Conn: conn, first: []byte("CONNECT api.mch.weixin.qq.com:443 HTTP/1.1\r\n\r\n")}
	inside := tls.Client(eager, &tls.Config{ServerName: "api.mch.weixin.qq.com", RootCAs: pool(t, filepath.Join(s.dir, sandbox.RedirectCAFile))})
	sent := "POST /v3/x?B=1&a=%e5%88%b8 HTTP/1.1\r\nhOST: api.mch.weixin.qq.com\r\nwechatPAY-serial: 1\r\nX: 2\r\nwechatPAY-serial:   3\r\nContent-Length: 2\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n\x00\xff"
	if _, err := io.WriteString(inside, sent); err != nil {
		t.Fatal(err)
	}
	if err := inside.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got := <-received; got != sent {
		t.Errorf("received %q", got)
	}
	if got := inside.ConnectionState().NegotiatedProtocol; got != "" {
		t.Errorf("protocol %q", got)
	}
}

// eagerConn sends its first bytes together with what is written first, and reads past the
// answer to them.
type eagerConn struct {
	net.Conn
	first  []byte
	reader *bufio.Reader
}

func (e *eagerConn) Write(p []byte) (int, error) {
	if e.first == nil {
		return e.Conn.Write(p)
	}
	_, err := e.Conn.Write(append(e.first, p...))
	e.first = nil
	return len(p), err
}

func (e *eagerConn) Read(p []byte) (int, error) {
	if e.reader == nil {
		e.reader = bufio.NewReader(e.Conn)
		answer, err := http.ReadResponse(e.reader, &http.Request{Method: http.MethodConnect})
		if err != nil {
			return 0, err
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%s, %w", answer.Status, err)
		}
	}
	return e.reader.Read(p)
}

func TestAClientWithoutTrustIsToldInTheLog(t *testing.T) {
	t.Parallel()
	s := newStage(t, echo)
	transport := s.transport(t)
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	if got, err := get(t, transport, "https://api.mch.weixin.qq.com/"); err == nil {
		t.Errorf("a client that trusts nobody gets %q", got)
	}
	// A name inside the tunnel that is not that of the tunnel.
	transport = s.transport(t)
	transport.TLSClientConfig.ServerName = "example.com"
	if got, err := get(t, transport, "https://api.mch.weixin.qq.com/"); err == nil {
		t.Errorf("a certificate for another host: %q", got)
	}
	s.log.await("favord env")
	s.log.await("example.com")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestTunnelsThatNobodyTakesEndWithTheProxy so that nothing waits for ever.
func TestTunnelsThatNobodyTakesEndWithTheProxy(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(net.Listener) error { return net.ErrClosed })
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "CONNECT api.mch.weixin.qq.com:443 HTTP/1.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed proxy accepts: %v", err)
	}
	if _, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
}

// lateOnce is a clock that is a minute late when it is asked for the first time.
type lateOnce struct{ asked atomic.Bool }

func (l *lateOnce) Now() time.Time {
	if l.asked.Swap(true) {
		return clock.System{}.Now()
	}
	return clock.System{}.Now().Add(-time.Minute)
}

// TestASlowClientIsCutOff though it need not wait for the five seconds to be over.
func TestASlowClientIsCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority, err := redirect.OpenAuthority(dir, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	port, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p, err := redirect.New(redirect.Config{Port: port, Authority: authority, Clock: &lateOnce{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := p.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
	s := &stage{Proxy: p}
	if got := s.dial(t, "CONNECT api"); !strings.HasPrefix(got, "408 ") {
		t.Errorf("a slow client gets %q", got)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	running.Wait()
}

func TestOnlyThisMachineMayUseTheRedirect(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"127.0.0.1:18082", "127.1.2.3:0", "[::1]:18082", "localhost:1"} {
		if err := redirect.CheckAddress(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{":18082", "0.0.0.0:18082", "[::]:1", "192.168.1.1:18082", "example.com:1", "18082", ""} {
		err := redirect.CheckAddress(bad)
		if refusal := fault.Of(err); fault.KindOf(err) != fault.Refused || refusal.Text.ZH == "" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	port, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = port.Close() }()
	if _, err := redirect.New(redirect.Config{Port: port}); fault.KindOf(err) != fault.Refused {
		t.Errorf("a port that is open to all: %v", err)
	}
}
