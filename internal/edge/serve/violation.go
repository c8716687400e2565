package serve

import (
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// CodeParameter is the code of a request that does not have the form of its declaration.
const CodeParameter = "PARAM_ERROR"

// ViolationBody is the answer to a request that violates its declaration; its status is 400
// (protocol 7.3).
func ViolationBody(v *schema.Violation, l Language) apiv3.Error {
	return apiv3.Error{
		Code: CodeParameter, Message: l.Choose(v.ZH, v.EN),
		Detail: apiv3.NewFieldDetail(v.Field, v.Issue, v.Location, v.Value),
	}
}

// RefusalDetail names the field that a rule refused the way a violation of its declaration
// would.
func RefusalDetail(op *wire.Operation, refusal *fault.Error, l Language) apiv3.FieldDetail {
	location, field := op.Request.Locate(refusal.Field)
	return apiv3.NewFieldDetail(field, l.Of(refusal.Broken()), location, refusal.Value)
}
