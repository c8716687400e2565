package apiv3

import (
	"fmt"
)

// Error is the body of an answer that is not 2xx (protocol 7.1). Clients branch
// on Code; Message is for people and depends on the requested language.
type Error struct {
	Code    string `json:"code"`
	Detail  any    `json:"detail,omitempty"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// FieldDetail is the detail of a parameter error (protocol 7.3).
type FieldDetail struct {
	// Field is a JSON Pointer for body fields, a plain name otherwise.
	Field string `json:"field"`
	Issue string `json:"issue"`
	// Location is "body", "query", "header" or "uri_template"; nil when no field is known, as
	// in JSON that cannot be read.
	Location *string `json:"location"`
	// Value is the offending value: a number when it is one or a length is wrong, else text.
	Value any `json:"value"`
}

// NewFieldDetail returns a detail; an empty location is none.
func NewFieldDetail(field, issue, location string, value any) FieldDetail {
	d := FieldDetail{Field: field, Issue: issue, Value: value}
	if location != "" {
		d.Location = &location
	}
	if value == nil {
		d.Value = ""
	}
	return d
}

// SignDetail is the detail of a signature mismatch: it shows what the server
// expected to be signed, which is the main help in finding the difference
// (protocol 2.4).
type SignDetail struct {
	Detail          SignIssue       `json:"detail"`
	Field           string          `json:"field"`
	Location        string          `json:"location"`
	SignInformation SignInformation `json:"sign_information"`
}

// SignIssue names the problem.
type SignIssue struct {
	Issue string `json:"issue"`
}

// SignInformation describes the message that the server built.
type SignInformation struct {
	Method string `json:"method"`
	// SignMessageLength is the length of the whole message in bytes.
	SignMessageLength int `json:"sign_message_length"`
	// TruncatedSignMessage is the first four lines, at most the first 8 bytes
	// of the body, and a line feed.
	TruncatedSignMessage string `json:"truncated_sign_message"`
	URL                  string `json:"url"`
}

// shownBody is how many bytes of the body a signature mismatch shows.
const shownBody = 8

// NewSignDetail describes the message that the signature of a should have covered
// for r.
func NewSignDetail(a *Authorization, r Request) SignDetail {
	shown := r
	shown.Body = cutAtCharacter(r.Body, shownBody)
	return SignDetail{
		Detail:   SignIssue{Issue: "sign not match"},
		Field:    "signature",
		Location: "authorization",
		SignInformation: SignInformation{
			Method:               r.Method,
			SignMessageLength:    len(a.Message(r)),
			TruncatedSignMessage: string(a.Message(shown)),
			URL:                  r.Target,
		},
	}
}

// cutAtCharacter returns at most limit bytes of text without splitting a
// character of UTF-8.
func cutAtCharacter(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	end := limit
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return text[:end]
}
