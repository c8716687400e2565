package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/fault"
)

// parseSpan reads a span of time such as 90s, 30m, 24h, 7d or -2d12h, in whole seconds.
func parseSpan(text string) (time.Duration, error) {
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
