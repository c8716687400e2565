package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// statusOf maps kinds of faults to status and code of the management port. The signed API
// has a mapping of its own, which is the platform's.
func statusOf(kind fault.Kind) (status int, code string) {
	switch kind {
	case fault.Invalid, fault.AppIDMismatch:
		return http.StatusBadRequest, serve.CodeParameter
	case fault.Refused, fault.Limited, fault.Exhausted, fault.Barred:
		return http.StatusConflict, "INVALID_REQUEST"
	case fault.Exists:
		return http.StatusConflict, "RESOURCE_ALREADY_EXISTS"
	case fault.Forbidden, fault.Blocked:
		return http.StatusForbidden, "NO_AUTH"
	case fault.NotFound, fault.UserUnknown, fault.MerchantUnknown:
		return http.StatusNotFound, "RESOURCE_NOT_EXISTS"
	case fault.TooFast:
		return http.StatusTooManyRequests, "FREQUENCY_LIMITED"
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge, "INVALID_REQUEST"
	case fault.Unauthenticated:
		return http.StatusUnauthorized, "UNAUTHENTICATED"
	case fault.Internal, fault.Unclear:
	}
	return http.StatusInternalServerError, "SYSTEM_ERROR"
}

// failureOf turns the error of an operation into an answer; op is nil while it is not
// known. Only the text of a fault is shown.
func failureOf(err error, op *wire.Operation, l serve.Language) (int, apiv3.Error) {
	if v, is := errors.AsType[*schema.Violation](err); is {
		return http.StatusBadRequest, serve.ViolationBody(v, l)
	}
	refusal := fault.Of(err)
	if errors.Is(err, context.DeadlineExceeded) && refusal.Kind != fault.Unclear { // time that is up within a commit leaves it open
		refusal = fault.New(fault.TooFast, "服务繁忙，请稍后重试", "The server is too busy. Try again.")
	}
	status, code := statusOf(refusal.Kind)
	if own := codeOf(err); own != "" {
		code = own
	}
	body := apiv3.Error{Code: code, Message: l.Of(refusal.Text)}
	if refusal.Field != "" && op != nil && op.Request != nil {
		body.Detail = serve.RefusalDetail(op, refusal, l)
	}
	return status, body
}
