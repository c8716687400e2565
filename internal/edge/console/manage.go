package console

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// prefix is where the operations of this port live.
const prefix = "/manage/v1/"

// Bounds of a request.
const (
	// MaxBody is the largest body of an operation in bytes.
	MaxBody = 4 << 20
	// patience is how long an operation may take.
	patience = 12 * time.Second
)

// endpoint is an operation with its handler.
type endpoint = serve.Endpoint[handler]

// handler serves an operation. Its answer is encoded as JSON; nil is no body.
type handler func(ctx context.Context, c *call) (any, error)

// call is one request.
type call struct {
	operation *wire.Operation
	target    string
	path      map[string]string
	body      []byte
	// header is that of the answer.
	header http.Header
	// secure says that it came over TLS, local that it came from this machine, source and agent
	// where from and by which program, port at which port of this machine.
	secure, local bool
	source, agent string
	port          string
	// host is what whoever asks calls this server.
	host string
}

// handlers maps every operation to the code that serves it. Each subject has a file with
// its part.
func (s *Server) handlers() (map[string]handler, error) {
	return serve.Handlers(
		s.statusHandlers(),
		s.clockHandlers(),
		s.faultHandlers(),
		s.journalHandlers(),
		s.explainHandlers(),
		s.stockHandlers(),
		s.voucherStockHandlers(),
		s.snapshotHandlers(),
		s.userHandlers(),
		s.merchantHandlers(),
		s.couponHandlers(),
		s.lifeHandlers(),
		s.moneyHandlers(),
		s.paymentHandlers(),
		s.statisticsHandlers(),
		s.attentionHandlers(),
		s.keyHandlers(),
		s.deliveryHandlers(),
		s.errorHandlers(),
		s.callHandlers(),
		s.operatorHandlers(),
		s.sessionHandlers(),
		s.passkeyHandlers(),
		s.auditHandlers(),
		s.proofHandlers(),
		s.scenarioHandlers(),
		s.retentionHandlers(),
		s.exportHandlers(),
		s.linkHandlers(),
		s.sampleHandlers(),
		s.draftHandlers(),
		s.whatIfHandlers(),
	)
}

// route fills the routers: what this server has, and what only a sandbox would have.
func (s *Server) route() error {
	handlers, err := s.handlers()
	if err != nil {
		return err
	}
	if err := dutiful(manage.Operations()); err != nil {
		return err
	}
	s.absent = serve.NewRouter[absence]()
	if !s.Sandbox {
		s.leaveOut(handlers)
	}
	s.router, err = serve.Routes(s.operations(), handlers)
	return err
}

// bound adapts a function over a request type to a handler.
func bound[T any](fn func(ctx context.Context, req *T) (any, error)) handler {
	return func(ctx context.Context, c *call) (any, error) {
		req, err := serve.Bind[T](c.operation, &serve.Request{Target: c.target, Path: c.path, Body: c.body})
		if err != nil {
			return nil, err
		}
		return fn(ctx, req)
	}
}

// manage answers an operation of this port.
func (s *Server) manage(w http.ResponseWriter, r *http.Request) {
	var status int
	var answer any
	began := s.Time.Now()
	ctx, span := s.Traces.Begin(r.Context(), began)
	defer span.End()
	result, op, err := s.perform(w, r.WithContext(ctx)) //nolint:contextcheck // it is that of r, with the id
	if err != nil {
		status, answer = failureOf(err, op, serve.LanguageOf(r.Header))
		s.record(r, status, err)
	} else {
		status, answer = op.Success, result
	}
	s.trace(span, w, op, status, answer)
	s.count(op, status, answer, s.Time.Now().Sub(began))
	s.answer(w, status, answer)
}

// record writes the line of a call that was refused or failed into the log.
func (s *Server) record(r *http.Request, status int, err error) {
	level, why := slog.LevelInfo, slog.Any("error", err)
	if status >= http.StatusInternalServerError {
		level, why = slog.LevelError, telemetry.Cause(err)
	}
	s.Log.LogAttrs(r.Context(), level, telemetry.LineManage, slog.String("method", r.Method), slog.Int("status", status), why)
}

// answer writes an answer as JSON; nil is no body.
func (s *Server) answer(w http.ResponseWriter, status int, answer any) {
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	text, err := apiv3.EncodeJSON(answer)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) //nolint:gosec // it is JSON, and says so
}

