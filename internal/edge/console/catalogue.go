package console

import (
	"context"

	"github.com/favord/favord/internal/catalogue"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) errorHandlers() map[string]handler {
	return map[string]handler{manage.ListErrors: s.listErrors}
}

func (s *Server) listErrors(context.Context, *call) (any, error) {
	answer := &manage.ErrorList{Errors: []manage.ErrorCode{}}
	for _, e := range catalogue.Entries(s.Operations) {
		code := manage.ErrorCode{Code: e.Code, ReasonZH: e.Reason.ZH, ReasonEN: e.Reason.EN, FixZH: e.Fix.ZH, FixEN: e.Fix.EN}
		for _, c := range e.Cases {
			code.Cases = append(code.Cases, manage.ErrorCase{
				Status: int64(c.Status), Message: c.Message, MessagesEN: c.English, WhenZH: c.When.ZH, WhenEN: c.When.EN, Operations: c.Operations,
			})
		}
		answer.Errors = append(answer.Errors, code)
	}
	return answer, nil
}
