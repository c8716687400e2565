package console

import (
	"context"
	"log/slog"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
)

// Call is a call of the signed API that is made as a merchant.
type Call struct {
	MchID          merchant.ID
	Method, Target string
	Body           []byte
}

// Answer is what the signed API answers.
type Answer struct {
	RequestID string
	Status    int
	Body      []byte
	Refused   fault.Text
}

func (s *Server) callHandlers() map[string]handler {
	return map[string]handler{manage.MakeCall: bound(s.makeCall)}
}

func (s *Server) makeCall(ctx context.Context, req *manage.MakeCallRequest) (any, error) {
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	if err := s.demandSigned(ctx, req); err != nil {
		return nil, err
	}
	got, err := s.Make(ctx, Call{MchID: merchant.ID(req.MchID), Method: req.Method, Target: req.Target, Body: []byte(req.Body)})
	if err != nil {
		return nil, err
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "call as merchant",
		slog.String("mchid", req.MchID), slog.String("request_id", got.RequestID), slog.Int("status", got.Status))
	return &manage.MadeCall{
		RequestID: got.RequestID, Status: int64(got.Status), Body: string(got.Body), RefusedZH: got.Refused.ZH, RefusedEN: got.Refused.EN,
	}, nil
}
