// Package client calls WeChat Pay APIv3 marketing operations, on Favord or on the real
// service: it signs requests, verifies the signature of every answer before it looks
// at it, and turns error answers into errors.
//
// A Client is safe for concurrent use. It depends on the standard library only.
package client

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

// DefaultBaseURL is the real service.
const DefaultBaseURL = "https://api.mch.weixin.qq.com"

// Defaults and bounds.
const (
	defaultTimeout = 10 * time.Second
	// maxAnswer is the largest answer that is read, in bytes.
	maxAnswer = 8 << 20
)

// Config says who calls whom.
type Config struct {
	// BaseURL is scheme and host, optionally a path; "" means DefaultBaseURL.
	BaseURL string
	// MchID is the calling merchant.
	MchID string
	// SerialNo is the serial of the merchant's API certificate, in hex.
	SerialNo string
	// PrivateKey belongs to that certificate.
	PrivateKey *rsa.PrivateKey
	// Signer takes the place of SerialNo and PrivateKey: for SM2 (apiv3/gm), and
	// for keys that are kept elsewhere.
	Signer apiv3.Signer
	// PlatformKeys are the keys that may sign answers, by certificate serial or
	// public key id. Without any, and without Verifiers, every answer is refused
	// as unverifiable.
	PlatformKeys map[string]*rsa.PublicKey
	// Verifiers are more of them, in any algorithm. An answer to a request that was
	// signed with SM2 is signed with SM2.
	Verifiers []apiv3.Verifier
	// WechatpaySerial names the platform key that shall sign answers; "" lets
	// the platform choose.
	WechatpaySerial string
	// Language is the language of error messages: "zh-CN", "en"; "" means
	// zh-CN.
	Language string
	// HTTPClient sends the requests; nil means one with a timeout of 10 s.
	HTTPClient *http.Client
	// Now is the clock for signatures; nil means time.Now.
	Now func() time.Time
}

// Client calls operations. Use New.
type Client struct {
	base       *url.URL
	credential apiv3.Credential
	verifiers  map[string]apiv3.Verifier
	serial     string
	language   string
	http       *http.Client
	now        func() time.Time
	operations map[string]wire.Operation
}

// New returns a client.
func New(c Config) (*Client, error) {
	base, err := url.Parse(orElse(c.BaseURL, DefaultBaseURL))
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("client: base URL %q is not absolute", c.BaseURL)
	}
	signer, err := c.signer()
	if err != nil {
		return nil, err
	}
	verifiers, err := c.verifiers()
	if err != nil {
		return nil, err
	}
	client := &Client{
		base:       base,
		credential: apiv3.Credential{Identity: c.MchID, Signer: signer},
		verifiers:  verifiers,
		serial:     c.WechatpaySerial,
		language:   orElse(c.Language, "zh-CN"),
		http:       c.HTTPClient,
		now:        c.Now,
		operations: map[string]wire.Operation{},
	}
	if client.http == nil {
		client.http = &http.Client{Timeout: defaultTimeout, CheckRedirect: stay}
	}
	if client.now == nil {
		client.now = time.Now
	}
	for _, op := range append(security.Operations(), busifavor.Operations()...) {
		client.operations[op.ID] = op
	}
	return client, nil
}

// signer returns who signs requests.
func (c *Config) signer() (apiv3.Signer, error) {
	switch {
	case c.Signer != nil && c.PrivateKey != nil:
		return nil, errors.New("client: a signer and a private key are one too many")
	case c.Signer != nil:
		return c.Signer, nil
	case c.PrivateKey == nil:
		return nil, errors.New("client: a private key or a signer is needed")
	}
	signer, err := apiv3.NewRSASigner(c.SerialNo, c.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return signer, nil
}

// verifiers returns who checks answers, by canonical serial.
func (c *Config) verifiers() (map[string]apiv3.Verifier, error) {
	known := map[string]apiv3.Verifier{}
	for serial, key := range c.PlatformKeys {
		verifier, err := apiv3.NewRSAVerifier(serial, key)
		if err != nil {
			return nil, fmt.Errorf("client: platform key %s: %w", serial, err)
		}
		known[apiv3.CanonicalSerial(serial)] = verifier
	}
	for _, verifier := range c.Verifiers {
		known[apiv3.CanonicalSerial(verifier.Serial())] = verifier
	}
	return known, nil
}

// stay follows no redirect: the signature covers the path that was called.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// APIError is an answer that is not 2xx.
type APIError struct {
	// Status is the HTTP status.
	Status int
	// Code is what programs decide by, such as "RULE_LIMIT"; "" when the answer
	// had no body.
	Code string
	// Message is for people.
	Message string
	// Detail is the raw detail; nil when there is none.
	Detail json.RawMessage
	// RequestID names the request to whoever runs the server.
	RequestID string
}

// Error implements error.
func (e *APIError) Error() string {
	return fmt.Sprintf("%d %s: %s (request %s)", e.Status, e.Code, e.Message, e.RequestID)
}

// Response is an answer that was read in full.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// SignedBy is the serial of the platform key whose signature was verified;
	// "" for an error answer without signature, as those are that refuse the
	// request's own.
	SignedBy string
}

