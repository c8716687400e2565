package console

import (
	"context"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) sampleHandlers() map[string]handler {
	return map[string]handler{manage.MakeSample: bound(s.makeSample)}
}

// Refusals of a sample.
var (
	errSampleOf = fault.New(fault.Invalid,
		"请给出 request_id，或给出 mchid、method、target",
		"Give a request_id, or mchid, method and target.")
	errNoLog = fault.New(fault.NotFound,
		"只有沙箱保留请求日志，请给出 mchid、method、target",
		"Only a sandbox keeps a log of requests. Give mchid, method and target.")
	errNoMerchant = fault.New(fault.Refused,
		"这个请求没有说明是哪个商户发起的，无法写成代码",
		"The request does not say which merchant made it, so it cannot be written as code.")
	errBodyCut = fault.New(fault.Refused,
		"请求包体过长，日志只保留了开头，无法写成代码",
		"The log has kept only the beginning of the long body, so the request cannot be written as code.")
)

func (s *Server) makeSample(ctx context.Context, req *manage.MakeSampleRequest) (any, error) {
	call := sample.Call{Method: req.Method, Target: req.Target, Body: []byte(req.Body)}
	mchid := merchant.ID(req.MchID)
	switch {
	case req.RequestID != "" && s.Journal == nil:
		return nil, errNoLog
	case req.RequestID != "":
		who := callerOf(ctx)
		if err := who.demand(wire.DutyDevelop); err != nil {
			return nil, err
		}
		e, err := s.journalEntry(req.RequestID)
		if err != nil {
			return nil, err
		}
		if e.MchID == "" {
			return nil, errNoMerchant
		}
		if e.BodySize > len(e.Body) {
			return nil, errBodyCut
		}
		call = sample.Call{Method: e.Method, Target: e.Target, Body: e.Body}
		for _, h := range e.Header {
			if sample.IsSpecial(h.Name) {
				call.Headers = append(call.Headers, sample.Header(h))
			}
		}
		mchid = merchant.ID(e.MchID)
	case req.MchID == "" || req.Method == "" || req.Target == "":
		return nil, errSampleOf
	}
	var err error
	if call.Access, err = s.Access(ctx, mchid); err != nil {
		return nil, err
	}
	text, err := sample.Text(strings.ToLower(req.Language), &call)
	if err != nil {
		return nil, err
	}
	return &manage.Sample{Text: text}, nil
}
