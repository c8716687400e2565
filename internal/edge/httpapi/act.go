package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Action is a call that someone who manages the server makes as a merchant: as it would
// travel, less the signature; or one that came before, with the signature that it had.
type Action struct {
	MchID  merchant.ID
	Method string
	// Target is path and query.
	Target string
	Body   []byte
	// Header has more headers, such as Idempotency-Key.
	Header http.Header
	// SentAt is when a call came that is sent again as it was: Header is then all of its headers, and
	// its signature counts, judged as at that time. Zero stands for a call without a signature.
	SentAt time.Time
	// Language is the Accept-Language of the call.
	Language string
}

// Acted is the answer to an Action.
type Acted struct {
	RequestID string
	Status    int
	Body      []byte
	// Refused says why the answer is no success; it is empty for one that is.
	Refused fault.Text
}

// MaxActed is how much of an answer an Action gets, in bytes.
const MaxActed = 4 << 20

// acting is what tells the server that a call is an Action: the key of a value in its context.
type acting struct{}

// act is the Action on its way through the server.
type act struct {
	mchid merchant.ID
	// sentAt is when the call came that is sent again with its signature.
	sentAt  time.Time
	refused fault.Text
}

// isTrusted reports whether a call is carried out without a signature.
func (c *call) isTrusted() bool { return c.acting != nil && c.acting.sentAt.IsZero() }

// judgedAt is the time that decides about the signature of a call.
func (c *call) judgedAt() time.Time {
	if c.acting == nil || c.acting.sentAt.IsZero() {
		return c.now
	}
	return c.acting.sentAt
}

var (
	errTarget = fault.New(fault.Invalid, "路径与查询串有误", "The path with its query is malformed.").At("target", "")
	errActed  = fault.New(fault.TooLarge, "应答过大，请用程序下载", "The answer is too large; download it with a program.")
)

// Act carries out a merchant's call as if it had come signed: through the same checks, limits
// and capabilities, into the same journal. It returns an error only when there is no answer.
func (s *Server) Act(ctx context.Context, a Action) (Acted, error) {
	target, err := url.ParseRequestURI(a.Target)
	if err != nil || !strings.HasPrefix(a.Target, "/") {
		return Acted{}, errTarget
	}
	doing := &act{mchid: a.MchID, sentAt: a.SentAt}
	r, err := http.NewRequestWithContext(context.WithValue(ctx, acting{}, doing), a.Method, target.String(), bytes.NewReader(a.Body))
	if err != nil {
		return Acted{}, errors.Join(errTarget, err)
	}
	r.RequestURI, r.Host, r.RemoteAddr = a.Target, "console", "127.0.0.1:0"
	r.Header = a.header()
	w := &heard{header: http.Header{}}
	if s.serveActed(w, r); w.overflown {
		return Acted{}, errActed
	}
	status := w.status
	if status == 0 {
		status = http.StatusOK
	}
	//nolint:staticcheck // the header stands as the platform writes it, not in its canonical form
	return Acted{RequestID: strings.Join(w.header[apiv3.HeaderRequestID], ""), Status: status, Body: w.body.Bytes(), Refused: doing.refused}, nil
}

// header is that of the request: what the Action has, over what every call without a signature has.
func (a *Action) header() http.Header {
	if !a.SentAt.IsZero() {
		return a.Header.Clone()
	}
	h := http.Header{"Accept": {"application/json"}, "User-Agent": {"favord-console"}, "Accept-Language": {a.Language}}
	if len(a.Body) > 0 {
		h.Set("Content-Type", "application/json")
	}
	maps.Copy(h, a.Header)
	return h
}

// serveActed serves an Action. A file that does not fit breaks the connection, which here is
// none.
func (s *Server) serveActed(w *heard, r *http.Request) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // that very value
			panic(p)
		}
	}()
	s.ServeHTTP(w, r)
}

// actingOf returns the Action that a request carries out; nil for one that came signed.
func actingOf(r *http.Request) *act {
	a, _ := r.Context().Value(acting{}).(*act)
	return a
}

// impersonate stands in for identify and verify: it finds the merchant's keys, and makes up
// what its signature would say.
func (s *Server) impersonate(ctx context.Context, c *call) error {
	keys, err := s.Keyring.Of(ctx, c.acting.mchid)
	if err != nil {
		return err
	}
	c.keys = keys
	c.authorization = apiv3.Authorization{
		Identity: string(c.acting.mchid), Nonce: apiv3.NewNonce(), Timestamp: strconv.FormatInt(c.now.Unix(), 10),
	}
	return nil
}

// heard takes an answer in place of a connection.
type heard struct {
	header    http.Header
	status    int
	body      bytes.Buffer
	overflown bool
}

// Header implements http.ResponseWriter.
func (h *heard) Header() http.Header { return h.header }

// WriteHeader implements http.ResponseWriter.
func (h *heard) WriteHeader(status int) { h.status = status }

// Write implements http.ResponseWriter. More than MaxActed bytes are an error.
func (h *heard) Write(piece []byte) (int, error) {
	if h.body.Len()+len(piece) > MaxActed {
		h.overflown = true
		return 0, io.ErrShortBuffer
	}
	return h.body.Write(piece)
}
