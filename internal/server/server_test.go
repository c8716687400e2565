package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func configOf(dir string) server.Config {
	return server.Config{
		Mode: store.Sandbox, DataDir: dir, APIAddress: "127.0.0.1:0", ManageAddress: "127.0.0.1:0",
		Version: "test", Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
	}
}

// freshConfig is that of a directory with an empty database: its migrations are what other tests look at.
func freshConfig(t *testing.T) server.Config {
	t.Helper()
	dir := t.TempDir()
	sqlitetest.Put(t, dir)
	return configOf(dir)
}

// running is a server that was started.
type running struct {
	*server.Server
	stop  context.CancelFunc
	ended chan error
}

func start(t *testing.T, c server.Config) *running {
	t.Helper()
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{Server: s, stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- s.Run(ctx) }()
	return r
}

func (r *running) finish(t *testing.T) {
	t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		t.Errorf("the server ends with %v", err)
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestAServerStartsServesAndEndsAgainAndAgain(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	for range 5 {
		r := start(t, c)
		if status, body := fetch(t, r.APIURL()+"/v3/certificates"); status != http.StatusBadRequest || !strings.Contains(body, "INVALID_REQUEST") {
			t.Errorf("an unsigned call without User-Agent gives %d %s", status, body)
		}
		if status, body := fetch(t, r.ManageURL()+"/readyz"); status != http.StatusOK {
			t.Errorf("readyz gives %d %s", status, body)
		}
		r.finish(t)
		if status, _ := fetch(t, r.APIURL()+"/v3/certificates"); status != 0 {
			t.Errorf("after the end it answers %d", status)
		}
	}
}

// TestAServerThatNeverRanCanBeClosed and started again: everything was released.
func TestAServerThatNeverRanCanBeClosed(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	for range 3 {
		s, err := server.New(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheDemoMerchantIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	var serials []string
	for range 2 {
		s, err := server.New(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			e, err := s.Sandbox(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			serials = append(serials, e.SerialNo+e.PlatformSerialNo+e.PublicKeyID+e.APIv3Key)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, s := range serials[1:] {
		if s != serials[0] {
			t.Errorf("the keys changed: %v", serials)
		}
	}
}

func TestAnSM2MerchantNeedsANewDirectory(t *testing.T) {
	t.Parallel()
	open := func(c server.Config) (sandbox.Environment, error) {
		t.Helper()
		s, err := server.New(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		return s.Sandbox(t.Context())
	}
	c := configOf(t.TempDir())
	c.SM2 = true
	first, err := open(c)
	if err != nil || first.AlgorithmType != "SM2" || first.PublicKeyID != "" || first.PublicKeyFile != "" {
		t.Fatalf("%+v, %v", first, err)
	}
	c.SM2 = false // the directory knows
	if again, err := open(c); err != nil || again.SerialNo != first.SerialNo || again.AlgorithmType != "SM2" {
		t.Errorf("again: %+v, %v", again, err)
	}
	c = configOf(t.TempDir())
	if e, err := open(c); err != nil || e.AlgorithmType != "RSA" {
		t.Fatalf("%+v, %v", e, err)
	}
	c.SM2 = true
	if _, err := open(c); fault.KindOf(err) != fault.Refused {
		t.Errorf("SM2 in a directory of RSA: %v", err)
	}
}

// TestAStartThatWasCutOffIsRepeated removes what a crash between the files and the
// merchant would leave out.
func TestAStartThatWasCutOffIsRepeated(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	if err := os.WriteFile(filepath.Join(c.DataDir, "credentials.json"), []byte(`{"mchid":"stale"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Sandbox(t.Context())
	if err != nil || e.MchID != "1900000001" || len(e.SerialNo) != 40 {
		t.Errorf("%+v, %v", e, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestProductionNeedsItsKeyFile(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	c.Mode = store.Production
	if _, err := server.New(t.Context(), c); fault.KindOf(err) != fault.Refused {
		t.Errorf("gives %v", err)
	}
}

func TestAnAddressThatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	first := start(t, configOf(t.TempDir()))
	defer first.finish(t)
	for address, says := range map[string]string{
		strings.TrimPrefix(first.APIURL(), "http://"): "is in use",
		"nonsense":       "Cannot listen on nonsense",
		"203.0.113.1:80": "Cannot listen on 203.0.113.1:80",
	} {
		c := configOf(t.TempDir())
		c.ManageAddress = address
		if _, err := server.New(t.Context(), c); err == nil || !strings.Contains(fault.Of(err).Text.EN, says) {
			t.Errorf("%s gives %v", address, err)
		}
	}
}

// TestARequestUnderWayIsFinished tells the server to stop while it reads a body, and only
// then sends the body.
func TestARequestUnderWayIsFinished(t *testing.T) {
	t.Parallel()
	r := start(t, configOf(t.TempDir()))
	const body = `{"echo_message":"still there"}`
	reading := make(chan struct{})
	rest, sender := io.Pipe()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.APIURL()+"/v3/security/echo", rest)
	if err != nil {
		t.Fatal(err)
	}
	sign(t, r, request, body)
	request.Header.Set("Expect", "100-continue")
	type outcome struct {
		status int
		err    error
	}
	answered := make(chan outcome, 1)
	go func() {
		transport := &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}
		answer, err := transport.RoundTrip(request)
		if err != nil {
			answered <- outcome{err: err}
			return
		}
		_ = answer.Body.Close()
		answered <- outcome{status: answer.StatusCode}
	}()
	<-reading
	r.stop()
	if _, err := io.WriteString(sender, body); err != nil {
		t.Fatal(err)
	}
	_ = sender.Close()
	if got := <-answered; got.err != nil || got.status != http.StatusOK {
		t.Errorf("the request under way ends with %+v", got)
	}
	if err := <-r.ended; err != nil {
		t.Errorf("the server ends with %v", err)
	}
}

// sign signs a request as the demo merchant.
func sign(t *testing.T, r *running, request *http.Request, body string) {
	t.Helper()
	e, err := r.Sandbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(e.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := apiv3.ParseRSAPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := apiv3.NewRSASigner(e.SerialNo, key)
	if err != nil {
		t.Fatal(err)
	}
	signed := apiv3.Request{Method: request.Method, Target: request.URL.RequestURI(), Body: []byte(body)}
	timestamp := strconv.FormatInt(clock.System{}.Now().Unix(), 10)
	a, err := apiv3.Credential{Identity: e.MchID, Signer: signer}.Authorize(signed, timestamp, apiv3.NewNonce())
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", a.String())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "test")
	request.Header.Set(apiv3.HeaderSerial, e.PlatformSerialNo)
}

func TestFilesOfASandboxAreItsOwnersOnly(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Sandbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(c.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 8 {
		t.Errorf("only %d files", len(entries))
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
	}
}

func TestSilentConnectionsDoNotKeepAServerFromEnding(t *testing.T) {
	t.Parallel()
	r := start(t, configOf(t.TempDir()))
	dialer := &http.Transport{}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.ManageURL()+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := dialer.RoundTrip(request) // and keep the connection
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	r.finish(t)
	dialer.CloseIdleConnections()
}

// TestTheRedirectIsPartOfASandboxOnly and begins and ends with it.
func TestTheRedirectIsPartOfASandboxOnly(t *testing.T) {
	t.Parallel()
	c := configOf(t.TempDir())
	c.ProxyAddress = "127.0.0.1:0"
	for range 2 {
		r := start(t, c)
		e, err := r.Sandbox(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if status, body := fetch(t, e.ProxyURL); status != http.StatusMethodNotAllowed || !strings.Contains(body, "CONNECT") {
			t.Errorf("the redirect gives %d %s", status, body)
		}
		if _, err := os.Stat(e.CAFile); err != nil {
			t.Error(err)
		}
		r.finish(t)
		if status, _ := fetch(t, e.ProxyURL); status != 0 {
			t.Errorf("after the end it answers %d", status)
		}
	}
	c.Mode, c.DataDir = store.Production, t.TempDir()
	c.KeyFile = filepath.Join(c.DataDir, "kek")
	if err := os.WriteFile(c.KeyFile, []byte(strings.Repeat("0f", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := server.New(t.Context(), c); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "sandbox only") {
		t.Errorf("in production: %v", err)
	}
	c.Mode, c.DataDir, c.ProxyAddress = store.Sandbox, t.TempDir(), "0.0.0.0:0"
	if _, err := server.New(t.Context(), c); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("for everybody: %v", err)
	}
}
