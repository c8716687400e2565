package receive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/cli/term"
)

// maxForwarded bounds a callback and its answer, in bytes.
const maxForwarded = 256 << 10

// forwarder passes callbacks on.
type forwarder struct {
	url   string
	clock clock.Clock
	http  *http.Client
}

// newForwardClient follows no redirections, as the platform does not, and asks no proxy: that
// may be the redirect.
func newForwardClient() *http.Client {
	return &http.Client{
		Timeout:       forwardTimeout,
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// forwarded is what became of a callback.
type forwarded struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// accepted reports whether the platform is content with an answer.
func (f *forwarded) accepted() bool {
	return f.status == http.StatusOK || f.status == http.StatusNoContent
}

// post posts a body as it is, with the headers in the case that they are given in.
func (f *forwarder) post(ctx context.Context, header http.Header, body []byte) (*forwarded, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	request.Header = header
	began := f.clock.Now()
	answer, err := f.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxForwarded))
	if err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	return &forwarded{status: answer.StatusCode, header: answer.Header, body: text, took: f.clock.Now().Sub(began)}, nil
}

// asSent writes the headers of a callback as the platform does: its Request-ID is the one whose
// case the HTTP server changed.
func asSent(received http.Header) http.Header {
	h := maps.Clone(received)
	h.Del("Content-Length") // it follows from the body
	h.Del("Connection")
	if id := h.Values(apiv3.HeaderRequestID); len(id) > 0 {
		h.Del(apiv3.HeaderRequestID)
		h[apiv3.HeaderRequestID] = id
	}
	return h
}

// listener shows what it gets, and passes it on.
type listener struct {
	*term.Command
	caller  *client.Client
	forward *forwarder
	print   bool
	enough  func()

	mu sync.Mutex
	// left is how many are still to come; enough is called at the last one.
	left int
}

// ServeHTTP implements http.Handler.
func (r *listener) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxForwarded))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	n, errVerify := r.caller.ParseNotification(request.Context(), request.Header, body)
	answer := &forwarded{status: http.StatusNoContent}
	if errVerify != nil {
		answer.status = http.StatusUnauthorized
	}
	var errForward error
	if r.forward.url != "" {
		if answer, errForward = r.forward.post(request.Context(), asSent(request.Header), body); errForward != nil {
			answer = &forwarded{status: http.StatusBadGateway}
		}
	}
	if kind := answer.header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // the sandbox delivers again if it does not hear this
	r.show(n, errVerify, answer, errForward)
}

// show prints a callback and what became of it, and counts it when its signature was right.
func (r *listener) show(n *client.Notification, errVerify error, answer *forwarded, errForward error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	line := []string{term.Beijing(r.Clock.Now()).Format("15:04:05.000")}
	if errVerify != nil {
		line = append(line, r.Choose("验签失败", "NOT VERIFIED"), errVerify.Error())
	} else {
		line = append(line, n.EventType, n.ID, r.Choose("签名已验证 ", "verified ")+term.Short(n.SignedBy))
	}
	switch {
	case errForward != nil:
		line = append(line, errForward.Error())
	case r.forward.url != "":
		line = append(line, fmt.Sprintf("→ %d  %v", answer.status, answer.took.Round(time.Millisecond)))
		if errVerify != nil && answer.accepted() {
			line = append(line, r.Choose("！不该接受", "ACCEPTED, but must not be"))
		}
	}
	_, _ = fmt.Fprintln(r.Out, strings.Join(line, "  "))
	if errVerify != nil {
		return
	}
	if r.print {
		_ = term.PrintJSON(r.Out, n.Plaintext) // whoever reads it has gone
	}
	if r.left > 0 {
		if r.left--; r.left == 0 {
			r.enough()
		}
	}
}
