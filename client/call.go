package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/apiv3"
)

// Call is one signed call in raw form.
type Call struct {
	// Method is upper case.
	Method string
	// Target is path and query, escaped as they shall travel.
	Target string
	// Header has more headers. Those of the protocol are the client's, but for Accept,
	// Accept-Language and User-Agent.
	Header http.Header
	// Body is what is sent; nil is none.
	Body []byte
	// ContentType describes the body; "" means application/json.
	ContentType string
	// Signed is what the signature covers where that is not the body: the content of
	// the part "meta" of an upload (protocol 2.6). nil means the body.
	Signed []byte
	// Unsigned says that a success is not signed, as files are not (protocol 3.3): whoever asks
	// for one compares it with the hash that a signed answer announced, as [Client.Download] does.
	Unsigned bool
	// Repeatable says that repeating the call is safe: it brings a request number.
	// A GET always is.
	Repeatable bool
}

func (c *Call) repeatable() bool { return c.Repeatable || c.Method == http.MethodGet }

// path is the target without its query, for messages.
func (c *Call) path() string {
	path, _, _ := strings.Cut(c.Target, "?")
	return path
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

// Get sends one signed GET. The target is path and query, escaped as they shall travel.
func (c *Client) Get(ctx context.Context, target string) (*Response, error) {
	return c.Do(ctx, http.MethodGet, target, nil)
}

// Post sends one signed POST. The body is sent as it is if it is []byte, else as the JSON
// that encoding/json makes of it; nil is none.
func (c *Client) Post(ctx context.Context, target string, body any) (*Response, error) {
	return c.doJSON(ctx, http.MethodPost, target, body)
}

// Patch is Post with another method.
func (c *Client) Patch(ctx context.Context, target string, body any) (*Response, error) {
	return c.doJSON(ctx, http.MethodPatch, target, body)
}

// Delete sends one signed DELETE.
func (c *Client) Delete(ctx context.Context, target string) (*Response, error) {
	return c.Do(ctx, http.MethodDelete, target, nil)
}

func (c *Client) doJSON(ctx context.Context, method, target string, body any) (*Response, error) {
	text, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("client: %s %s: %w", method, target, err)
		}
	}
	return c.Do(ctx, method, target, text)
}

// Do sends one signed call. The target is path and query, escaped as they shall
// travel; the body may be nil. Only a GET is repeated after a failure; for others that
// may be, see [Client.Send].
func (c *Client) Do(ctx context.Context, method, target string, body []byte) (*Response, error) {
	return c.Send(ctx, Call{Method: method, Target: target, Body: body})
}

// Send sends one signed call. An answer is returned only after its signature was
// verified; only an error answer may lack one. An answer that is not 2xx gives both the
// Response and an *[APIError]; other errors are *[VerificationError] and
// *[TransportError].
func (c *Client) Send(ctx context.Context, call Call) (*Response, error) {
	if err := c.prepareKeys(ctx); err != nil {
		return nil, err
	}
	return c.repeat(ctx, &call, c.hosts, func(ctx context.Context, host *url.URL) (*Response, error) {
		return c.attempt(ctx, &call, host, c.verifierFor(&call))
	})
}

// repeat makes attempts until one succeeds, or there is no sense in another.
func (c *Client) repeat(ctx context.Context, call *Call, hosts *hosts, attempt func(context.Context, *url.URL) (*Response, error)) (*Response, error) {
	host := hosts.first(c.now())
	for n := 1; ; n++ {
		started := c.clock()
		response, err := attempt(ctx, host)
		c.observed(call, host, Attempt{Number: n, Duration: c.clock().Sub(started), Err: err}, response)
		if ctx.Err() != nil {
			return response, err
		}
		host = hosts.after(host, err, c.now())
		if err == nil || !c.again(ctx, call, n, err) {
			return response, err
		}
	}
}

// again decides whether an attempt follows the n-th, which failed, and waits for it.
func (c *Client) again(ctx context.Context, call *Call, n int, err error) bool {
	safe := call.repeatable() || notSent(err)
	return safe && passes(err) && n < c.retry.Attempts && c.pause(ctx, n, err)
}

func (c *Client) observed(call *Call, host *url.URL, a Attempt, response *Response) {
	a.Method, a.URL = call.Method, host.String()+call.path()
	if response != nil {
		a.Status, a.RequestID = response.Status, requestID(response.Header)
	} else if unverified, is := errors.AsType[*VerificationError](a.Err); is {
		a.Status, a.RequestID = unverified.Status, unverified.RequestID
	}
	c.observe(a)
}

