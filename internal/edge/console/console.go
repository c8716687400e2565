// Package console serves the management port: what operators and tools look at and do. It
// shows nothing secret.
package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/favor/bill"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	favorstocks "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/platform/attention"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/platform/drafting"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/order"
	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/openapi"
)

// Server answers on the management port. It implements http.Handler.
type Server struct {
	Config
	router *serve.Router[*endpoint]
	// absent finds the operations that this server lacks because it is no sandbox.
	absent *serve.Router[absence]
	// signed finds the operations of the signed API.
	signed *serve.Router[*wire.Operation]
	origin *http.CrossOriginProtection
	// document and manual are made when they are first asked for: it takes longer than all else that a
	// start does.
	document func() ([]byte, error)
	manual   func() ([]byte, error)
	site     *site
	// figures serves the metrics.
	figures http.Handler
	ready   atomic.Bool
	token   atomic.Pointer[string]
	// explaining has room for one explanation at a time.
	explaining chan struct{}
	// following has room for those who wait for new requests.
	following *limit.Gate
	// bulletin wakes the streams when the clock or the faults change; epoch names this run of the
	// server to those who come back.
	bulletin *bulletin
	epoch    string
	// done are moves of the clock and settings of faults, for scenarios.
	done deeds
}

// Config is what a Server needs.
type Config struct {
	Version string
	// APIURL is where signed calls go.
	APIURL string
	// Sandbox says that the operations that only a sandbox has exist.
	Sandbox bool
	// Token is what operators show; a sandbox may do without, and then answers programs
	// of its own machine only. A production server without a token manages nothing.
	Token string
	// Operations of the signed API are described in the OpenAPI document.
	Operations []wire.Operation
	// Checks are what /readyz looks at, in this order.
	Checks []Check
	// Warnings tells what ends soon; nil knows nothing.
	Warnings func(ctx context.Context) []Ending
	// Time is signature time.
	Time clock.Clock
	// Registry keeps users and merchants, Keyring the merchants' keys.
	Registry *registry.Service
	Keyring  *keyring.Keyring
	// Campaign keeps the stocks of merchant coupons, Wallet shows the coupons that users
	// hold, Redeem changes them, and Issue gives them out.
	Campaign *stocks.Service
	Wallet   *held.Service
	Redeem   *redeem.Service
	Issue    *issue.Service
	// Public is where people open this port from elsewhere, such as https://favord.example.com;
	// nil is nowhere. Passkeys are for its host.
	Public *url.URL
	// Account knows who uses this port; without it whoever shows the token does.
	Account *account.Service
	// Drafts keeps stocks that are being prepared.
	Drafts *drafting.Service
	// Audit knows who did what.
	Audit *audit.Service
	// Statement reads what payments did with vouchers.
	Statement *bill.Service
	// Retention removes what has been kept long enough.
	Retention *retention.Service
	// Proxies before this port are trusted to say whom they forward for, and how.
	Proxies serve.Proxies
	// Ledger keeps merchants' balances, Order the paid orders, Card consumption cards.
	Ledger *ledger.Service
	Order  *order.Service
	// Subsidy knows what merchants refunded each other for coupons.
	Subsidy *subsidy.Service
	Card    *card.Service
	// Statistics shows what happened with stocks.
	Statistics *statistics.Service
	// Proof proves the invariants.
	Proof *proof.Service
	// Attention finds what needs somebody.
	Attention *attention.Service
	// Promotion keeps the stocks of cash vouchers, Purse shows the vouchers that users hold; Grant
	// and Rail tell beforehand whether one would be sent or spent. Rail lists payments, too.
	Promotion *favorstocks.Service
	Purse     *favorheld.Service
	Grant     *send.Service
	Rail      *pay.Service
	Log       *slog.Logger
	// Clock moves business time, Faults are what goes wrong on purpose, Snapshots are states
	// that were kept; nil outside a sandbox.
	Clock     *sandbox.Clock
	Faults    *sandbox.Faults
	Snapshots *sandbox.Snapshots
	// Make carries out a call of the signed API as a merchant.
	Make func(ctx context.Context, c Call) (Answer, error)
	// Examine looks at a stock that is not created yet.
	Examine func(ctx context.Context, d Draft) (Examined, error)
	// Drawn returns what serves a file that previews show: their style sheet, an uploaded image;
	// nil for every other path.
	Drawn func(path string) http.Handler
	// Access says how programs of a merchant reach the server.
	Access func(ctx context.Context, id merchant.ID) (sample.Access, error)
	// Journal has the requests of a sandbox.
	Journal *journal.Journal
	// Notify has the deliveries of events.
	Notify *notify.Service
	// Metrics are served, and count calls; nil counts none.
	Metrics *telemetry.Metrics
	// Traces tells of calls; nil does not.
	Traces *telemetry.Traces
}

