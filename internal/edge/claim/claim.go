// Package claim is where users claim coupons and cash vouchers: the H5 claim page, the endpoint behind the
// plug-in of mini programs, and in a sandbox a simulated card pack. It owns these pages,
// the sign that opens them and how often they may be used, and no rule about coupons or
// vouchers.
//
// A claim link and a link to a card pack name their user, and their sign covers the name; that
// is why these pages may be served in production. The plug-in takes whatever user a request
// names, and so does the card pack without a link: they exist in a sandbox only.
package claim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/edge/serve"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// Config is what a Server needs.
type Config struct {
	// Issue gives out coupons and Wallet shows them; Grant and Purse do so with cash vouchers.
	Issue   *issue.Service
	Wallet  *held.Service
	Grant   *send.Service
	Purse   *favorheld.Service
	Keyring *keyring.Keyring
	// Delete takes a card out of its holder's pack; nil where holders cannot.
	Delete func(ctx context.Context, q held.CardQuery) error
	// Clock is the machine's: it counts how often pages are used.
	Clock clock.Clock
	// Gate bounds the requests that are worked on.
	Gate *limit.Gate
	// Sandbox says that the plug-in exists, and that the card pack opens without a link.
	Sandbox bool
	// Rates bound how often pages are used; the zero value is [DefaultRates].
	Rates Rates
	// Unlimited does not count at all: for load tests.
	Unlimited bool
	// Images is how the URLs of uploaded images begin. No others are shown: a page loads
	// nothing from elsewhere.
	Images picture.Base
	// Proxies are trusted to say whom they forward for.
	Proxies serve.Proxies
	// Journal keeps claims in a sandbox; nil keeps none.
	Journal *journal.Journal
	// Metrics counts requests; nil counts none.
	Metrics *telemetry.Metrics
	Log     *slog.Logger
}

// Server answers users' requests. It implements http.Handler and is safe for concurrent
// use.
type Server struct {
	Config
	mux      *http.ServeMux
	pages    *pages
	velocity velocity
	rates    atomic.Pointer[Rates]
	// links and calls describe what claim links and the plug-in bring.
	links, calls *schema.Object
}

// New returns a server.
func New(c Config) (*Server, error) {
	parsed, err := parsePages()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Config: c, mux: http.NewServeMux(), pages: parsed, velocity: newVelocity(),
		links: schema.Of[busifavor.ClaimLinkRequest](), calls: schema.Of[busifavor.PluginRequest](),
	}
	if c.Rates == (Rates{}) {
		c.Rates = DefaultRates()
	}
	s.SetRates(c.Rates)
	if err := s.route(); err != nil {
		return nil, err
	}
	return s, nil
}

// SetRates bounds how often pages are used from now on.
func (s *Server) SetRates(r Rates) { s.rates.Store(&r) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	// Nothing runs, nothing is loaded from elsewhere, and nobody frames the page. The
	// address holds the sign, so it is not told to other sites.
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	if !serve.IsPlain(r) { // the mux would redirect it
		http.Error(w, "页面不存在 · There is no such page.", http.StatusNotFound)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// reply is an answer, ready to be written.
type reply struct {
	status      int
	contentType string
	body        []byte
	// location is where to go on, for a redirect.
	location string
	// cache replaces the header that keeps pages from being kept.
	cache string
	// reason says why it is no success, for the log; err is the same with what is only
	// for the log.
	reason string
	err    error
}

// errBody refuses a body that is too large, or does not come.
var errBody = fault.New(fault.Invalid, "请求包体过大或读取失败", "The body is too large, came too slowly or ended early.")

// patience is how long a request may take before its transaction begins.
const patience = 5 * time.Second

// guard lets a request in when there is room, and keeps what goes wrong inside; fail shows
// it.
func (s *Server) guard(p serve.Page, act handler, fail func(*http.Request, error) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := s.Clock.Now()
		a, body := s.enter(http.NewResponseController(w), r, act, fail)
		header := w.Header()
		header[apiv3.HeaderRequestID] = []string{requestID(a)}
		if a.contentType != "" {
			header.Set("Content-Type", a.contentType)
		}
		if a.cache != "" {
			header.Set("Cache-Control", a.cache)
		}
		if a.location != "" {
			header.Set("Location", a.location)
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // the client may have left; there is nobody to tell
		s.record(r, p, a, s.Clock.Now().Sub(began))
		s.keep(r, p, a, header, body, began)
	}
}

func (s *Server) enter(control *http.ResponseController, r *http.Request, act handler, fail func(*http.Request, error) reply) (a reply, body []byte) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	defer serve.Recover(s.Log, func(err error) { a = fail(r, err) })
	// What is slow to come takes up no room.
	body, err := serve.ReadBody(control, r.Body, -1, maxBody, serve.BodyPace())
	if err != nil {
		return fail(r, errors.Join(errBody, err)), nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	from := limit.Caller{Source: s.Proxies.Source(r)}
	if err := s.Gate.Enter(ctx, from); err != nil {
		return fail(r, errors.Join(errTooOften, err)), body
	}
	defer s.Gate.Leave(from)
	return act(ctx, r), body
}

// record writes the one line of a request into the log: never its parameters, which name
// users and hold signs.
func (s *Server) record(r *http.Request, p serve.Page, a reply, took time.Duration) {
	s.Metrics.Call(telemetry.Call{Port: "pages", Operation: p.ID, Status: a.status, Took: took})
	switch {
	case errors.Is(a.err, limit.ErrFull):
		s.Metrics.Refused("room")
	case a.status == http.StatusTooManyRequests:
		s.Metrics.Refused("rate")
	}
	attributes := []slog.Attr{
		slog.String("method", r.Method), slog.String("page", p.ID), slog.Int("status", a.status), slog.Duration("took", took),
	}
	level := slog.LevelInfo
	if a.reason != "" {
		attributes = append(attributes, slog.String("refused", a.reason))
	}
	if a.status >= http.StatusInternalServerError {
		level = slog.LevelError
		attributes = append(attributes, telemetry.Cause(a.err))
	}
	s.Log.LogAttrs(r.Context(), level, telemetry.LinePage, attributes...)
}
