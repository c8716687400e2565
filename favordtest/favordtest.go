// Package favordtest runs a Favord sandbox inside a Go test: the whole server over real HTTP
// on a free port of this machine, with a demo merchant, its keys and two stocks, an own
// business clock and faults on demand. It is gone when the test ends.
//
// A test of code that calls the WeChat Pay marketing interfaces points that code at
// [Sandbox.URL] with the credentials of the [Sandbox]:
//
//	s := favordtest.Start(t)
//	shop := myshop.New(myshop.Config{BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, Key: s.PrivateKey, ...})
package favordtest

import (
	"context"
	"crypto/rsa"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// Sandbox is a running sandbox, reached as its demo merchant. It is safe for concurrent use.
type Sandbox struct {
	// URL is where signed calls go, ManageURL the management port.
	URL       string
	ManageURL string
	// MchID is the merchant, AppID an appid of it, OpenID a user under that appid.
	MchID  string
	AppID  string
	OpenID string
	// SerialNo and PrivateKey sign the merchant's requests. The key is a test key that everybody
	// has.
	SerialNo   string
	PrivateKey *rsa.PrivateKey
	// APIv3Key opens callbacks and certificates, APIv2Key signs claim links.
	APIv3Key string
	APIv2Key string
	// PlatformSerialNo and PublicKeyID name the two keys that sign answers, PlatformKeys holds
	// both.
	PlatformSerialNo string
	PublicKeyID      string
	PlatformKeys     map[string]*rsa.PublicKey
	// Environment are the same values as `favord env --format json` prints them.
	Environment []byte

	t      testing.TB
	client *client.Client
	manage *client.Management
}

// Option changes how a sandbox starts.
type Option struct{ apply func(*server.Config) }

// WithSeed makes ids and codes depend on nothing but the seed, the order of the calls and the time, which
// they tell: [Sandbox.Freeze] it as well, and the same calls are answered with the same codes.
func WithSeed(seed uint64) Option {
	return Option{func(c *server.Config) { c.Random = sandbox.NewRandom(seed) }}
}

// WithLog has the server log to the given handler; without it nothing is logged.
func WithLog(h slog.Handler) Option {
	return Option{func(c *server.Config) { c.Log = slog.New(h) }}
}

// WithDatabase keeps everything in a PostgreSQL database, postgres://…, instead of a temporary
// SQLite file.
func WithDatabase(url string) Option {
	return Option{func(c *server.Config) { c.Database, c.Connections = url, 4 }}
}

// Start runs a sandbox until the test ends. What goes wrong fails the test.
func Start(tb testing.TB, options ...Option) *Sandbox {
	tb.Helper()
	config := server.Config{
		Mode: store.Sandbox, DataDir: tb.TempDir(), APIAddress: "127.0.0.1:0", ManageAddress: "127.0.0.1:0",
		Version: "favordtest", Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), RSAKey: spareKeys(),
	}
	for _, option := range options {
		option.apply(&config)
	}
	running, err := server.New(tb.Context(), config)
	if err != nil {
		tb.Fatalf("favordtest: %v", err)
	}
	environment, err := running.Sandbox(tb.Context())
	if err != nil {
		tb.Fatalf("favordtest: %v", errors.Join(err, running.Close()))
	}
	run(tb, running)
	s, err := reach(tb, &environment)
	if err != nil {
		tb.Fatalf("favordtest: %v", err)
	}
	return s
}

// run serves until the test ends.
func run(tb testing.TB, s *server.Server) {
	tb.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			tb.Errorf("favordtest: %v", err)
		}
	})
}

// reach reads what an environment says.
func reach(tb testing.TB, e *sandbox.Environment) (*Sandbox, error) {
	tb.Helper()
	s := &Sandbox{
		URL: e.APIURL, ManageURL: e.ManageURL, MchID: e.MchID, AppID: e.AppID, OpenID: e.OpenID,
		SerialNo: e.SerialNo, APIv3Key: e.APIv3Key, APIv2Key: e.APIv2Key,
		PlatformSerialNo: e.PlatformSerialNo, PublicKeyID: e.PublicKeyID, t: tb,
	}
	var err error
	if s.Environment, err = e.JSON(); err != nil {
		return nil, err
	}
	if s.PrivateKey, err = read(e.PrivateKeyFile, apiv3.ParseRSAPrivateKey); err != nil {
		return nil, err
	}
	certificate, err := read(e.PlatformCertFile, apiv3.ParseCertificate)
	if err != nil {
		return nil, err
	}
	platform, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		return nil, err
	}
	public, err := read(e.PublicKeyFile, apiv3.ParseRSAPublicKey)
	if err != nil {
		return nil, err
	}
	s.PlatformKeys = map[string]*rsa.PublicKey{e.PlatformSerialNo: platform, e.PublicKeyID: public}
	s.client, err = client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, PlatformKeys: s.PlatformKeys,
		APIv3Key: s.APIv3Key,
	})
	if err != nil {
		return nil, err
	}
	s.manage, err = client.NewManagement(client.ManagementConfig{BaseURL: s.ManageURL, Language: "en"})
	return s, err
}

func read[T any](file string, parse func([]byte) (T, error)) (T, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		var none T
		return none, err
	}
	return parse(text)
}

// Client returns a client that calls as the merchant.
func (s *Sandbox) Client() *client.Client { return s.client }

// Management returns a client of the management port.
func (s *Sandbox) Management() *client.Management { return s.manage }

// patience is how long a management call may take.
const patience = 10 * time.Second

// managed makes a management call that must succeed.
func managed[T any](s *Sandbox, call func(context.Context) (*T, error)) *T {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
	defer cancel()
	answer, err := call(ctx)
	if err != nil {
		s.t.Fatalf("favordtest: %v", err)
	}
	return answer
}
