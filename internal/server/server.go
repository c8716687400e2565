// Package server assembles the program: it builds every part from a configuration,
// starts them in order, and lets them finish in reverse.
package server

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/edge/redirect"
	"github.com/favord/favord/internal/edge/serve"
	favorstocks "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire"
)

// Bounds of the listeners (protocol 10).
const (
	maxConnections    = 4096
	maxHeader         = 16 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 15 * time.Second
	// drainTimeout is how long requests that are under way may take to finish.
	drainTimeout = 10 * time.Second
)

// Bounds of the work behind the gate, per core: verifying and signing keep a core busy,
// the rest is waiting for the store.
const (
	insidePerCore = 64
	waiting       = 2048 // of which one source, or merchant, has half at most
	gatePatience  = 2 * time.Second
	// refusalsHeld is how many calls may wait to be refused, one source's half of them at most: each keeps
	// its connection, and a fourth of those must be left.
	refusalsHeld = maxConnections / 4 * 3
)

// tracesWithin is how long the last spans may take.
const tracesWithin = 2 * time.Second

// Traces say where the steps of calls are told to.
type Traces struct {
	// Endpoint takes spans by OTLP over HTTP; empty is nowhere.
	Endpoint string
	// Share is how large a part of the calls is traced, 0 to 1.
	Share float64
}

// Config says what to build.
type Config struct {
	Mode store.Mode
	// DataDir must exist. It holds the key that seals secrets unless KeyFile names
	// another, the database unless Database does, and a sandbox's files.
	DataDir string
	// KeyFile is the file with the key that seals all others; empty is a file in
	// DataDir.
	KeyFile string
	// Database is the URL of a PostgreSQL database; empty is SQLite in DataDir.
	Database string
	// Connections is how many connections to PostgreSQL may be open.
	Connections int32
	// APIAddress and ManageAddress are host:port; port 0 picks a free one.
	APIAddress    string
	ManageAddress string
	// TLS and ManageTLS are what the two ports prove themselves with.
	TLS, ManageTLS TLSFiles
	// ProxyAddress is where the redirect of a sandbox listens, on this machine only;
	// empty is none.
	ProxyAddress string
	// Public is where people open the management port from elsewhere; nil is nowhere.
	Public *url.URL
	// ManageToken is what callers of the management port show; a sandbox may do without.
	ManageToken string
	// MediaBaseURL is how the URLs of images begin, such as https://img.example.com;
	// empty is the address of the API.
	MediaBaseURL string
	// CallbackNetworks and CallbackPorts are where callbacks may go besides public addresses
	// on port 443; no network is wider than /8. A sandbox reaches its own machine, too.
	CallbackNetworks []netip.Prefix
	CallbackPorts    []uint16
	// CallbackTail is until when callbacks go beyond the deliveries of the contract; 0 is not at all.
	CallbackTail time.Duration
	// ReviewStocks makes new stocks wait until somebody approves them.
	ReviewStocks bool
	// OwnAppIDs lets merchants build partnerships with appids of their own only.
	OwnAppIDs bool
	// StrictUsers makes a sandbox refuse openids that nobody registered, as a production
	// server always does.
	StrictUsers bool
	// StrictOrders makes a sandbox refuse paid orders and consumption cards that nobody
	// reported, as a production server always does.
	StrictOrders bool
	// Vouchers are the rules about cash vouchers that may be switched.
	Vouchers VoucherRules
	// Pages says how users' pages are used.
	Pages Pages
	// Proxies before the API and the management port are trusted to say in X-Forwarded-For
	// whom they forward for. Without them all who come through one share what one source may have.
	Proxies serve.Proxies
	// Misses bound how many codes that do not exist a merchant may ask for.
	Misses Misses
	// ShutdownDelay is for how long the server goes on serving when it is told to end, and says
	// that it is not ready. 0 ends at once.
	ShutdownDelay time.Duration
	// MetricsMerchants are the merchants whose calls are counted apart.
	MetricsMerchants []string
	// Traces are where the steps of calls are told to.
	Traces Traces
	// Retention says for how long data is kept; nil is as usual.
	Retention keep.Spans
	// Unlimited does not limit the rate of calls: for load tests.
	Unlimited bool
	// SM2 makes the demo merchant of a new sandbox one that uses SM2 instead of RSA.
	SM2 bool
	// KeyMode is that of a sandbox's demo merchant, as package merchant has them; "" leaves it as
	// it is, which is MIGRATING in a new one.
	KeyMode string
	// Random is where ids and codes come from; nil is the system's. In a sandbox it may be
	// [sandbox.NewRandom], so that a test always gets the same ones.
	Random io.Reader
	// RSAKey hands out RSA keys for a sandbox that has no time to make them; nil makes them.
	RSAKey func() (*rsa.PrivateKey, error)
	// Version is shown in the OpenAPI document.
	Version string
	Clock   clock.Clock
	Log     *slog.Logger
	// around is what a test puts around the engine; nil is nothing.
	around func(store.Store) store.Store
}