// trace says what a span was about; op is nil when the request named no operation.
func (s *Server) trace(span telemetry.Span, w http.ResponseWriter, op *wire.Operation, status int, answer any) {
	if op != nil {
		span.Name(op.ID)
	}
	span.Note("favord.request_id", w.Header().Get(apiv3.HeaderRequestID))
	span.Note("http.response.status_code", strconv.Itoa(status))
	if failure, is := answer.(apiv3.Error); is {
		span.Note("favord.code", failure.Code)
	}
	if status >= http.StatusInternalServerError {
		span.Fail()
	}
}

// count counts an answer; op is nil when the request named none.
func (s *Server) count(op *wire.Operation, status int, answer any, took time.Duration) {
	counted := telemetry.Call{Port: "manage", Status: status, Took: took}
	if op != nil {
		counted.Operation = op.ID
	}
	if failure, is := answer.(apiv3.Error); is {
		counted.Code = failure.Code
	}
	s.Metrics.Call(counted)
}

// Refusals that come before an operation.
var (
	errNoSuchCall = fault.New(fault.NotFound, "没有这个管理接口，见 /manage/v1/openapi.json", "There is no such operation; see /manage/v1/openapi.json.")
	errMethod     = fault.New(fault.Refused, "该路径不支持此请求方法", "This path does not support the method.")
	errBig        = fault.New(fault.TooLarge, "请求包体过大", "The body is too large.")
	errNotJSON    = fault.New(fault.Refused, "请求包体须为 application/json", "The body must be application/json.")
	errEncoded    = fault.New(fault.Refused, "请求包体不能压缩，请去掉 Content-Encoding", "The body must not be encoded; leave out Content-Encoding.")
	errCallback   = fault.New(fault.Forbidden, "管理端口不接受回调通知", "The management port takes no notifications.")
	errBody       = fault.New(fault.Refused, "请求包体读取失败", "The body could not be read.")
)

func (s *Server) perform(w http.ResponseWriter, r *http.Request) (result any, op *wire.Operation, err error) {
	defer serve.Recover(s.Log, func(failure error) { err = failure })
	path, _, _ := strings.Cut(r.RequestURI, "?")
	found, status := s.router.Find(r.Method, path)
	who, err := s.callerFor(r, found.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case status != 0 && s.isAbsent(r.Method, path):
		return nil, nil, errOnlySandbox
	case status == http.StatusMethodNotAllowed:
		return nil, nil, errMethod
	case status != 0:
		return nil, nil, errNoSuchCall
	}
	op = found.Endpoint.Operation
	if op.Auth != wire.ByAnyone {
		if err := errors.Join(who.demand(op.Duty), s.fresh(who, op)); err != nil {
			return nil, op, err
		}
	}
	body, err := readBody(w, r)
	if err != nil {
		return nil, op, err
	}
	ctx, cancel := context.WithTimeout(context.WithValue(named(w, r), callerKey{}, who), patience)
	defer cancel()
	result, err = found.Endpoint.Handler(ctx, &call{
		operation: op, target: r.RequestURI, path: found.Parameters, body: body, header: w.Header(),
		secure: s.secure(r), local: isLoopback(r.Host) && isLoopback(r.RemoteAddr), host: r.Host, port: portOf(r),
		source: s.Proxies.Source(r), agent: r.UserAgent(),
	})
	return result, op, err
}

// named gives a request its id: its answer has it in Request-ID, and so has the audit.
func named(w http.ResponseWriter, r *http.Request) context.Context {
	id := apiv3.NewRequestID(0)
	w.Header()[apiv3.HeaderRequestID] = []string{id}
	return origin.With(r.Context(), id)
}

// callerFor finds out who asks; for what anyone may do, that is nobody.
func (s *Server) callerFor(r *http.Request, e *endpoint) (caller, error) {
	if e != nil && e.Operation.Auth == wire.ByAnyone {
		return caller{}, s.anyone(r)
	}
	return s.admit(r)
}

// isLoopback reports whether a host, with or without a port, is this machine.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && address.Unmap().IsLoopback()
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if serve.IsEncoded(r.Header) {
		return nil, errEncoded
	}
	// The largest is from a file of this machine or of an operator, and fast.
	pace := limit.Pace{Grace: serve.BodyPace().Grace, Rate: 1 << 20}
	body, err := serve.ReadBody(http.NewResponseController(w), r.Body, -1, MaxBody, pace)
	switch {
	case errors.Is(err, serve.ErrLarge):
		w.Header().Set("Connection", "close")
		return nil, errBig
	case err != nil:
		w.Header().Set("Connection", "close")
		return nil, errors.Join(errBody, err)
	case len(body) == 0:
		return nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, errNotJSON
	}
	return body, nil
}