// Ending is something that ends soon.
type Ending struct {
	// Kind is platform, merchant, authority, token, tls or manage_tls.
	Kind string
	// Left is how long it counts; negative when it has ended.
	Left time.Duration
}

// Check is one thing that must be well for calls to be accepted.
type Check struct {
	// Name is what /readyz calls it, a word for programs.
	Name string
	// Run reports nil or a fault with one sentence.
	Run func(ctx context.Context) error
}

// New returns a server that is not ready yet. It fails when an operation of the table has
// no handler.
func New(c Config) (*Server, error) {
	s := &Server{
		Config: c, origin: http.NewCrossOriginProtection(),
		explaining: make(chan struct{}, 1), following: limit.NewGate(limit.Room{Inside: followers}),
	}
	s.bulletin, s.epoch = newBulletin(), strconv.FormatInt(clock.System{}.Now().UnixNano(), 36)
	s.document = sync.OnceValues(func() ([]byte, error) { return openapi.Document(c.Version, c.Operations) })
	s.manual = sync.OnceValues(func() ([]byte, error) { return openapi.Document(c.Version, s.operations()) })
	s.signed = signedRoutes(c.Operations)
	if err := s.route(); err != nil {
		return nil, err
	}
	s.figures = c.Metrics.Handler()
	s.SetToken(c.Token)
	var err error
	s.site, err = newSite()
	if err != nil {
		return nil, err
	}
	return s, nil
}

// SetToken has operators show another token from now on, and tells whether it is another one.
func (s *Server) SetToken(token string) (replaced bool) {
	former := s.token.Swap(&token)
	return former == nil || *former != token
}

// SetReady says whether the server accepts calls.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// ServeHTTP implements http.Handler. Like the operations, the pages have exactly one path:
// nothing is cleaned and nobody is redirected.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	path, _, _ := strings.Cut(r.RequestURI, "?")
	page, reads := s.page(path), r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case page != nil && reads:
		page(w, r)
	case page != nil:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, errMethod.Text.EN+" · "+errMethod.Text.ZH, http.StatusMethodNotAllowed)
	case strings.HasPrefix(path, prefix):
		s.manage(w, r)
	case reads && s.site.has(r):
		s.site.serve(w, r)
	default:
		http.Error(w, errNoSuchCall.Text.EN+" · "+errNoSuchCall.Text.ZH, http.StatusNotFound)
	}
}

// page returns what answers at a path that is no operation's, nil for all others.
func (s *Server) page(path string) http.HandlerFunc {
	switch path {
	case "/":
		return s.index
	case "/openapi.json":
		return serveDocument(s.document)
	case manage.Events().Path:
		if s.Sandbox {
			return s.events
		}
		return nil
	case prefix + "openapi.json":
		return serveDocument(s.manual)
	case "/livez", "/healthz":
		return s.alive
	case "/metrics":
		return s.figures.ServeHTTP
	case "/readyz":
		return s.readiness
	}
	if drawn := s.drawn(path); drawn != nil {
		return drawn.ServeHTTP
	}
	return s.profile(path)
}

// drawn returns what serves a file of previews, nil for every other path.
func (s *Server) drawn(path string) http.Handler {
	if s.Drawn == nil {
		return nil
	}
	return s.Drawn(path)
}

// index is the console, and for programs that want no page a list of what there is.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	if wantsPage(r) {
		s.site.serve(w, r)
		return
	}
	// Whoever asks for the headers alone sees those of the page, and no cache mistakes one for the other.
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Vary", "Accept")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(w, "Favord 惠券台\n\n"+
		"/                        the console, for a browser · 管理台，请用浏览器打开\n"+
		"/openapi.json            the operations of the API · 接口描述\n"+
		"/manage/v1/openapi.json  the operations of this port · 管理接口描述\n"+
		"/metrics                 figures for Prometheus · 指标\n"+
		"/livez                   the process is alive · 存活\n"+
		"/readyz                  calls are accepted · 就绪\n")
}

func serveDocument(document func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		document, err := document()
		if err != nil { // the tables are wrong, which a test finds
			http.Error(w, "the description could not be made · 接口描述生成失败", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(document)
	}
}

func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintln(w, "ok")
}
