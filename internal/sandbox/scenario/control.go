package scenario

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// when fills in where a clock goes: a time, a moment such as after-end, or a span.
func (p *player) when(req *manage.SetClockRequest, freeze, set, advance text) error {
	for _, t := range []text{freeze, set} {
		if t.node == nil || t.node.Value == "" {
			continue
		}
		said, err := p.text(t)
		if err != nil {
			return err
		}
		if moment := strings.ToUpper(strings.ReplaceAll(said, "-", "_")); isMoment(moment) {
			req.Moment = moment
			continue
		}
		at, err := parseTime(said)
		if err != nil {
			return p.wrong(t.node, "无法识别的时间："+said, "not a time: "+said)
		}
		req.Time = schema.TimeOf(at)
	}
	if advance.node == nil {
		return nil
	}
	said, err := p.text(advance)
	if err != nil {
		return err
	}
	span, err := time.ParseDuration(said)
	if err != nil {
		return p.wrong(advance.node, "无法识别的时长："+said, "not a span of time: "+said)
	}
	req.Seconds = int64(span / time.Second)
	return nil
}

func isMoment(name string) bool {
	switch name {
	case "MIDNIGHT", "BEFORE_START", "START", "AFTER_START", "BEFORE_END", "END", "AFTER_END":
		return true
	}
	return false
}

// parseTime reads RFC 3339, or a time in Beijing.
func parseTime(said string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, said); err == nil {
		return at, nil
	}
	const beijing = 8 * 60 * 60
	return time.ParseInLocation(time.DateTime, said, time.FixedZone("", beijing))
}

// fault adds a fault, with the fields of the management port, or clears all of them.
func (p *player) fault(ctx context.Context, s *step) error {
	value, err := p.resolve(s.fault)
	if err != nil {
		return err
	}
	name := s.name
	if value == "clear" {
		if _, err := p.Manage.ClearFaults(ctx); err != nil {
			return p.refused(text{s.fault}, err)
		}
		p.tell(orElse(name, "fault clear"), "")
		return nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return p.wrong(s.fault, "故障有误", "the fault is wrong")
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	req := new(manage.AddFaultRequest)
	if err := d.Decode(req); err != nil {
		return p.wrong(s.fault, "故障有误："+err.Error(), "the fault is wrong: "+err.Error())
	}
	added, err := p.Manage.AddFault(ctx, req)
	if err != nil {
		return p.refused(text{s.fault}, err)
	}
	p.tell(orElse(name, "fault "+strings.ToLower(req.Kind)), added.ID)
	return nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
