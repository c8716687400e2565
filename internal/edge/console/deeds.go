package console

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/record"
	"github.com/favord/favord/wire/manage"
)

// Steps of a scenario that are no calls.
const (
	controlClock = "clock"
	controlFault = "fault"
)

// clearing is the step that removes all faults.
const clearing = "clear"

// maxDeeds is how many moves of the clock and settings of faults are kept for scenarios.
const maxDeeds = 1000

// deed is a move of the clock or a setting of faults, as a step of a scenario.
type deed struct {
	// sequence is its place among the requests of the journal.
	sequence int64
	// owner is whose clock, calls or callbacks it concerns; empty is everybody's.
	owner   merchant.ID
	control string
	body    []byte
	// was are the settings of the clocks before it, at when it really happened.
	was map[string]clock.Setting
	at  time.Time
}

// deeds are the latest ones, the oldest first.
type deeds struct {
	mu   sync.Mutex
	list []deed
}

// note keeps what was done, as a step that says it; was are the clocks before it.
func (s *Server) note(control string, owner merchant.ID, step any, was map[string]clock.Setting) {
	body, err := json.Marshal(step)
	if err != nil {
		return // it is text and numbers
	}
	one := deed{
		sequence: s.Journal.Mark(), owner: owner, control: control, body: body, was: was, at: s.Time.Now(),
	}
	s.done.mu.Lock()
	defer s.done.mu.Unlock()
	s.done.list = append(s.done.list, one)
	if len(s.done.list) > maxDeeds {
		s.done.list = slices.Delete(s.done.list, 0, len(s.done.list)-maxDeeds)
	}
}

// clockStep is a move of the clock as a scenario says it.
type clockStep struct {
	Freeze  string `json:"freeze,omitempty"`
	Set     string `json:"set,omitempty"`
	Advance string `json:"advance,omitempty"`
	Run     bool   `json:"run,omitempty"`
	Resume  bool   `json:"resume,omitempty"`
	Stock   string `json:"stock,omitempty"`
	Coupon  string `json:"coupon,omitempty"`
	MchID   string `json:"mchid,omitempty"`
}

// noteMove keeps a move of the clock, which is now at the given time.
func (s *Server) noteMove(req *manage.SetClockRequest, now time.Time, was map[string]clock.Setting) {
	step := clockStep{Stock: req.StockID, Coupon: req.CouponCode, MchID: req.MchID}
	to := strings.ToLower(strings.ReplaceAll(req.Moment, "_", "-"))
	if to == "" {
		to = now.Format(time.RFC3339)
	}
	switch sandbox.Action(req.Action) {
	case sandbox.Freeze:
		step.Freeze = to
	case sandbox.Set:
		step.Set = to
	case sandbox.Advance:
		step.Advance = (time.Duration(req.Seconds) * time.Second).String()
	case sandbox.Run:
		step.Run = true
	case sandbox.Resume:
		step.Resume = true
	}
	s.note(controlClock, merchant.ID(req.MchID), step, was)
}

// noteRemoval keeps that a fault was removed: a scenario removes all of them, and sets those anew that
// stay.
func (s *Server) noteRemoval() {
	was := s.Clock.Travel.Settings()
	s.note(controlFault, "", clearing, was)
	for _, rule := range s.Faults.List() {
		if rule.Left == 0 {
			continue
		}
		req := &manage.AddFaultRequest{
			Kind: string(rule.Kind), MchID: string(rule.Owner), Operation: rule.Subject, Status: int64(rule.Status), Code: rule.Code,
			Message: rule.Message, DelayMS: rule.Delay.Milliseconds(),
		}
		if percent := int64(rule.Percent); percent != 100 {
			req.Percent = &percent
		}
		if rule.Left >= 0 {
			req.Count = &rule.Left
		}
		s.note(controlFault, rule.Owner, req, was)
	}
}

// past is what was done in a part of the journal.
type past struct {
	// steps are those that concern a merchant, in order; each has its sequence in sequences.
	steps     []record.Call
	sequences []int64
	// moves are all moves of clocks, also later ones.
	moves []deed
	now   map[string]clock.Setting
}

// past returns what was done that concerns a merchant, after a sequence and up to another one; 0 is
// the newest.
func (s *Server) past(id merchant.ID, after, until int64) past {
	p := past{now: s.Clock.Travel.Settings()}
	s.done.mu.Lock()
	defer s.done.mu.Unlock()
	for i := range s.done.list {
		d := &s.done.list[i]
		if d.control == controlClock {
			p.moves = append(p.moves, *d)
		}
		if d.sequence <= after || until > 0 && d.sequence > until || d.owner != "" && d.owner != id {
			continue
		}
		p.steps = append(p.steps, record.Call{Control: d.control, Body: d.body, At: settingOf(d.was, id).At(d.at)})
		p.sequences = append(p.sequences, d.sequence)
	}
	return p
}

// setting is how a merchant's clock was set when a request came.
func (p *past) setting(id merchant.ID, sequence int64) clock.Setting {
	for i := range p.moves {
		if p.moves[i].sequence > sequence {
			return settingOf(p.moves[i].was, id)
		}
	}
	return settingOf(p.now, id)
}

// settingOf is how a merchant's clock is set, among all settings.
func settingOf(settings map[string]clock.Setting, id merchant.ID) clock.Setting {
	if own, is := settings[string(id)]; is {
		return own
	}
	return settings[clock.Everybody]
}
