// Package httpapi is the signed APIv3 server: it verifies requests, decodes and checks
// them against their declaration, calls a capability, and signs the answer. It owns
// the wire and the order of checks, and no rule about coupons.
package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/origin"
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
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/media"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	wiremedia "github.com/favord/favord/wire/media"
	wirepartnership "github.com/favord/favord/wire/partnership"
	wirerail "github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/security"
)

// Bounds of a request.
const (
	// MaxBody is the largest body of a JSON call in bytes.
	MaxBody = 64 << 10
	// maxRateKeys bounds the table of rates.
	maxRateKeys = 10_000
	// uploadsAtOnce bounds the uploads that are in memory, each of some ten megabytes at
	// worst, and uploadsWaiting those that wait for their turn, still on the wire.
	uploadsAtOnce  = 8
	uploadsWaiting = 64
	// signingPerCore bounds the signatures that are calculated at once. One costs more
	// than all the rest of a call, so a goroutine that commits must not find every
	// call before it, nor OpenSSL need a thread for each. A bound of one cost more
	// than it gained (docs/adr/0007).
	signingPerCore = 4
	// billsAtOnce bounds the bills that are being written, and billsWaiting those that wait.
	billsAtOnce  = 8
	billsWaiting = 64
	// refusedAtOnce bounds the bodies of refused calls that are read for the journal.
	refusedAtOnce = 16
	// patience is how long a request may take before its transaction begins.
	patience = 5 * time.Second
)

// Config is what a Server needs.
type Config struct {
	Keyring *keyring.Keyring
	// Clock is signature time.
	Clock    clock.Clock
	Campaign *stocks.Service
	Issue    *issue.Service
	Redeem   *redeem.Service
	Wallet   *held.Service
	Subsidy  *subsidy.Service
	Card     *card.Service
	Media    *media.Service
	// Partnership decides who may give out the stocks of others.
	Partnership *partnership.Service
	// Promotion, Grant and Purse are those of cash vouchers.
	Promotion *favorstocks.Service
	Grant     *send.Service
	Purse     *favorheld.Service
	Rail      *pay.Service
	// Statement makes the bills of vouchers.
	Statement *bill.Service
	// FileBase is how the URLs of files begin, such as https://api.example.com; "" stands for
	// the host that a request came to.
	FileBase string
	// Redirected reports whether a request came through the redirect of a sandbox, so that to
	// its client it is one over TLS; nil is never.
	Redirected func(r *http.Request) bool
	// Named is told which of the platform's keys a signed request names, if it names one of the
	// merchant's; nil outside a sandbox.
	Named  func(caller merchant.ID, serial string)
	Notify *notify.Service
	// Gate bounds the requests that are worked on.
	Gate *limit.Gate
	// Held bounds the calls that wait for their refusal; nil refuses at once.
	Held *limit.Gate
	// Leaving is closed when the server ends: then nothing waits for its refusal.
	Leaving <-chan struct{}
	// Journal keeps the requests of a sandbox; nil keeps none.
	Journal *journal.Journal
	// Faults are what goes wrong on purpose; nil outside a sandbox.
	Faults *sandbox.Faults
	// Unlimited does not count calls against the documented rates, nor misses: for load
	// tests.
	Unlimited bool
	// Dry says that nothing of what calls change is kept; the journal says so.
	Dry bool
	// Metrics counts calls, Traces tells of their steps; nil does neither.
	Metrics *telemetry.Metrics
	Traces  *telemetry.Traces
	// Proxies are trusted to say whom they forward for.
	Proxies serve.Proxies
	// Misses bound the codes that do not exist; the zero value is [DefaultMisses].
	Misses Misses
	// BodyPace is how fast bodies must come; the zero value is [serve.BodyPace].
	BodyPace limit.Pace
	// FilePace is how fast clients must take files; the zero value is [FilePace].
	FilePace limit.Pace
	Log      *slog.Logger
}

// Server answers signed calls. It implements http.Handler and is safe for concurrent
// use.
type Server struct {
	Config
	router *serve.Router[*endpoint]
	rates  *limit.Table
	// uploads bounds the bodies that are larger than those of JSON calls.
	uploads *limit.Gate
	// bills bounds the bills that are being written.
	bills *limit.Gate
	// signing bounds how many answers are signed at once.
	signing *limit.Slots
	// refused bounds the bodies that are read for the journal only.
	refused *limit.Gate
	misses  missTables
	// mostMisses bounds them.
	mostMisses atomic.Pointer[Misses]
}

