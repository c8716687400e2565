// Package wire holds what travels: the tables of operations, and in its
// subpackages the request and response bodies of each API product. Server,
// client, documents and tests read the same tables.
//
// The package depends on the standard library only.
package wire

import (
	"net/http"
	"slices"
	"time"

	"github.com/favord/favord/wire/schema"
)

// Product is a group of operations that share conventions.
type Product string

// The products.
const (
	Security    Product = "security"
	BusiFavor   Product = "busifavor"
	Favor       Product = "favor"
	Media       Product = "media"
	Partnership Product = "partnership"
	// Rail is the payment rail's, which is Favord's own.
	Rail Product = "rail"
	// Manage is the management port's, which is no part of the platform.
	Manage Product = "manage"
)

// Operation is one call of the API.
type Operation struct {
	// ID is unique, such as "busifavor.stocks.create".
	ID      string
	Title   Text
	Product Product
	// Section is where the contract describes the operation.
	Section string
	Method  string
	// Path has parameters in braces, each a whole segment.
	Path string
	Auth Auth
	// Duty is what a caller of the management port needs; empty elsewhere.
	Duty Duty
	// Success is the HTTP status of a success.
	Success int
	// RequestNo is the field that makes repeating safe; "" when there is none.
	RequestNo string
	// ReadOnly is true for an operation that changes nothing although its method is not GET.
	ReadOnly bool
	// Rate is the documented limit; the zero Rate is none.
	Rate Rate
	// MaxBody is the size of the largest body in bytes; 0 is that of every JSON
	// call. An operation whose request has a file is multipart/form-data, of
	// which only the part "meta" is signed (protocol 2.6).
	MaxBody int64
	// Request describes every parameter, Response the body of a success; nil
	// when there is none.
	Request  *schema.Object
	Response *schema.Object
	// Failures are the answers that are not a success, besides those of
	// [Common].
	Failures []Failure
}

// Text is a text in both languages.
type Text struct {
	ZH string
	EN string
}

// SignedPart is the part of a form that its signature covers (protocol 2.6).
const SignedPart = "meta"

// Auth is who may call an operation. The zero value is no policy: a server
// refuses to start with it.
type Auth uint8

// The policies.
const (
	// SignedByMerchant wants a request signed by a merchant.
	SignedByMerchant Auth = iota + 1
	// ByOperator wants an operator of the management port.
	ByOperator
	// ByOperatorInSandbox is ByOperator, and exists in a sandbox only.
	ByOperatorInSandbox
	// ByAnyone is how operators prove who they are: before that they are anyone.
	ByAnyone
)

// Rate is a limit on calls.
type Rate struct {
	Calls int
	Per   time.Duration
	Scope Scope
}

// Scope is over what a limit counts.
type Scope uint8

// The scopes.
const (
	// PerMerchant counts the calls of each merchant.
	PerMerchant Scope = iota + 1
	// WholeInterface counts the calls of all merchants together.
	WholeInterface
)

// Failure is a documented answer that is not a success.
type Failure struct {
	Status int
	Code   string
	// Message is the text in Chinese; "" when it differs from case to case.
	Message string
	// When says in English what leads to it.
	When string
}

// Is reports whether an answer with the given status, code and Chinese message is
// this failure.
func (f Failure) Is(status int, code, message string) bool {
	return f.Status == status && f.Code == code && (f.Message == "" || f.Message == message)
}

// Changes reports whether the operation may change anything: all do, but those by GET and
// those that say that they do not.
func (op *Operation) Changes() bool { return op.Method != http.MethodGet && !op.ReadOnly }

// ByNonce reports whether the nonce of its signature is the number of a call: of every one
// that changes something and has no request number within what is signed. A number in a
// header, or in a form beside the part that is signed, is none, as whoever captured a call
// can change it (protocol 2.5, 2.6).
func (op *Operation) ByNonce() bool {
	if op.Auth != SignedByMerchant || !op.Changes() {
		return false
	}
	return !slices.ContainsFunc(op.Request.Fields, func(f schema.Field) bool { return f.Name == op.RequestNo && op.signs(&f) })
}

// signs reports whether a signature covers a field of the request.
func (op *Operation) signs(f *schema.Field) bool {
	switch f.In {
	case schema.InPath, schema.InQuery:
		return true
	case schema.InBody:
		return !op.Request.HasFile() || f.Name == SignedPart
	case schema.InHeader:
	}
	return false
}

// Documented returns the failure of the operation with a status, a code and, unless it is
// empty, a Chinese message, and whether there is one.
func (op *Operation) Documented(status int, code, message string) (Failure, bool) {
	for _, f := range slices.Concat(op.Failures, Common(op.Product)) {
		if f.Status == status && f.Code == code && (message == "" || f.Message == "" || f.Message == message) {
			if f.Message == "" {
				f.Message = message
			}
			return f, true
		}
	}
	return Failure{}, false
}

// Common returns the failures that every operation of the product may answer
// (protocol 2.4, 7.2, 7.4).
func Common(p Product) []Failure {
	if p == Manage {
		return []Failure{
			{Status: http.StatusBadRequest, Code: "PARAM_ERROR", When: "A field is malformed, missing or out of range."},
			{Status: http.StatusUnauthorized, Code: "UNAUTHENTICATED", When: "The token is missing or wrong."},
			{Status: http.StatusForbidden, Code: "NO_AUTH", When: "Not from here, or not with the roles of the caller."},
			{Status: http.StatusInternalServerError, Code: "SYSTEM_ERROR", When: "The server failed. Try again."},
		}
	}
	return []Failure{
		{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "", When: "A field is malformed, missing or out of range."},
		{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "Http头缺少Accept或User-Agent", When: "The Accept or User-Agent header is missing."},
		{Status: http.StatusUnauthorized, Code: "SIGN_ERROR", Message: "", When: "The request is not signed correctly; the message says why."},
		{Status: http.StatusTooManyRequests, Code: RateCode(p), Message: RateText(p), When: "Too many calls. The request was not executed."},
		{Status: http.StatusInternalServerError, Code: "SYSTEM_ERROR", Message: FailureText(p), When: "The server failed. Repeat with the same parameters."},
	}
}

// RateCode returns the code of a refused call above the rate, which differs by
// product (protocol 7.4).
func RateCode(p Product) string {
	if p.ofVouchers() {
		return "FREQUENCY_LIMIT_EXCEED"
	}
	return "FREQUENCY_LIMITED"
}

// RateText returns the Chinese text of a refused call above the rate.
func RateText(p Product) string {
	if p.ofVouchers() {
		return "接口限频"
	}
	return "频率限制"
}

// FailureText returns the Chinese text of a failure of the server.
func FailureText(p Product) string {
	if p.ofVouchers() {
		return "系统繁忙，请稍后重试"
	}
	return "系统异常，请稍后重试"
}

// ofVouchers reports whether a product is of the family of cash vouchers, whose pages
// share codes and texts (favor 3.1, media 5, partnerships 7).
func (p Product) ofVouchers() bool { return p == Favor || p == Media || p == Partnership }
