package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Bounds of a call.
const (
	// MaxAnswer is how much of an answer is read, in bytes.
	MaxAnswer = 64 << 10
	// MaxKept is how much of it is returned, in bytes.
	MaxKept = 1 << 10
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 16 << 10
	// maxPerHost is how many connections to one host there are at most.
	maxPerHost = 128
	// maxIdle is how many connections wait for their next call, and idleFor how long.
	maxIdle = 512
	idleFor = 30 * time.Second
)

// Options of a Client.
type Options struct {
	Policy Policy
	// Roots are the authorities that servers must prove themselves by; nil means the
	// machine's.
	Roots *x509.CertPool
	// Resolver finds the addresses of names; nil means the machine's.
	Resolver *net.Resolver
}

// Client posts to URLs that others chose. It is safe for concurrent use; use New, and
// Close when it is not needed any more.
type Client struct {
	*Guard
	transport *http.Transport
}

// New returns a client. It fails when the policy is wrong.
func New(o Options) (*Client, error) {
	guard, err := NewGuard(o.Policy)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{ControlContext: guard.control, Resolver: o.Resolver}
	// HTTP/2 would lower-case the headers that receivers look up (protocol 0).
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &Client{Guard: guard, transport: &http.Transport{
		Proxy:                  nil, // the environment's could be told to reach inside
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		Protocols:              &http1,
		DisableCompression:     true,
		MaxConnsPerHost:        maxPerHost,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxPerHost,
		IdleConnTimeout:        idleFor,
		MaxResponseHeaderBytes: maxHeader,
	}}, nil
}

// Close ends the connections that nobody uses.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is a call.
type Request struct {
	URL string
	// Header travels in the case in which it is written.
	Header http.Header
	Body   []byte
}

// Answer is what came back.
type Answer struct {
	// Status is the HTTP status; a redirect is not followed.
	Status int
	// Body is the beginning of the body, at most MaxKept bytes.
	Body []byte
}

// Post sends a request once; on a connection that the other side closed meanwhile, once
// more. How long it may take, ctx says. An answer whose body does not end in time, or not
// within MaxAnswer, is an answer all the same: only its beginning counts.
func (c *Client) Post(ctx context.Context, r Request) (Answer, error) {
	if err := c.CheckURL(r.URL); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, fmt.Errorf("outbound: %w", err)
	}
	request.Header = r.Header.Clone()
	if request.Header == nil {
		request.Header = http.Header{}
	}
	// Not sent, but says that repeating does no harm: a connection may end just when it
	// is used again.
	request.Header["Idempotency-Key"] = nil
	// The transport follows no redirects, keeps no cookies and tells no referrer.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return Answer{}, explain(err)
	}
	defer func() { _ = response.Body.Close() }()
	return Answer{Status: response.StatusCode, Body: beginning(response.Body)}, nil
}

// beginning reads a body up to its bound, so that the connection can be used again, and
// returns the first of it.
func beginning(body io.Reader) []byte {
	var kept bytes.Buffer
	if _, err := io.CopyN(&kept, body, MaxKept); err == nil {
		_, _ = io.CopyN(io.Discard, body, MaxAnswer-MaxKept) // what it is does not matter
	}
	return kept.Bytes()
}
