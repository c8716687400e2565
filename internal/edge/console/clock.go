package console

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) clockHandlers() map[string]handler {
	return map[string]handler{
		manage.GetClock: bound(s.getClock),
		manage.SetClock: s.telling(bound(s.setClock)),
	}
}

func (s *Server) getClock(_ context.Context, req *manage.GetClockRequest) (any, error) {
	return s.clockAnswer(s.Clock.Show(merchant.ID(req.MchID))), nil
}

func (s *Server) setClock(ctx context.Context, req *manage.SetClockRequest) (any, error) {
	was := s.Clock.Travel.Settings()
	reading, err := s.Clock.Move(ctx, sandbox.Move{
		Owner: merchant.ID(req.MchID), Action: sandbox.Action(req.Action), Time: req.Time.Time,
		By: time.Duration(req.Seconds) * time.Second, Moment: sandbox.Moment(req.Moment),
		Stock: coupon.StockID(req.StockID), Coupon: coupon.Code(req.CouponCode),
	})
	if err != nil {
		return nil, err
	}
	s.noteMove(req, reading.Business, was)
	return s.clockAnswer(reading), nil
}

func (s *Server) clockAnswer(r sandbox.Reading) *manage.Clock {
	state := "REAL"
	switch {
	case !r.Setting.Frozen.IsZero():
		state = "FROZEN"
	case r.Setting != clock.Setting{}:
		state = "MOVED"
	}
	answer := &manage.Clock{
		MchID: string(r.Owner), State: state, BusinessTime: schema.TimeOf(r.Business), RealTime: schema.TimeOf(r.Real),
	}
	if r.Owner == "" {
		own := s.Clock.Travel.Settings()
		delete(own, "")
		answer.OwnMchIDs = slices.Sorted(maps.Keys(own))
	}
	return answer
}
