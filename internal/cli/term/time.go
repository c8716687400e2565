package term

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// ParseSpan reads a span of time such as 90s, 30m, 24h, 7d or -2d12h, in whole seconds.
func ParseSpan(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	rest, back := text, false
	if trimmed, negative := strings.CutPrefix(rest, "-"); negative {
		rest, back = trimmed, true
	}
	var days int64
	var err error
	if head, tail, has := strings.Cut(rest, "d"); has {
		const most = 36500
		if days, err = strconv.ParseInt(head, 10, 64); err != nil || days < 0 || days > most {
			return 0, badSpan(text)
		}
		rest = tail
	}
	var clock time.Duration
	if rest != "" || days == 0 {
		if clock, err = time.ParseDuration(rest); err != nil || clock < 0 {
			return 0, badSpan(text)
		}
	}
	span := time.Duration(days)*day + clock
	if span%time.Second != 0 {
		return 0, badSpan(text)
	}
	if back {
		span = -span
	}
	return span, nil
}

func badSpan(text string) error {
	return fault.New(fault.Refused,
		"无法识别的时长："+text+"（例：90s、30m、24h、7d、-2d12h）",
		"Not a span of time: "+text+" (such as 90s, 30m, 24h, 7d, -2d12h).")
}

// Beijing is a time as it is shown to people, whatever the zone of their machine: that of the wire.
func Beijing(t time.Time) time.Time {
	const offset = 8 * 60 * 60
	return t.In(time.FixedZone("Beijing", offset))
}

// ParseTime reads a time as people write it: RFC 3339, or in Beijing.
func ParseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	beijing := Beijing(time.Time{}).Location()
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04", time.DateOnly, "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, beijing); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fault.New(fault.Refused,
		"无法识别的时间："+text+"（例：2026-12-31 23:59:59，或 2026-12-31T23:59:59+08:00）",
		"Not a time: "+text+" (such as 2026-12-31 23:59:59, or 2026-12-31T23:59:59+08:00).")
}

// errMoment refuses what is neither a time nor a duration.
var errMoment = fault.New(fault.Refused,
	"时间须如 2026-12-05、2026-12-05 12:00:00（北京时间）或 2026-12-05T12:00:00+08:00，或多久以前如 2h、7d",
	"Write a time as 2026-12-05, 2026-12-05 12:00:00 (in Beijing) or 2026-12-05T12:00:00+08:00, or how long ago as 2h or 7d.")

// Moment reads a time, or how long ago it was.
func (c *Command) Moment(text string) (schema.Time, error) {
	if text == "" {
		return schema.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return schema.TimeOf(c.Clock.Now().Add(-ago)), nil
	}
	if ago, err := ParseSpan(text); err == nil && ago >= 0 {
		return schema.TimeOf(c.Clock.Now().Add(-ago)), nil
	}
	at, err := ParseTime(text)
	if err != nil {
		return schema.Time{}, errMoment
	}
	return schema.TimeOf(at), nil
}

// BusinessTime is the time by which the stocks of an environment go: that of a sandbox's clock,
// else of this machine's.
func (c *Command) BusinessTime(e *sandbox.Environment) time.Time {
	if e.Mode != "sandbox" || e.ManageURL == "" {
		return c.Clock.Now()
	}
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: e.ManageURL})
	if err != nil {
		return c.Clock.Now()
	}
	shown, err := m.Clock(c.Ctx, &manage.GetClockRequest{MchID: e.MchID})
	if err != nil {
		return c.Clock.Now()
	}
	return shown.BusinessTime.Time
}