// endpoint is an operation with its handler.
type endpoint = serve.Endpoint[handler]

// handler is the code that serves an operation.
type handler struct {
	// serve serves a verified call. Its answer is encoded as JSON, unless it is a file; nil is
	// no body.
	serve func(ctx context.Context, c *call) (any, error)
	// byNonce is true when it hands on what the signature says about the call.
	byNonce bool
}

// Operations lists every operation that a Server serves.
func Operations() []wire.Operation {
	return slices.Concat(security.Operations(), busifavor.Operations(), wiremedia.Operations(), wirepartnership.Operations(), favor.Operations(), wirerail.Operations())
}

// New returns a server. It fails when an operation of the tables has no handler or no
// policy, or goes by the nonce with a handler that does not heed it: what nobody declared is
// not served, and what could be replayed is not either.
func New(c Config) (*Server, error) {
	c.BodyPace, c.FilePace = cmp.Or(c.BodyPace, serve.BodyPace()), cmp.Or(c.FilePace, FilePace())
	s := &Server{
		Config: c, rates: limit.NewTable(maxRateKeys), misses: newMissTables(),
		uploads: limit.NewGate(limit.Room{Inside: uploadsAtOnce, Waiting: uploadsWaiting, Patience: patience, Held: true}),
		bills:   limit.NewGate(limit.Room{Inside: billsAtOnce, Waiting: billsWaiting, Patience: patience, Held: true}),
		refused: limit.NewGate(limit.Room{Inside: refusedAtOnce, Held: true}),
		signing: limit.NewSlots(signingPerCore * runtime.GOMAXPROCS(0)),
	}
	s.SetMisses(c.Misses)
	handlers, err := s.handlers()
	if err != nil {
		return nil, err
	}
	operations := Operations() // it compiles the tables
	if s.router, err = serve.Routes(operations, handlers); err != nil {
		return nil, err
	}
	for i := range operations {
		op := &operations[i]
		if heeds := handlers[op.ID].byNonce; op.ByNonce() != heeds {
			return nil, fmt.Errorf("httpapi: operation %s goes by the nonce: %t, its handler: %t", op.ID, op.ByNonce(), heeds)
		}
	}
	return s, nil
}

// handlers maps every operation to the code that serves it. Each subject has a file with
// its part.
func (s *Server) handlers() (map[string]handler, error) {
	return serve.Handlers(
		s.securityHandlers(),
		s.stockHandlers(),
		s.codeHandlers(),
		s.couponHandlers(),
		s.userHandlers(),
		s.subsidyHandlers(),
		s.cardHandlers(),
		s.mediaHandlers(),
		s.partnershipHandlers(),
		s.voucherStockHandlers(),
		s.voucherHandlers(),
		s.railHandlers(),
		s.flowHandlers(),
		s.callbackHandlers(),
	)
}

// call is one request on its way through the server.
type call struct {
	request *http.Request
	// source is where the request came from.
	source   string
	endpoint *endpoint
	// path holds the decoded parameters of the path.
	path     map[string]string
	now      time.Time
	language serve.Language
	// named is the platform key that the request names.
	named string

	authorization apiv3.Authorization
	keys          *keyring.Keys
	verifier      apiv3.Verifier
	body          []byte
	// form is the body of an upload.
	form       *serve.Form
	signDetail apiv3.SignDetail
	// uploading is true while the call takes up room for a large body.
	uploading bool
	// unread is true when the body was left on the wire, bodyRead once it was taken from there.
	unread, bodyRead bool
	// held is true once the call has waited for its refusal.
	held bool
	// inside is true while the call takes up room behind the gate.
	inside bool
	// billing is true while the call takes up room for a bill.
	billing bool
	// control is of the connection that is answered to.
	control *http.ResponseController
	// fault is what a sandbox lets go wrong with the call; nil is nothing.
	fault *sandbox.Fault
	// verified is true once the signature is: from then on answers are signed.
	verified bool
	// span is the call's in the traces.
	span   telemetry.Span
	acting *act // what a call without a signature carries out; nil for all others
}

