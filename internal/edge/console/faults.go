package console

import (
	"context"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) faultHandlers() map[string]handler {
	return map[string]handler{
		manage.ListFaults:  s.listFaults,
		manage.AddFault:    s.telling(bound(s.addFault)),
		manage.RemoveFault: s.telling(bound(s.removeFault)),
		manage.ClearFaults: s.telling(s.clearFaults),
	}
}

func (s *Server) listFaults(context.Context, *call) (any, error) { return s.faultList(), nil }

func (s *Server) faultList() *manage.FaultList {
	list := &manage.FaultList{Faults: []manage.Fault{}}
	for _, rule := range s.Faults.List() {
		list.Faults = append(list.Faults, faultAnswer(&rule))
	}
	return list
}

func (s *Server) addFault(_ context.Context, req *manage.AddFaultRequest) (any, error) {
	rule := sandbox.Fault{
		Kind: sandbox.FaultKind(req.Kind), Owner: merchant.ID(req.MchID), Subject: req.Operation,
		Status: int(req.Status), Code: req.Code, Message: req.Message,
		Delay: time.Duration(req.DelayMS) * time.Millisecond, Percent: 100, Left: sandbox.Endless,
	}
	if req.Percent != nil {
		rule.Percent = int(*req.Percent)
	}
	if req.Count != nil {
		rule.Left = *req.Count
	}
	if err := s.checkSubject(&rule); err != nil {
		return nil, err
	}
	added, err := s.Faults.Add(rule)
	if err != nil {
		return nil, err
	}
	s.note(controlFault, rule.Owner, req, s.Clock.Travel.Settings())
	answer := faultAnswer(&added)
	return &answer, nil
}

// errNoOperation refuses a rule that could never hit.
var errNoOperation = fault.New(fault.Invalid,
	"没有这个接口，接口编号见 /openapi.json 的 operationId", "There is no such operation; their ids are in /openapi.json.")

// checkSubject holds a rule to the table of operations: it concerns one that exists, and
// answers with what is documented for each that it concerns.
func (s *Server) checkSubject(rule *sandbox.Fault) error {
	if rule.Kind.OfCallbacks() {
		return nil
	}
	prefix, open := strings.CutSuffix(rule.Subject, "*")
	if rule.Subject == "" {
		open = true
	}
	concerned := 0
	for i := range s.Operations {
		op := &s.Operations[i]
		if op.ID != rule.Subject && (!open || !strings.HasPrefix(op.ID, prefix)) {
			continue
		}
		concerned++
		if rule.Kind == sandbox.FaultError {
			if _, documented := op.Injectable(rule.Status, rule.Code, rule.Message); !documented {
				return sandbox.Undocumented(rule, op.ID, op.Injectables())
			}
		}
	}
	if concerned == 0 {
		return errNoOperation.At("operation", rule.Subject)
	}
	return nil
}

func (s *Server) removeFault(_ context.Context, req *manage.RemoveFaultRequest) (any, error) {
	if err := s.Faults.Remove(req.ID); err != nil {
		return nil, err
	}
	s.noteRemoval()
	return &manage.ClearedFaults{Removed: 1}, nil
}

func (s *Server) clearFaults(context.Context, *call) (any, error) {
	removed := s.Faults.Clear()
	s.noteRemoval()
	return &manage.ClearedFaults{Removed: int64(removed)}, nil
}

func faultAnswer(rule *sandbox.Fault) manage.Fault {
	answer := manage.Fault{
		ID: rule.ID, Kind: string(rule.Kind), MchID: string(rule.Owner), Operation: rule.Subject,
		Status: int64(rule.Status), Code: rule.Code, Message: rule.Message,
		DelayMS: rule.Delay.Milliseconds(), Percent: int64(rule.Percent), Hits: rule.Hits,
	}
	if rule.Left >= 0 {
		answer.Left = &rule.Left
	}
	return answer
}
