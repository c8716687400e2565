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
	"strings"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// ManagementConfig says how to reach a management port.
type ManagementConfig struct {
	// BaseURL is scheme, host and port.
	BaseURL string
	// Token is what a production server wants to see; a sandbox of this machine needs none.
	Token string
	// Language is the language of error messages: "zh-CN", "en"; "" means zh-CN.
	Language string
	// HTTPClient sends the requests; nil means one with a timeout of 20 s.
	HTTPClient *http.Client
}

// Management calls the operations of a Favord management port. The real service has none.
// It is safe for concurrent use. Use NewManagement.
type Management struct {
	ManagementConfig
	operations map[string]wire.Operation
}

// NewManagement returns a client of a management port.
func NewManagement(c ManagementConfig) (*Management, error) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("client: management URL %q is not absolute", c.BaseURL)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Timeout: 2 * defaultTimeout, CheckRedirect: stay}
	}
	m := &Management{ManagementConfig: c, operations: map[string]wire.Operation{}}
	for _, op := range manage.Operations() {
		m.operations[op.ID] = op
	}
	return m, nil
}

// managed calls an operation of the management port. A refusal is an *APIError.
func managed[T any](ctx context.Context, m *Management, id string, req any) (*T, error) {
	op := m.operations[id]
	target, body := op.Path, []byte(nil)
	if op.Request != nil {
		var err error
		if target, err = op.Request.Encode(op.Path, req); err != nil {
			return nil, fmt.Errorf("client: %s: %w", id, err)
		}
		if op.Request.Has(schema.InBody) {
			if body, err = json.Marshal(req); err != nil {
				return nil, fmt.Errorf("client: %s: %w", id, err)
			}
		}
	}
	response, err := m.Do(ctx, op.Method, target, body)
	if err != nil {
		return nil, err
	}
	answer := new(T)
	if len(response.Body) == 0 {
		return answer, nil
	}
	if err := json.Unmarshal(response.Body, answer); err != nil {
		return nil, fmt.Errorf("client: %s: decode answer: %w", id, err)
	}
	return answer, nil
}

// Do makes one call. The target is path and query, escaped as they shall travel; the body may
// be nil. An answer that is not 2xx gives both the Response and an *APIError.
func (m *Management) Do(ctx context.Context, method, target string, body []byte) (*Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, m.BaseURL+target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Language", orElse(m.Language, "zh-CN"))
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if m.Token != "" {
		request.Header.Set("Authorization", "Bearer "+m.Token)
	}
	answer, err := m.HTTPClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("client: %s %s: %w", method, target, err)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, fmt.Errorf("client: read answer: %w", err)
	}
	response := &Response{Status: answer.StatusCode, Header: answer.Header, Body: text}
	if answer.StatusCode < http.StatusOK || answer.StatusCode >= http.StatusMultipleChoices {
		return response, apiError(response)
	}
	return response, nil
}

// Status shows what runs.
func (m *Management) Status(ctx context.Context) (*manage.Status, error) {
	return managed[manage.Status](ctx, m, manage.GetStatus, nil)
}

// Clock shows a business time of a sandbox.
func (m *Management) Clock(ctx context.Context, req *manage.GetClockRequest) (*manage.Clock, error) {
	return managed[manage.Clock](ctx, m, manage.GetClock, req)
}

// SetClock moves a business time of a sandbox.
func (m *Management) SetClock(ctx context.Context, req *manage.SetClockRequest) (*manage.Clock, error) {
	return managed[manage.Clock](ctx, m, manage.SetClock, req)
}