// Server is the assembled program. Use New; Run it once, or Close it.
type Server struct {
	config Config
	// store is the engine, with its transactions counted.
	store  store.Store
	engine store.Store
	// lanes are how many batches of each kind run at once.
	lanes   int
	metrics *telemetry.Metrics
	traces  *telemetry.Traces
	// calm is behind the log: what fails again and again is told once a minute.
	calm      *telemetry.Calm
	gates     gates
	expiry    *expiry
	keyring   *keyring.Keyring
	campaign  *stocks.Service
	promotion *favorstocks.Service
	registry  *registry.Service
	account   *account.Service
	audit     *audit.Service
	retention *retention.Service
	figures   *statistics.Service
	proof     *proof.Service
	ledger    *ledger.Service
	console   *console.Server
	apiEdge   *httpapi.Server
	// dryEdge is the signed edge over a store that keeps nothing.
	dryEdge   *httpapi.Server
	pagesEdge *claim.Server
	journal   *journal.Journal
	notify    *notify.Service
	// named are the platform keys that requests in a sandbox named last.
	named sandbox.Named

	api, manage         *http.Server
	apiPort, managePort net.Listener
	// certificates are those of the ports that speak TLS, by the name of their setting.
	certificates map[string]*certificate
	// leaving is closed once the server was told to end.
	leaving chan struct{}
	// redirect is another way to the API, or nil.
	redirect *redirect.Proxy
}

// New builds a server and opens its ports. Errors that a person can mend are faults
// with one clear sentence.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Random == nil {
		c.Random = rand.Reader
	}
	s := &Server{config: c, metrics: telemetry.NewMetrics(c.MetricsMerchants), certificates: map[string]*certificate{}, leaving: make(chan struct{})}
	s.calm = telemetry.NewCalm(c.Log, c.Clock)
	s.config.Log = s.calm.Logger()
	s.traces = telemetry.NewTraces(telemetry.TraceOptions{
		Endpoint: c.Traces.Endpoint, Share: c.Traces.Share, Version: c.Version, Log: s.config.Log,
	})
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close()) //nolint:contextcheck // it closes, whatever ended
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	if err := s.openStore(ctx); err != nil {
		return err
	}
	s.journal = s.newJournal()
	if err := s.listen(ctx); err != nil {
		return err
	}
	return s.build()
}

// build wires the capabilities and the edges.
func (s *Server) build() error {
	business, moved, err := s.business()
	if err != nil {
		return err
	}
	faults := s.faults()
	s.gates = newGates()
	if s.config.Mode == store.Production && s.config.MediaBaseURL == "" {
		s.config.Log.Warn("media_base_url is not set: uploaded images get URLs of this address", "url", s.APIURL())
	}
	can := s.capabilities(s.store, business)
	s.campaign, s.ledger, s.registry, s.account, s.audit = can.campaign, can.money.ledger, can.registry, can.account, can.audit
	if s.notify, err = s.notifier(s.store, can, business, faults); err != nil {
		return err
	}
	s.promotion = can.vouchers.promotion
	s.retention, s.figures = s.retainer(), can.money.statistics
	s.proof = proof.New(proof.Config{Store: s.engine, Clock: s.config.Clock})
	if err := s.newAPIs(can, business, faults); err != nil {
		return err
	}
	if s.console, err = s.newConsole(can, moved, faults); err != nil {
		return err
	}
	if s.pagesEdge, err = s.pages(can); err != nil {
		return err
	}
	s.meter(can)
	s.api, s.manage = s.httpServer(s.parting(beside(s.apiEdge, s.pagesEdge))), s.httpServer(s.parting(s.console))
	s.api.ConnContext = journal.Context
	return nil
}

