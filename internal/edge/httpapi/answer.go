package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/wire"
)

// KeepAlive is how long an idle connection stays open, in seconds: clients count on
// it (protocol 10).
const KeepAlive = 8

// succeed encodes the result of a handler.
func (s *Server) succeed(c *call, result any) answer {
	a := answer{status: c.endpoint.Operation.Success}
	if result == nil {
		return a
	}
	if file, is := result.(*bill.File); is {
		a.file = file
		return a
	}
	var err error
	if a.body, err = apiv3.EncodeJSON(result); err != nil {
		return s.fail(c, err)
	}
	return a
}

// fail turns an error into an answer.
func (s *Server) fail(c *call, err error) answer {
	var op *wire.Operation
	if c.endpoint != nil {
		op = c.endpoint.Operation
	}
	f := failureOf(err, op, c.language)
	if injected, is := errors.AsType[*injectedError](err); is {
		f = injected.answer(c.language)
	}
	if errors.Is(err, errSignature) {
		f.body.Detail = c.signDetail
	}
	if errors.Is(err, errFormat) || errors.Is(err, errScheme) {
		f.number = numberFormat
	}
	a := answer{status: f.status, number: f.number, code: f.body.Code, reason: f.reason, err: err, shed: isShed(f.status, err)}
	if a.body, err = apiv3.EncodeJSON(f.body); err != nil {
		a.err = errors.Join(a.err, err)
		a.status = http.StatusInternalServerError
	}
	return a
}

// isShed reports whether a call was refused because there was no room for it, rather than
// for a documented rate or on purpose. Signing such an answer would cost what the refusal is to save.
func isShed(status int, err error) bool {
	_, injected := errors.AsType[*injectedError](err)
	return status == http.StatusTooManyRequests && !injected && !errors.Is(err, errTooFast)
}

// sign signs an answer. Once a request's signature was verified its answer is signed,
// whatever the status but 401; before that none is, nor is a file (protocol 3.3). An answer that cannot
// be signed must not go out as a success.
//
// Whoever waits for a slot does so whether the client is still there or not: what was
// committed is answered, and a repeat would cost more than the signature.
func (s *Server) sign(ctx context.Context, c *call, a answer) answer {
	if !c.verified || c.acting != nil || planted.AnswerUnsigned.In() || a.status == http.StatusUnauthorized || a.shed || a.file != nil {
		return a
	}
	_, span := s.Traces.Step(ctx, "sign")
	defer span.End()
	began := s.Clock.Now()
	s.signing.Do(func() { a = s.signNow(c, a) })
	s.Metrics.Stage("sign", s.Clock.Now().Sub(began))
	return a
}

func (s *Server) signNow(c *call, a answer) answer {
	// The time of signing, not of arrival: the work and the wait may have taken a while.
	now := s.Clock.Now()
	signer, err := c.keys.Signer(c.authorization.Scheme, c.named, now)
	if err != nil {
		return s.fail(c, err)
	}
	body, at := c.signed(a.body, now)
	signature, err := apiv3.SignResponse(signer, body, at)
	if err != nil {
		return s.fail(c, err)
	}
	a.signature = &signature
	return a
}

// write sends an answer whose headers are set.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, c *call, a *answer) {
	w.WriteHeader(a.status)
	if a.file != nil {
		s.writeFile(ctx, w, c, a.file)
		return
	}
	_, _ = w.Write(a.body) // the client may have left; there is nobody to tell
}

// setHeaders sets the headers of every answer, in the case that they must have on the
// wire (protocol 0, 1.4).
func (a *answer) setHeaders(h http.Header, c *call) {
	if a.signature != nil {
		a.signature.SetHeader(h)
	}
	h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	h["Cache-Control"] = []string{"no-cache, must-revalidate"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h[apiv3.HeaderRequestID] = []string{a.id}
	if a.status == http.StatusTooManyRequests {
		var wait time.Duration
		if refusal, is := errors.AsType[*missesError](a.err); is {
			wait = refusal.after
		}
		h["Retry-After"] = []string{retryAfter(wait)}
	}
	switch {
	case a.file != nil:
		delete(h, "Content-Length") // it is not known
		h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	case len(a.body) > 0, a.status == http.StatusNoContent:
		// A 204 has them, too: a client in wide use reads them without asking (protocol 1.4).
		h["Content-Type"] = []string{"application/json; charset=utf-8"}
		h["Content-Language"] = []string{c.language.String()}
	default:
		h["Content-Type"] = nil // or net/http would guess one
	}
	switch {
	case a.status == http.StatusNoContent:
		delete(h, "Content-Length")
	case c.request.Close || c.unread:
		h["Connection"] = []string{"close"}
	default:
		h["Connection"] = []string{"keep-alive"}
		h["Keep-Alive"] = []string{"timeout=" + strconv.Itoa(KeepAlive)}
	}
}

// record writes the one line of a request into the log. It names the operation and the
// caller, never what was sent: bodies and openids stay out.
func (s *Server) record(ctx context.Context, c *call, a answer) {
	attributes := []slog.Attr{
		slog.String("request_id", a.id),
		slog.String("method", c.request.Method),
		slog.Int("status", a.status),
		slog.Duration("took", s.Clock.Now().Sub(c.now)),
	}
	if planted.SecretLogged.In() {
		attributes = append(attributes, slog.String("header", c.request.Header.Get("Authorization")))
	}
	if c.endpoint != nil {
		attributes = append(attributes, slog.String("operation", c.endpoint.Operation.ID))
	}
	if c.keys != nil {
		attributes = append(attributes, slog.String("mchid", c.authorization.Identity))
	}
	s.count(c, &a)
	s.trace(c, &a)
	level := slog.LevelInfo
	if a.reason != "" {
		attributes = append(attributes, slog.String("refused", a.reason))
		if a.status >= http.StatusInternalServerError {
			level = slog.LevelError
			attributes = append(attributes, telemetry.Cause(a.err))
		}
	}
	s.Log.LogAttrs(ctx, level, telemetry.LineRequest, attributes...)
}
