package server_test

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

const examples = "../../docs/examples/prometheus/"

// demoStock is a stock of every sandbox.
const demoStock = "1282070000000017"

// shifted is the machine's clock with an offset.
type shifted struct{ by atomic.Int64 }

func (s *shifted) Now() time.Time { return clock.System{}.Now().Add(time.Duration(s.by.Load())) }

// figures are what /metrics shows: the sum over the series of each name.
type figures map[string]float64

func (r *running) figures(t *testing.T) figures {
	t.Helper()
	status, body := fetch(t, r.ManageURL()+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("metrics: %d %s", status, body)
	}
	f := figures{}
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		series, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if at := strings.LastIndexByte(line, '}'); at >= 0 { // labels may have blanks
			series, text = line[:at+1], strings.TrimSpace(line[at+1:])
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		name, _, _ := strings.Cut(series, "{")
		f[name] += value
		f[series] += value
	}
	return f
}

// demo returns a client of the demo merchant whose clock is the server's.
func (r *running) demo(t *testing.T, ahead clock.Clock) (*client.Client, sandbox.Environment) {
	t.Helper()
	e, err := r.Sandbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := func(path string) []byte {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	private, err := apiv3.ParseRSAPrivateKey(file(e.PrivateKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	platform, err := apiv3.ParseRSAPublicKey(file(e.PublicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, SerialNo: e.SerialNo, PrivateKey: private, Now: ahead.Now,
		PlatformKeys: map[string]*rsa.PublicKey{e.PublicKeyID: platform}, WechatpaySerial: e.PublicKeyID,
	}, client.WithRetry(client.Retry{}))
	if err != nil {
		t.Fatal(err)
	}
	return c, e
}

// watched starts a sandbox whose merchant is counted apart.
func watched(t *testing.T) (*running, *client.Client, *sandbox.Environment, *shifted) {
	t.Helper()
	ahead := &shifted{}
	c := freshConfig(t)
	c.Clock, c.MetricsMerchants, c.ShutdownDelay = ahead, []string{"1900000001"}, 2*time.Second
	r := start(t, c)
	caller, e := r.demo(t, ahead)
	return r, caller, &e, ahead
}

// send issues coupons to users of their own, from a number on.
func send(ctx context.Context, c *client.Client, e *sandbox.Environment, from, count int) error {
	for n := from; n < from+count; n++ {
		if _, err := c.BusiFavor().SendCoupon(ctx, &busifavor.SendCouponRequest{
			StockID: demoStock, AppID: e.AppID, OpenID: fmt.Sprintf("oMetrics%020d", n), OutRequestNo: fmt.Sprintf("M%09d", n),
		}); err != nil {
			return err
		}
	}
	return nil
}

// namedFigures are those that the dashboard and the alerts name.
func namedFigures(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range []string{"grafana.json", "alerts.yaml"} {
		text, err := os.ReadFile(examples + file)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, regexp.MustCompile(`\b(?:favord|go|process)_[a-z_]+`).FindAllString(string(text), -1)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// moved keeps which figures were seen to change.
type moved struct {
	before figures
	names  map[string]bool
}

func (m *moved) look(f figures) {
	for name, value := range f {
		if value != m.before[name] {
			m.names[name] = true
		}
	}
}

// TestEveryFigureThatDashboardAndAlertsNameExistsAndMoves makes happen what each of them is
// about.
func TestEveryFigureThatDashboardAndAlertsNameExistsAndMoves(t *testing.T) {
	t.Parallel()
	r, caller, e, ahead := watched(t)
	m := &moved{before: r.figures(t), names: map[string]bool{}}
	receiver := receive(t, caller)
	if err := send(t.Context(), caller, e, 0, 3); err != nil {
		t.Fatal(err)
	}
	receiver.mode.Store(holding)
	if err := send(t.Context(), caller, e, 10, 1); err != nil {
		t.Fatal(err)
	}
	r.until(t, m, "favord_delivery_in_flight")
	receiver.mode.Store(silent)
	close(receiver.release)
	if err := send(t.Context(), caller, e, 20, 10); err != nil {
		t.Fatal(err)
	}
	r.until(t, m, "favord_receivers_paused")
	ahead.by.Add(int64(25 * time.Second)) // the next attempts are due, within the pause
	r.until(t, m, "favord_delivery_overdue_seconds", `favord_deliveries{state="pending"}`)
	tooFast(t, caller)
	crowd(t, r, m, caller, e)
	if status, _ := fetch(t, r.APIURL()+"/wallet?appid="+e.AppID+"&openid="+e.OpenID); status != http.StatusOK {
		t.Errorf("the wallet gives %d", status)
	}
	r.stop()
	r.until(t, m, `favord_ready{check="serving"}`)
	m.look(r.figures(t))
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	for _, name := range namedFigures(t) {
		if name != "favord_build_info" && !m.names[name] && !m.names[name+"_count"] {
			t.Errorf("%s does not exist, or does not move", name)
		}
	}
	if m.before["favord_build_info"] != 1 {
		t.Errorf("favord_build_info is %v", m.before["favord_build_info"])
	}
}

// until reads the figures until those that are named have moved.
func (r *running) until(t *testing.T, m *moved, names ...string) {
	t.Helper()
	for {
		m.look(r.figures(t))
		if !slices.ContainsFunc(names, func(name string) bool { return !m.names[name] }) {
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("%v did not move", names)
		}
	}
}

// tooFast makes more calls than an operation's rate allows.
func tooFast(t *testing.T, caller *client.Client) {
	t.Helper()
	for range 200 {
		_, err := caller.Favor().CreateStock(t.Context(), &favor.CreateStockRequest{OutRequestNo: "R1", StockName: "x"})
		if refused, is := errors.AsType[*client.APIError](err); is && refused.Status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("no call was too fast")
}

// crowd calls from many sides at once until calls were seen to wait.
func crowd(t *testing.T, r *running, m *moved, caller *client.Client, e *sandbox.Environment) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var crowd sync.WaitGroup
	for side := range 32 {
		crowd.Go(func() {
			for n := 0; ctx.Err() == nil; n += 5 {
				_ = send(ctx, caller, e, 1_000_000*(side+1)+n, 5) // some are cut off at the end
			}
		})
	}
	r.until(t, m, "favord_gate_requests", "favord_lane_waiting", "favord_lane_oldest_seconds", "favord_database_connections", "favord_database_size_bytes")
	stop()
	crowd.Wait()
}

// What a receiver does.
const (
	accepting int32 = iota
	holding
	silent
)

// receiver is a program that receives callbacks.
type receiver struct {
	mode    atomic.Int32
	release chan struct{}
}

// receive has the demo merchant's callbacks sent to a receiver.
func receive(t *testing.T, caller *client.Client) *receiver {
	t.Helper()
	program := &receiver{release: make(chan struct{})}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch program.mode.Load() {
		case holding:
			<-program.release
		case silent:
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.Close)
	if _, err := caller.BusiFavor().SetCallback(t.Context(), &busifavor.SetCallbackRequest{MchID: "1900000001", NotifyURL: s.URL + "/notify"}); err != nil {
		t.Fatal(err)
	}
	return program
}

// TestPrometheusFindsNothingWrongWithTheFigures checks their format, and rules and dashboard
// with promtool.
func TestPrometheusFindsNothingWrongWithTheFigures(t *testing.T) {
	t.Parallel()
	r, caller, e, _ := watched(t)
	if err := send(t.Context(), caller, e, 0, 1); err != nil {
		t.Fatal(err)
	}
	_, body := fetch(t, r.ManageURL()+"/metrics")
	r.finish(t)
	promtool := func(input string, args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), "promtool", args...)
		command.Dir, command.Stdin = examples, strings.NewReader(input)
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, output)
		}
	}
	promtool(body, "check", "metrics")
	promtool("", "check", "rules", "alerts.yaml")
	promtool("", "test", "rules", "alerts_test.yaml")
	text, err := os.ReadFile(examples + "grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &dashboard); err != nil || len(dashboard.Panels) < 20 {
		t.Fatalf("%d panels, %v", len(dashboard.Panels), err)
	}
	var rules strings.Builder
	rules.WriteString("groups: [{name: dashboard, rules: [\n")
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			expr := strings.ReplaceAll(target.Expr, "$__rate_interval", "5m")
			fmt.Fprintf(&rules, "{alert: a, expr: %q},\n", expr)
		}
	}
	rules.WriteString("]}]\n")
	file := t.TempDir() + "/dashboard.yaml"
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool("", "check", "rules", "--lint=none", file)
}

// TestFiguresHaveNoLabelThatCallersChoose calls with names that nobody knows.
func TestFiguresHaveNoLabelThatCallersChoose(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	r := start(t, c)
	before := len(r.figures(t))
	for n := range 50 {
		for _, base := range []string{r.APIURL(), r.ManageURL()} {
			fetch(t, fmt.Sprintf("%s/v3/nothing-%d?x=%d", base, n, n))
			fetch(t, fmt.Sprintf("%s/manage/v1/stocks/%d", base, n))
			fetch(t, fmt.Sprintf("%s/v3/marketing/busifavor/stocks/%d", base, n))
			fetch(t, fmt.Sprintf("%s/busifavor/%d", base, n))
		}
	}
	if after := len(r.figures(t)); after > before+150 { // a histogram of each operation has 16
		t.Errorf("%d series grew to %d", before, after)
	}
	r.finish(t)
}
