package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/sandbox/record"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) scenarioHandlers() map[string]handler {
	return map[string]handler{manage.RecordScenario: bound(s.recordScenario)}
}

// errNothingRecorded refuses to write a scenario that would call nothing.
var errNothingRecorded = fault.New(fault.Refused,
	"这段时间里该商户没有可以收录的请求，请先发起一些调用",
	"The merchant has made no call in this part of the log that a scenario could make again; make some first.")

// usualScenario is the name of a scenario that has none.
const usualScenario = "recorded"

func (s *Server) recordScenario(ctx context.Context, req *manage.RecordScenarioRequest) (any, error) {
	m, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	filter := journal.Filter{MchID: req.MchID, After: req.After}
	if req.Until > 0 {
		filter.Before = req.Until + 1
	}
	entries := s.Journal.Newest(filter, journal.MaxPage).Entries
	slices.Reverse(entries)
	written := record.Scenario{Name: req.Name, Known: map[string]string{req.MchID: "mchid"}}
	if written.Name == "" {
		written.Name = usualScenario
	}
	if len(m.AppIDs) > 0 {
		written.Known[string(m.AppIDs[0])] = "appid"
	}
	past, calls := s.past(m.ID, req.After, req.Until), 0
	for i := range entries {
		e := &entries[i]
		if !isRecordable(e) {
			continue
		}
		for len(past.sequences) > 0 && past.sequences[0] < e.Sequence {
			written.Calls, past.steps, past.sequences = append(written.Calls, past.steps[0]), past.steps[1:], past.sequences[1:]
		}
		calls++
		written.Calls = append(written.Calls, record.Call{
			Name: e.Operation, Method: e.Method, Target: e.Target, Body: e.Body, Answer: e.AnswerBody, Status: e.Status,
			At: past.setting(m.ID, e.Sequence).At(e.Received), Lost: e.Lost,
		})
	}
	written.Calls = append(written.Calls, past.steps...)
	if len(written.Calls) == 0 {
		return nil, errNothingRecorded
	}
	text, err := written.YAML()
	if err != nil {
		return nil, err
	}
	return &manage.RecordedScenario{
		Text: text, Calls: int64(calls), Controls: int64(len(written.Calls) - calls), LeftOut: int64(len(entries) - calls),
	}, nil
}

// isRecordable reports whether a scenario can make a call again. Text that looks like a variable
// would become one. A query whose answer was lost is asked again by whoever plays it, and one fault
// that a call itself asked for is no part of a scenario.
func isRecordable(e *journal.Entry) bool {
	const variable = "${"
	isUpload := slices.ContainsFunc(e.Header, func(h journal.Field) bool {
		return strings.EqualFold(h.Name, "Content-Type") && strings.HasPrefix(strings.ToLower(h.Value), "multipart/")
	})
	asked := slices.ContainsFunc(e.Header, func(h journal.Field) bool { return strings.EqualFold(h.Name, sandbox.FaultHeader) })
	isWhole := !isUpload && !asked && e.BodySize == len(e.Body)
	isLostQuery := e.Lost && e.Method == http.MethodGet
	return e.Verified && isWhole && !isLostQuery && e.Channel != journal.Dry && e.Operation != "" &&
		slices.Contains(record.Methods(), e.Method) && !strings.Contains(e.Target, variable) && !strings.Contains(string(e.Body), variable)
}
