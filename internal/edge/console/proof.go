package console

import (
	"context"
	"slices"

	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) proofHandlers() map[string]handler {
	return map[string]handler{
		manage.StartProof: func(context.Context, *call) (any, error) { return proofAnswer(s.Proof.Ask()), nil },
		manage.GetProof:   func(context.Context, *call) (any, error) { return proofAnswer(s.Proof.Report()), nil },
	}
}

// proofAnswer says what was proved, what is about the same thing together.
func proofAnswer(r proof.Report) *manage.Proof {
	answer := &manage.Proof{
		State: string(r.State), BeganTime: schema.TimeOf(r.Began), EndTime: schema.TimeOf(r.Ended),
		Invariants: []manage.Invariant{}, ReasonZH: r.Reason.ZH, ReasonEN: r.Reason.EN,
	}
	said := proof.Statements()
	for _, one := range r.Invariants {
		answer.Rows, answer.Broken = answer.Rows+one.Rows, answer.Broken+one.Broken
		answer.Invariants = append(answer.Invariants, manage.Invariant{
			Group: string(said[one.Name].Group), TextZH: said[one.Name].ZH, TextEN: one.Name, Rows: one.Rows, Broken: one.Broken,
		})
	}
	order := []proof.Group{
		proof.GroupCoupons, proof.GroupCodes, proof.GroupVouchers, proof.GroupPayments, proof.GroupMoney,
		proof.GroupFigures, proof.GroupCallbacks, proof.GroupPeople, proof.GroupMarketing, proof.GroupAudit,
	}
	slices.SortStableFunc(answer.Invariants, func(a, b manage.Invariant) int {
		return slices.Index(order, proof.Group(a.Group)) - slices.Index(order, proof.Group(b.Group))
	})
	return answer
}