// Do sends one signed call. The target is path and query, escaped as they shall
// travel; the body may be nil. An answer is returned only after its signature was
// verified; only an error answer may lack one. An answer that is not 2xx gives both the
// Response and an *APIError.
func (c *Client) Do(ctx context.Context, method, target string, body []byte) (*Response, error) {
	request, err := c.request(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("client: %s %s: %w", method, target, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("client: read answer: %w", err)
	}
	if len(text) > maxAnswer {
		return nil, fmt.Errorf("client: the answer has more than %d bytes", maxAnswer)
	}
	response := &Response{Status: answer.StatusCode, Header: answer.Header, Body: text}
	failed := answer.StatusCode < http.StatusOK || answer.StatusCode >= http.StatusMultipleChoices
	response.SignedBy, err = c.verify(answer.Header, text)
	if failed && (err == nil || errors.Is(err, apiv3.ErrUnsigned)) {
		return response, apiError(response)
	}
	if err != nil {
		return nil, fmt.Errorf("client: %s %s: %w", method, target, err)
	}
	return response, nil
}

func (c *Client) request(ctx context.Context, method, target string, body []byte) (*http.Request, error) {
	full := strings.TrimSuffix(c.base.String(), "/") + target
	request, err := http.NewRequestWithContext(ctx, method, full, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	signed := apiv3.Request{Method: method, Target: request.URL.RequestURI(), Body: body}
	timestamp := strconv.FormatInt(c.now().Unix(), 10)
	authorization, err := c.credential.Authorize(signed, timestamp, apiv3.NewNonce())
	if err != nil {
		return nil, fmt.Errorf("client: sign: %w", err)
	}
	h := request.Header
	h.Set("Authorization", authorization.String())
	h.Set("Accept", "application/json")
	h.Set("Accept-Language", c.language)
	h.Set("User-Agent", "favord-client")
	if len(body) > 0 {
		h.Set("Content-Type", "application/json")
	}
	if c.serial != "" {
		h[apiv3.HeaderSerial] = []string{c.serial}
	}
	return request, nil
}

// verify checks the signature of an answer and returns the serial of the key.
func (c *Client) verify(h http.Header, body []byte) (string, error) {
	signature, err := apiv3.ResponseSignatureOf(h)
	if err != nil {
		return "", err
	}
	verifier, known := c.verifiers[apiv3.CanonicalSerial(signature.Serial)]
	if !known {
		return "", fmt.Errorf("%w: %s", apiv3.ErrUnknownSerial, signature.Serial)
	}
	return signature.Serial, signature.Verify(verifier, body, c.now())
}

func apiError(r *Response) *APIError {
	e := &APIError{Status: r.Status}
	if ids := r.Header.Values(apiv3.HeaderRequestID); len(ids) > 0 {
		e.RequestID = ids[0]
	}
	var body struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(r.Body, &body) == nil {
		e.Code, e.Message, e.Detail = body.Code, body.Message, body.Detail
	}
	return e
}

// invoke calls an operation of the tables and decodes its answer.
func invoke[T any](ctx context.Context, c *Client, id string, req any) (*T, error) {
	op := c.operations[id]
	target, err := op.Request.Encode(op.Path, req)
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", id, err)
	}
	var body []byte
	if op.Request.Has(schema.InBody) {
		if body, err = json.Marshal(req); err != nil {
			return nil, fmt.Errorf("client: %s: %w", id, err)
		}
	}
	response, err := c.Do(ctx, op.Method, target, body)
	if err != nil {
		return nil, err
	}
	answer := new(T)
	if op.Response == nil {
		return answer, nil
	}
	if err := json.Unmarshal(response.Body, answer); err != nil {
		return nil, fmt.Errorf("client: %s: decode answer: %w", id, err)
	}
	return answer, nil
}
