package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
)

// TestANodeThatIsToldToEndServesOnAndIsNotReady gives it so long a delay that it ends by a
// second signal only.
func TestANodeThatIsToldToEndServesOnAndIsNotReady(t *testing.T) {
	t.Parallel()
	p := serveFile(t, t.TempDir(), "shutdown_delay: 5m")
	keeper := &http.Client{Transport: &http.Transport{}}
	defer keeper.CloseIdleConnections()
	call := func() *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.APIURL+"/v3/certificates", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := keeper.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	if first := call(); first.Close || p.ready(t) != "200 ready\n" {
		t.Errorf("before the signal: close %v, %s", first.Close, p.ready(t))
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for !strings.HasPrefix(p.ready(t), "503 not ready: ") {
		if t.Context().Err() != nil {
			t.Fatal("it stays ready")
		}
	}
	for range 3 { // on the connection that was kept, then on new ones
		if answer := call(); !answer.Close {
			t.Error("the connection is kept")
		}
	}
	if _, err := p.caller(t).BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: createStock(t, p)}); err != nil {
		t.Errorf("a call after the signal: %v", err)
	}
	if err := p.stop(); err == nil {
		t.Error("the second signal waits for the delay")
	}
}

// TestRestartsBehindAProxyFailNoCall restarts nodes in turn, under load, behind a proxy that
// asks them whether they are ready and repeats nothing.
func TestRestartsBehindAProxyFailNoCall(t *testing.T) {
	t.Parallel()
	dir, database := t.TempDir(), pgtest.Shared(t).Empty(t)
	node := func() *process {
		return serveFile(t, dir, fmt.Sprintf("database: {url: %q, connections: 4}", database))
	}
	x := newProxy(t)
	nodes := []*process{node(), node()}
	for _, p := range nodes {
		x.add(t, p)
	}
	load := newLoad(t, nodes[0], x)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() { load.run(t) })
	}
	for i := range 4 {
		old := nodes[i%2]
		if err := old.stop(); err != nil {
			t.Errorf("node %d ends with %v\n%s", i, err, old.errors.String())
		}
		nodes[i%2] = node()
		x.add(t, nodes[i%2])
	}
	close(load.done)
	workers.Wait()
	if load.failed.Load() > 0 || load.answered.Load() == 0 {
		t.Errorf("%d calls failed", load.failed.Load())
	}
	t.Logf("proof P18: 4 restarts, %d calls answered, %d failed", load.answered.Load(), load.failed.Load())
}

// proxy passes calls on to nodes that say that they are ready.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	nodes []*known
	turn  int
}

// known is a node that the proxy asks.
type known struct {
	*process
	ready atomic.Bool
	// first is closed when it was ready for the first time.
	first chan struct{}
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	x := &proxy{}
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	passer := &httputil.ReverseProxy{
		Transport: transport,
		ErrorLog:  log.New(io.Discard, "", 0), // the caller sees each failure
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", strings.TrimPrefix(x.pick(), "http://")
		},
	}
	x.Server = httptest.NewServer(passer)
	t.Cleanup(func() {
		x.Close()
		transport.CloseIdleConnections()
	})
	return x
}

// pick takes the nodes in turn that are ready.
func (x *proxy) pick() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	for range x.nodes {
		x.turn++
		if n := x.nodes[x.turn%len(x.nodes)]; n.ready.Load() {
			return n.APIURL
		}
	}
	return "http://127.0.0.1:9" // there is none
}

// add makes a node known, and returns once the proxy has seen it ready.
func (x *proxy) add(t *testing.T, p *process) {
	t.Helper()
	n := &known{process: p, first: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.watch(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	x.mu.Lock()
	x.nodes = append(x.nodes, n)
	x.mu.Unlock()
	<-n.first
}

// watch asks until the node has ended.
func (n *known) watch(ctx context.Context) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for seen := false; ; {
		ready := n.isReady(ctx)
		n.ready.Store(ready)
		if ready && !seen {
			seen = true
			close(n.first)
		}
		select {
		case <-ticker.C:
		case <-n.ended:
			n.ready.Store(false)
			return
		case <-ctx.Done():
			return
		}
	}
}

func (n *known) isReady(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.ManageURL+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// load calls through a proxy until it is told to stop.
type load struct {
	caller                 *client.Client
	appid, stock           string
	next, answered, failed atomic.Int64
	done                   chan struct{}
	// more is told when calls were answered.
	more chan struct{}
}

func newLoad(t *testing.T, p *process, through *proxy) *load {
	t.Helper()
	c := p.config(t)
	c.BaseURL = through.URL
	caller, err := client.New(c, client.WithRetry(client.Retry{}))
	if err != nil {
		t.Fatal(err)
	}
	request := stockRequest(p)
	request.StockSendRule = busifavor.StockSendRule{MaxCoupons: 1_000_000, MaxCouponsPerUser: 1}
	created, err := p.caller(t).BusiFavor().CreateStock(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return &load{caller: caller, appid: p.AppID, stock: created.StockID, done: make(chan struct{}), more: make(chan struct{}, 1)}
}

func loadNumber(n int64) string { return fmt.Sprintf("load%06d", n) }

// run sends coupons and looks at their stock, some fifty times a second.
func (l *load) run(t *testing.T) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		number := loadNumber(l.next.Add(1))
		_, err := l.caller.BusiFavor().SendCoupon(t.Context(), &busifavor.SendCouponRequest{
			OpenID: fmt.Sprintf("o%027s", number), AppID: l.appid, StockID: l.stock, OutRequestNo: number,
		})
		_, errShown := l.caller.BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: l.stock})
		if err := errors.Join(err, errShown); err != nil {
			l.failed.Add(1)
			t.Errorf("%s: %v", number, err)
		}
		l.answered.Add(2)
		select {
		case l.more <- struct{}{}:
		default:
		}
		select {
		case <-ticker.C:
		case <-l.done:
			return
		}
	}
}