// business returns business time: in a sandbox one that can be moved.
func (s *Server) business() (clock.Business, *sandbox.Clock, error) {
	if s.config.Mode != store.Sandbox {
		return clock.Same{Source: s.config.Clock}, nil, nil
	}
	travel, err := sandbox.OpenTravel(s.file(fileClock), s.config.Clock)
	if err != nil {
		return nil, nil, err
	}
	return travel, &sandbox.Clock{Travel: travel, Store: s.store, Real: s.config.Clock}, nil
}

// snapshots returns the states that a sandbox keeps; none outside one.
func (s *Server) snapshots(moved *sandbox.Clock) *sandbox.Snapshots {
	if moved == nil {
		return nil
	}
	return &sandbox.Snapshots{Dir: s.file(dirSnapshots), Store: s.engine, Travel: moved.Travel}
}

// httpServer bounds everything that a client can stretch. There is no HTTP/2: it would
// lower-case the headers that some SDKs look up by their case (protocol 0).
func (s *Server) httpServer(h http.Handler) *http.Server {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Server{
		Handler:                      closing(h),
		Protocols:                    &http1,
		ReadHeaderTimeout:            readHeaderTimeout,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  httpapi.KeepAlive * time.Second,
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
}

// APIURL is where signed calls go.
func (s *Server) APIURL() string { return s.config.TLS.scheme() + s.apiPort.Addr().String() }

// ManageURL is the management port.
func (s *Server) ManageURL() string {
	return s.config.ManageTLS.scheme() + s.managePort.Addr().String()
}

// GCPercent is how much the heap may grow between two collections. What a server keeps is
// little and what each call leaves behind is much, so that the usual 100 collects often; much
// more than this costs memory under overload. GOGC in the environment wins.
const GCPercent = 200

// Run serves until ctx ends. Then it says that it is not ready, serves on for the delay, stops
// accepting, lets requests finish, and closes the store. It returns nil when everything ended as
// it should.
func (s *Server) Run(ctx context.Context) error {
	if !config.CollectorIsSet() {
		defer debug.SetGCPercent(debug.SetGCPercent(GCPercent))
	}
	group, failed := errgroup.WithContext(context.WithoutCancel(ctx))
	stop, end := context.WithCancel(failed)
	defer end()
	s.console.SetReady(true) // before the first call is served, so that none can see otherwise
	api := s.remembering(s.apiPort)
	group.Go(func() error { return serveOn(s.api, api) })
	group.Go(func() error { return serveOn(s.manage, s.managePort) })
	group.Go(func() error { return s.promotion.Run(stop) })
	group.Go(func() error { return s.campaign.Run(stop) })
	group.Go(func() error { return s.notify.Run(stop) })
	group.Go(func() error { return s.upkeep().Run(stop) })
	group.Go(func() error { return s.audit.Run(stop) })
	group.Go(func() error { return s.retention.Run(stop) })
	group.Go(func() error { return s.figures.Run(stop) })
	group.Go(func() error { return s.proof.Run(stop) })
	group.Go(func() error { return s.calm.Run(stop) })
	if s.redirect != nil {
		group.Go(func() error { return s.redirect.Run(stop) })
		tunnels := s.remembering(s.redirect)
		group.Go(func() error { return serveOn(s.api, tunnels) })
	}
	group.Go(func() error {
		s.leave(ctx, failed)
		end()
		return s.drain(context.WithoutCancel(ctx))
	})
	return errors.Join(group.Wait(), s.Close()) //nolint:contextcheck // it closes, whatever ended
}

func serveOn(s *http.Server, port net.Listener) error {
	// The redirect closes its own port.
	if err := s.Serve(port); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Close releases what New opened. Run calls it.
func (s *Server) Close() error {
	var errs []error
	for _, port := range []net.Listener{s.apiPort, s.managePort} {
		if port == nil {
			continue
		}
		if err := port.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if s.redirect != nil {
		errs = append(errs, s.redirect.Close())
	}
	if s.engine != nil {
		errs = append(errs, s.engine.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesWithin)
	defer cancel()
	errs = append(errs, s.traces.Close(ctx))
	s.calm.Tell(ctx)
	return errors.Join(errs...)
}

// Operations lists every operation of the signed API.
func Operations() []wire.Operation { return httpapi.Operations() }
