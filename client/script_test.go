package client_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
)

// script is a platform in memory that answers one call after the other as its steps say, and
// keeps what it was asked. It verifies every request. Because nothing waits for a network,
// tests may run it in a synctest bubble, where time costs nothing.
type script struct {
	t     *testing.T
	mu    sync.Mutex
	steps []step
	asked []asked
}

// step is what becomes of one request.
type step func(r *http.Request) (*http.Response, error)

// asked is one request as it came.
type asked struct {
	at     time.Time
	host   string
	method string
	target string
	header http.Header
	body   string
	auth   apiv3.Authorization
}

// RoundTrip implements http.RoundTripper. After its last step, a script answers {}.
func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(text)
	}
	a := asked{at: time.Now(), host: r.URL.Host, method: r.Method, target: r.URL.RequestURI(), header: r.Header, body: body}
	var err error
	if a.auth, err = apiv3.ParseAuthorization(r.Header.Get("Authorization")); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	s.asked = append(s.asked, a)
	next := answer(http.StatusOK, "{}")
	if len(s.steps) > 0 {
		next, s.steps = s.steps[0], s.steps[1:]
	}
	s.mu.Unlock()
	return next(r)
}

// client returns a client of the script for two hosts, in real time.
func (s *script) client(options ...client.Option) *client.Client {
	s.t.Helper()
	return s.clientOf(client.Config{PlatformKeys: map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey}}, options...)
}

func (s *script) clientOf(c client.Config, options ...client.Option) *client.Client {
	s.t.Helper()
	c.BaseURL, c.StandbyURL = orDefault(c.BaseURL, "https://primary.test"), orDefault(c.StandbyURL, "https://standby.test")
	c.MchID, c.SerialNo, c.PrivateKey = "1900000001", merchantSerial, merchantKey()
	c.HTTPClient = &http.Client{Transport: s}
	made, err := client.New(c, options...)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// hosts lists which hosts were asked: 1 is the primary, 2 the standby.
func (s *script) hosts() string {
	var hosts []string
	for _, a := range s.asked {
		hosts = append(hosts, map[string]string{"primary.test": "1", "standby.test": "2"}[a.host])
	}
	return strings.Join(hosts, " ")
}

// unsigned answers without signature.
func unsigned(status int, body string, headers ...string) step {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Request-Id": {"08AB-" + strconv.Itoa(status)}}
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// answer answers with the platform's signature.
func answer(status int, body string, headers ...string) step {
	return signedBy(platformSerial, platformKey(), unsigned(status, body, headers...))
}

// signedBy signs what a step answers.
func signedBy(serial string, key *rsa.PrivateKey, next step) step {
	return func(r *http.Request) (*http.Response, error) {
		response, err := next(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		signer, err := apiv3.NewRSASigner(serial, key)
		if err != nil {
			return nil, err
		}
		signed, err := apiv3.SignResponse(signer, body, time.Now())
		if err != nil {
			return nil, err
		}
		signed.SetHeader(response.Header)
		return response, nil
	}
}

// probe answers with a signature that is wrong on purpose (protocol 6.5).
func probe(r *http.Request) (*http.Response, error) {
	response, err := answer(http.StatusOK, "{}")(r)
	if err == nil {
		h := response.Header
		h[apiv3.HeaderSignature] = []string{apiv3.Probe(h[apiv3.HeaderSignature][0])}
	}
	return response, err
}

// broken breaks the connection after the request was sent.
func broken(*http.Request) (*http.Response, error) {
	return nil, errors.New("connection reset by peer")
}

// unreachable is a host to which there is no connection.
func unreachable(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

// cut breaks the connection within the answer.
func cut(r *http.Request) (*http.Response, error) {
	response, err := answer(http.StatusOK, "{}")(r)
	if err == nil {
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), brokenReader{}))
	}
	return response, err
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// silent does not answer until the request is given up.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}