// verification checks the signature of an answer and returns the serial of the key.
type verification func(ctx context.Context, r *Response) (string, error)

// attempt sends a call once, reads the answer and verifies it.
func (c *Client) attempt(ctx context.Context, call *Call, host *url.URL, verify verification) (*Response, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	answer, err := c.exchange(limited, call, host)
	if err != nil {
		return nil, err
	}
	response, err := read(call, answer)
	if err != nil {
		return nil, err
	}
	// With the whole call's context: it may have to download certificates.
	response.SignedBy, err = verify(ctx, response)
	failed := response.Status < http.StatusOK || response.Status >= http.StatusMultipleChoices
	if failed && (err == nil || errors.Is(err, apiv3.ErrUnsigned)) {
		return response, apiError(response)
	}
	if err != nil {
		return nil, &VerificationError{
			Status: response.Status, RequestID: requestID(response.Header), Serial: response.Header.Get(apiv3.HeaderSerial), Err: err,
		}
	}
	return response, nil
}

// read reads an answer in full.
func read(call *Call, answer *http.Response) (*Response, error) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	_ = answer.Body.Close()
	if err != nil {
		return nil, &TransportError{Method: call.Method, Path: call.path(), Sent: true, Err: err}
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("client: %s %s: the answer has more than %d bytes", call.Method, call.path(), maxAnswer)
	}
	return &Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

// exchange signs and sends a request.
func (c *Client) exchange(ctx context.Context, call *Call, host *url.URL) (*http.Response, error) {
	request, err := c.request(ctx, call, host)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err == nil {
		return answer, nil
	}
	if outer, is := errors.AsType[*url.Error](err); is {
		err = outer.Err // it repeats the URL
	}
	return nil, &TransportError{Method: call.Method, Path: call.path(), Sent: !couldNotConnect(err), Err: err}
}

// check refuses what must not be glued to the name of a host or into a header.
func (c *Call) check() error {
	if !strings.HasPrefix(c.Target, "/") {
		return fmt.Errorf("client: the target %q does not begin with a slash", c.Target)
	}
	for name, values := range c.Header {
		for _, value := range slices.Concat(values, []string{name}) {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fmt.Errorf("client: header %q has a control character", name)
			}
		}
	}
	return nil
}

// request builds a request with a fresh signature.
func (c *Client) request(ctx context.Context, call *Call, host *url.URL) (*http.Request, error) {
	if err := call.check(); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, host.String()+call.Target, bytes.NewReader(call.Body))
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	signed := apiv3.Request{Method: call.Method, Target: request.URL.RequestURI(), Body: call.Body}
	if call.Signed != nil {
		signed.Body = call.Signed
	}
	authorization, err := c.credential.Authorize(signed, strconv.FormatInt(c.now().Unix(), 10), apiv3.NewNonce())
	if err != nil {
		return nil, fmt.Errorf("client: sign: %w", err)
	}
	h := request.Header
	h.Set("Accept", "application/json")
	h.Set("Accept-Language", c.language)
	h.Set("User-Agent", c.userAgent)
	for name, values := range call.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	h.Set("Authorization", authorization.String())
	if len(call.Body) > 0 {
		h.Set("Content-Type", orElse(call.ContentType, "application/json"))
	}
	if serial := c.keys.serial(ctx); serial != "" {
		h.Set(apiv3.HeaderSerial, serial)
	}
	return request, nil
}

// verifierFor is how the answer to a call is verified. A signature that is there counts.
func (c *Client) verifierFor(call *Call) verification {
	if !call.Unsigned {
		return c.verifyAnswer
	}
	return func(ctx context.Context, r *Response) (string, error) {
		serial, err := c.verifyAnswer(ctx, r)
		if errors.Is(err, apiv3.ErrUnsigned) && r.Status == http.StatusOK {
			err = nil
		}
		return serial, err
	}
}

func (c *Client) verifyAnswer(ctx context.Context, r *Response) (string, error) {
	return c.verify(ctx, r.Header, r.Body)
}

// verify checks the signature of an answer or a notification and returns the serial of
// the key.
func (c *Client) verify(ctx context.Context, h http.Header, body []byte) (string, error) {
	signature, err := apiv3.ResponseSignatureOf(h)
	if err != nil {
		return "", err
	}
	// Looked at first: what is stale shall not make us download certificates.
	if err := apiv3.CheckTimestamp(signature.Timestamp, c.now()); err != nil {
		return "", err
	}
	verifier, err := c.verifierOf(ctx, signature.Serial)
	if err != nil {
		return "", err
	}
	return signature.Serial, signature.Verify(verifier, body, c.now())
}
