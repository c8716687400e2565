package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/favord/favord/apiv3"
)

// CodeError is the code of a refusal as an error, so that
//
//	errors.Is(err, client.ErrRuleLimit)
//
// asks whether err is an [APIError] with that code. The tables of package wire list the
// codes of each operation; for one that is not below, say CodeError("…").
type CodeError string

// Codes that more than one operation has (protocol 7.2, busifavor 8.1, favor 3.1).
const (
	ErrParamError           = CodeError("PARAM_ERROR")
	ErrInvalidRequest       = CodeError("INVALID_REQUEST")
	ErrSignError            = CodeError("SIGN_ERROR")
	ErrNoAuth               = CodeError("NO_AUTH")
	ErrRuleLimit            = CodeError("RULE_LIMIT")
	ErrRequestBlocked       = CodeError("REQUEST_BLOCKED")
	ErrResourceNotExists    = CodeError("RESOURCE_NOT_EXISTS")
	ErrResourceExists       = CodeError("RESOURCE_ALREADY_EXISTS")
	ErrUserNotExists        = CodeError("USER_NOT_EXISTS")
	ErrMchNotExists         = CodeError("MCH_NOT_EXISTS")
	ErrAppIDMchIDNotMatch   = CodeError("APPID_MCHID_NOT_MATCH")
	ErrNotEnough            = CodeError("NOT_ENOUGH")
	ErrUserAccountAbnormal  = CodeError("USER_ACCOUNT_ABNORMAL")
	ErrFrequencyLimited     = CodeError("FREQUENCY_LIMITED")
	ErrFrequencyLimitExceed = CodeError("FREQUENCY_LIMIT_EXCEED")
	ErrSystemError          = CodeError("SYSTEM_ERROR")
	ErrServiceUnavailable   = CodeError("SERVICE_UNAVAILABLE")
)

// Error implements error.
func (c CodeError) Error() string { return string(c) }

// APIError is an answer that is not 2xx.
type APIError struct {
	// Status is the HTTP status.
	Status int
	// Code is what programs decide by, such as "RULE_LIMIT"; "" when the answer
	// had no body.
	Code string
	// Message is for people.
	Message string
	// Detail is the raw detail; nil when there is none. See [APIError.Field] and
	// [APIError.Signed].
	Detail json.RawMessage
	// RequestID names the request to whoever runs the server.
	RequestID string
	// RetryAfter is how long the server asks to wait; 0 when it does not.
	RetryAfter time.Duration
	// SignedBy is the serial of the platform key whose signature was verified; "" for
	// an answer without signature. Those that refuse the request's own have none, and
	// anybody between here and the platform can make one.
	SignedBy string
}

// Error implements error.
func (e *APIError) Error() string {
	return fmt.Sprintf("%d %s: %s (request %s)", e.Status, e.Code, e.Message, e.RequestID)
}

// Is implements what errors.Is asks, for a [CodeError].
func (e *APIError) Is(target error) bool {
	code, is := target.(CodeError)
	return is && string(code) == e.Code
}

// FieldDetail says which field of a request is wrong.
type FieldDetail struct {
	// Field is a JSON Pointer for body fields, a plain name otherwise.
	Field string
	// Location is "body", "query", "header" or "uri_template".
	Location string
	Issue    string
	// Value is the offending value: a text, or the JSON of another type.
	Value string
}

// Field returns the detail of a parameter error, and false when there is none. The real
// service leaves some of it out (protocol 7.3).
func (e *APIError) Field() (FieldDetail, bool) {
	var raw struct {
		Field    string          `json:"field"`
		Location string          `json:"location"`
		Issue    string          `json:"issue"`
		Value    json.RawMessage `json:"value"`
	}
	if json.Unmarshal(e.Detail, &raw) != nil || raw.Location == "" {
		return FieldDetail{}, false
	}
	detail := FieldDetail{Field: raw.Field, Location: raw.Location, Issue: raw.Issue, Value: string(bytes.TrimSpace(raw.Value))}
	var text string
	if json.Unmarshal(raw.Value, &text) == nil {
		detail.Value = text
	}
	return detail, true
}

// Signed returns what the server expected to be signed, when it refused a signature, and
// false otherwise. Comparing it with what was sent shows the difference (protocol 2.4).
func (e *APIError) Signed() (apiv3.SignInformation, bool) {
	var detail apiv3.SignDetail
	if json.Unmarshal(e.Detail, &detail) != nil || detail.SignInformation.Method == "" {
		return apiv3.SignInformation{}, false
	}
	return detail.SignInformation, true
}

// VerificationError is an answer that nobody can vouch for: unsigned, signed by an
// unknown key, stale, or changed. What it says is not known, and neither is whether the
// call was executed. It wraps apiv3.ErrUnsigned, apiv3.ErrUnknownSerial,
// apiv3.ErrTimestamp or apiv3.ErrSignature.
type VerificationError struct {
	// Status, RequestID and Serial are what the answer claims.
	Status    int
	RequestID string
	Serial    string
	Err       error
}

// Error implements error.
func (e *VerificationError) Error() string {
	return fmt.Sprintf("client: the answer cannot be verified: %v (status %d, serial %q, request %s)", e.Err, e.Status, e.Serial, e.RequestID)
}

// Unwrap returns the cause.
func (e *VerificationError) Unwrap() error { return e.Err }

// TransportError is a call that got no answer.
type TransportError struct {
	Method string
	// Path is without query.
	Path string
	// Sent is false when no connection could be made, so that nothing was executed.
	// Otherwise nobody knows: repeat the call with the same request number, or ask for
	// what it should have changed.
	Sent bool
	Err  error
}

// Error implements error.
func (e *TransportError) Error() string {
	return fmt.Sprintf("client: %s %s: %v", e.Method, e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// apiError reads an answer that is not 2xx.
func apiError(r *Response) *APIError {
	e := &APIError{Status: r.Status, RequestID: requestID(r.Header), SignedBy: r.SignedBy}
	var body struct {
		Code    string          `json:"code"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(r.Body, &body) == nil {
		e.Code, e.Message, e.Detail = body.Code, body.Message, body.Detail
	}
	e.RetryAfter = retryAfter(r.Header)
	return e
}

// requestID reads the header whose name net/http would spell otherwise.
func requestID(h http.Header) string { return h.Get(apiv3.HeaderRequestID) }
