package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// failure is an answer that is not a success, ready to be written.
type failure struct {
	status int
	body   apiv3.Error
	// number is the internal error number at the end of the Request-ID
	// (protocol 7.5).
	number int
	// reason is the English text, for the log.
	reason string
}

// Internal error numbers (protocol 1.4, 7.5).
const (
	numberParameter     = 268435461
	numberSignature     = 268443699
	numberAppID         = 268445527
	numberFormat        = 270924346
	numberTooFast       = 270924289
	numberInternalError = 268435457
)

// statusOf is the only mapping from kinds of faults to HTTP status and code.
func statusOf(kind fault.Kind, p wire.Product) (status int, code string, number int) { //nolint:gocyclo // it is a table
	switch kind {
	case fault.Invalid:
		return http.StatusBadRequest, serve.CodeParameter, numberParameter
	case fault.Refused:
		return http.StatusBadRequest, "INVALID_REQUEST", numberParameter
	case fault.AppIDMismatch:
		return http.StatusBadRequest, "APPID_MCHID_NOT_MATCH", numberAppID
	case fault.MerchantUnknown:
		return http.StatusBadRequest, "MCH_NOT_EXISTS", numberParameter
	case fault.Exists:
		return http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS", numberParameter
	case fault.Forbidden:
		return http.StatusForbidden, "NO_AUTH", numberParameter
	case fault.Blocked:
		return http.StatusForbidden, "REQUEST_BLOCKED", numberParameter
	case fault.Limited:
		return http.StatusForbidden, "RULE_LIMIT", numberParameter
	case fault.Exhausted:
		return http.StatusForbidden, "NOT_ENOUGH", numberParameter
	case fault.Barred:
		return http.StatusForbidden, "USER_ACCOUNT_ABNORMAL", numberParameter
	case fault.NotFound:
		return http.StatusNotFound, "RESOURCE_NOT_EXISTS", numberParameter
	case fault.UserUnknown:
		return http.StatusNotFound, "USER_NOT_EXISTS", numberParameter
	case fault.TooFast:
		return http.StatusTooManyRequests, wire.RateCode(p), numberTooFast
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, "INVALID_REQUEST", numberParameter
	case fault.Unauthenticated:
		return http.StatusUnauthorized, "SIGN_ERROR", numberSignature
	case fault.Internal, fault.Unclear:
	}
	return http.StatusInternalServerError, "SYSTEM_ERROR", numberInternalError
}

// errTooFast is the answer above a rate, and when the server has no room.
var errTooFast = fault.New(fault.TooFast, "频率限制", "Too many requests. Slow down and try again.")

// errTooOld is a request that waited in a queue until its time was up, and did
// nothing.
var errTooOld = fault.New(fault.TooFast, errTooFast.Text.ZH, "The server is too busy and did nothing. Try again.")

// failureOf turns the error of an operation into an answer; op is nil while it is not
// known. Only the text of a fault is shown; what else an error says stays inside.
func failureOf(err error, op *wire.Operation, lang serve.Language) failure {
	unclear := fault.KindOf(err) == fault.Unclear // time that is up within a commit leaves it open
	if errors.Is(err, context.DeadlineExceeded) && (!unclear || planted.UnclearRefused.In()) {
		err = errTooOld
	}
	if violation, is := errors.AsType[*schema.Violation](err); is {
		return violationFailure(violation, lang)
	}
	product := wire.Security
	if op != nil {
		product = op.Product
	}
	refusal := fault.Of(err)
	status, code, number := statusOf(refusal.Kind, product)
	if refusal.Number != 0 {
		number = refusal.Number
	}
	f := failure{
		status: status, number: number, reason: refusal.Text.EN,
		body: apiv3.Error{Code: code, Message: lang.Choose(chineseText(refusal, op, product), refusal.Text.EN)},
	}
	// Only these two codes have a documented detail (protocol 7.1).
	if refusal.Field != "" && (refusal.Kind == fault.Invalid || refusal.Kind == fault.Refused) {
		f.body.Detail = serve.RefusalDetail(op, refusal, lang)
	}
	return f
}

// chineseText is the text of a refusal. Two of them differ by product, and that of a missing
// field names it as its declaration does.
func chineseText(refusal *fault.Error, op *wire.Operation, p wire.Product) string {
	if refusal.Missing && op != nil {
		return op.Request.MissingText(refusal.Field)
	}
	switch refusal.Kind { //nolint:exhaustive // the others say it themselves
	case fault.TooFast:
		return wire.RateText(p)
	case fault.Internal, fault.Unclear:
		return wire.FailureText(p)
	}
	return refusal.Text.ZH
}

func violationFailure(v *schema.Violation, lang serve.Language) failure {
	return failure{status: http.StatusBadRequest, number: numberParameter, reason: v.EN, body: serve.ViolationBody(v, lang)}
}
