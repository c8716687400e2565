package console

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
)

// Call is a call of the signed API that is made as a merchant.
type Call struct {
	MchID          merchant.ID
	Method, Target string
	Body           []byte
	// Header has more headers.
	Header http.Header
	// SentAt is when a call came that is sent again as it was: with all of its headers and its
	// signature, judged as at that time. Zero stands for a call without a signature.
	SentAt time.Time
	// IsDry says that nothing of what it changes is to be kept.
	IsDry bool
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
	c := Call{MchID: merchant.ID(req.MchID), Method: req.Method, Target: req.Target, Body: []byte(req.Body), IsDry: req.DryRun}
	if req.IdempotencyKey != "" {
		c.Header = http.Header{"Idempotency-Key": {req.IdempotencyKey}}
	}
	return s.call(ctx, c)
}

// call makes a call as a merchant, for a caller with the duty for it.
func (s *Server) call(ctx context.Context, c Call) (*manage.MadeCall, error) {
	if c.SentAt.IsZero() {
		if _, err := s.Registry.Merchant(ctx, c.MchID); err != nil {
			return nil, err
		}
	}
	if err := s.demandSigned(ctx, &c); err != nil {
		return nil, err
	}
	got, err := s.Make(ctx, c)
	if err != nil {
		return nil, err
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "call as merchant",
		slog.String("mchid", string(c.MchID)), slog.String("request_id", got.RequestID), slog.Int("status", got.Status))
	return &manage.MadeCall{
		RequestID: got.RequestID, Status: int64(got.Status), Body: string(got.Body), RefusedZH: got.Refused.ZH, RefusedEN: got.Refused.EN,
	}, nil
}
