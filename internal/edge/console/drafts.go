package console

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/manage"
)

// Draft is the body of a call that would create a stock.
type Draft struct {
	MchID   merchant.ID
	Product merchant.Product
	Body    []byte
	// Language is that of the preview.
	Language serve.Language
	// Received is when the coupon of the calendar is received; the zero time is before all.
	Received time.Time
}

// Examined is what the signed API says of a draft.
type Examined struct {
	Problems []Problem
	// Coupon or Voucher is the stock as far as the draft says, by the product.
	Coupon  *coupon.Stock
	Voucher *voucher.Stock
	// Preview is the page on which users would claim the stock, in HTML.
	Preview []byte
	// First is the day on which the stock begins, Days have how much of it and of those that follow
	// a coupon may be used; none while the draft has no time.
	First day.Day
	Days  []day.Use
}

// Problem is a rule that a draft breaks.
type Problem struct {
	// Field is its wire name, dotted from the body's top; empty when no field is at fault.
	Field string
	// Status, Code and Message are what the signed call would answer.
	Status        int
	Code, Message string
	// Text is the same without the wording of the protocol.
	Text fault.Text
}

func (s *Server) draftHandlers() map[string]handler {
	return map[string]handler{
		manage.CheckDraft:  bound(s.checkDraft),
		manage.ListDrafts:  bound(s.listDrafts),
		manage.GetDraft:    bound(s.getDraft),
		manage.PutDraft:    bound(s.putDraft),
		manage.RemoveDraft: bound(s.removeDraft),
	}
}

func (s *Server) checkDraft(ctx context.Context, req *manage.CheckDraftRequest) (any, error) {
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	got, err := s.Examine(ctx, Draft{
		MchID: merchant.ID(req.MchID), Product: merchant.Product(req.Product), Body: []byte(req.Body),
		Language: req.Language == "en", Received: req.Received.Time,
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.CheckedDraft{Problems: []manage.DraftProblem{}, Preview: string(got.Preview)}
	for _, p := range got.Problems {
		answer.Problems = append(answer.Problems, manage.DraftProblem{
			Field: p.Field, Status: int64(p.Status), Code: p.Code, Message: p.Message, TextZH: p.Text.ZH, TextEN: p.Text.EN,
		})
	}
	if len(got.Days) > 0 {
		answer.Calendar = &manage.DraftCalendar{First: got.First.Begin().In(day.Beijing()).Format(time.DateOnly)}
		for _, use := range got.Days {
			answer.Calendar.Days += string(rune(use))
		}
	}
	return answer, nil
}