// ServeHTTP implements http.Handler. The order of checks is that of protocol 1.3.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if token, is := picture.TokenOfPath(path); is {
		s.serveImage(w, r, token)
		return
	}
	c := &call{request: r, source: s.Proxies.Source(r), now: s.Clock.Now(), language: serve.LanguageOf(r.Header), named: namedSerial(r.Header), control: http.NewResponseController(w), acting: actingOf(r)}
	id := apiv3.NewRequestID(0)
	ctx, span := s.Traces.Begin(origin.With(r.Context(), id), c.now)
	c.span = span
	a := s.sign(ctx, c, s.answer(ctx, c))
	if c.inside {
		s.Gate.Leave(c.party())
	}
	if c.uploading {
		s.uploads.Leave(c.party())
	}
	if c.billing {
		defer s.bills.Leave(c.party())
	}
	s.readRefused(ctx, c)
	a.id = strings.TrimSuffix(id, "0") + strconv.Itoa(a.number)
	defer s.record(ctx, c, a)
	if c.isCut() {
		s.keep(c, &a, nil)
	}
	c.suffer(ctx, w, &a)
	a.setHeaders(w.Header(), c)
	s.keep(c, &a, w.Header()) // before the caller, who may ask for it at once
	s.write(ctx, w, c, &a)
}

// answer is what goes back.
type answer struct {
	status    int
	body      []byte
	file      *bill.File               // what there is in place of a body
	signature *apiv3.ResponseSignature // nil when it is not signed
	number    int                      // the internal error number
	id        string                   // the Request-ID, which ends with it
	shed      bool                     // no room for the call: not to be signed
	code      string                   // the code of a failure
	reason    string                   // why it is no success, for the log
	err       error                    // the same with everything that is only for the log
}

// answer produces the answer to a call. A panic is a failure of the system, nothing
// more.
func (s *Server) answer(ctx context.Context, c *call) (a answer) {
	defer serve.Recover(s.Log, func(err error) { a = s.fail(c, err) })
	path, _, _ := strings.Cut(c.request.RequestURI, "?")
	found, status := s.router.Find(c.request.Method, path)
	if status != 0 {
		return answer{status: status, number: numberParameter, reason: http.StatusText(status)}
	}
	c.endpoint, c.path = found.Endpoint, found.Parameters
	if len(c.request.Header.Values("Authorization")) > 1 {
		return answer{status: http.StatusBadRequest, number: numberFormat, reason: "more than one Authorization header"}
	}
	result, err := s.serve(ctx, c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.succeed(c, result)
}

// serve takes a call through every check to its handler.
func (s *Server) serve(ctx context.Context, c *call) (any, error) {
	// Under overload most calls end here, having cost next to nothing.
	if s.Gate.Full(c.source) && (!s.hold(ctx, c) || s.Gate.Full(c.source)) {
		return nil, errors.Join(errTooFast, limit.ErrFull)
	}
	if err := checkHeaders(c.request.Header); err != nil {
		return nil, err
	}
	if err := s.receive(ctx, c); err != nil {
		return nil, err
	}
	// A body has its own time; what follows it has this.
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// Load is shed here: what follows costs a signature at the least.
	if err := s.enter(ctx, c); err != nil {
		return nil, errors.Join(errTooFast, err)
	}
	c.inside = true
	if err := s.verify(ctx, c); err != nil {
		return nil, err
	}
	c.verified = true
	s.noteNamed(c)
	if !s.withinRate(c) {
		return nil, errTooFast
	}
	if err := s.choose(c); err != nil {
		return nil, err
	}
	ctx, span := s.Traces.Step(ctx, "handle")
	defer span.End()
	return c.endpoint.Handler.serve(ctx, c)
}

// bound adapts a function over a request type to a handler: it decodes the request and
// checks it against its declaration first.
func bound[T any](fn func(ctx context.Context, c *call, req *T) (any, error)) handler {
	return handler{serve: func(ctx context.Context, c *call) (any, error) {
		req, err := bind[T](c)
		if err != nil {
			return nil, err
		}
		return fn(ctx, c, req)
	}}
}

func bind[T any](c *call) (*T, error) {
	return serve.Bind[T](c.endpoint.Operation, &serve.Request{
		Target: c.request.RequestURI, Path: c.path, Header: c.request.Header, Body: c.body, Form: c.form,
	})
}
