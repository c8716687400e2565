// Package keep says which kinds of data are removed when they have ended, and after how long.
// Coupons, vouchers, payments and the audit are none of them: their numbers must last.
package keep

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// Kind is a kind of data that is kept for a while.
type Kind string

// The kinds.
const (
	// Journal are the requests that a sandbox remembers, in memory.
	Journal Kind = "journal"
	// Deliveries are callbacks that were delivered or given up, with their attempts.
	Deliveries Kind = "deliveries"
	// Nonces are the answers to signed calls without a request number, by the nonce.
	Nonces Kind = "nonces"
	// Sessions are what operators and programs showed until it ended: sessions, invitations and
	// tokens, and counts of tries to sign in.
	Sessions Kind = "sessions"
	// Drafts are stocks that somebody began to prepare and left alone.
	Drafts Kind = "drafts"
	// Imports are files of codes of which nothing became any more, and what became of others.
	Imports Kind = "imports"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Journal, Deliveries, Nonces, Sessions, Drafts, Imports} }

// Spans say for how long each kind is kept after it ended.
type Spans map[Kind]time.Duration

const (
	day = 24 * time.Hour
	// longest is what any kind may be kept.
	longest = 3660 * day
)

// Least is the shortest span of a kind.
func (k Kind) Least() time.Duration {
	switch k {
	case Deliveries:
		return 7 * day // what proves that every event was told looks back six days
	case Nonces:
		return 20 * time.Minute // longer than a timestamp counts in both directions
	case Journal:
		return time.Minute
	case Drafts:
		return day
	case Imports:
		return time.Hour
	case Sessions:
	}
	return 0
}

// Usual is the span of a kind for which nobody chose one.
func (k Kind) Usual() time.Duration {
	switch k {
	case Journal:
		return 7 * day // or until others need the room
	case Sessions:
		return day
	case Drafts:
		return 90 * day
	case Imports:
		return 7 * day
	case Deliveries, Nonces:
	}
	return k.Least()
}

// Usual are the spans that nobody chose.
func Usual() Spans {
	spans := Spans{}
	for _, k := range Kinds() {
		spans[k] = k.Usual()
	}
	return spans
}

// Span reads how long a kind is kept, such as 36h or 30d; an empty text is the usual span. It is
// refused with one sentence, which calls it name, when it is no span or none for the kind.
func (k Kind) Span(name, text string) (time.Duration, error) {
	if text == "" {
		return k.Usual(), nil
	}
	span, err := parse(text)
	if err != nil || span < k.Least() || span > longest {
		return 0, fault.New(fault.Invalid,
			fmt.Sprintf("%s 须为 %s 到 %s 的时长，如 36h 或 30d", name, Text(k.Least()), Text(longest)),
			fmt.Sprintf("%s must be %s to %s, such as 36h or 30d.", name, Text(k.Least()), Text(longest)))
	}
	return span, nil
}

// parse reads a duration, which may be one of whole days.
func parse(text string) (time.Duration, error) {
	number, days := strings.CutSuffix(text, "d")
	if !days {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(number, 10, 16)
	return time.Duration(n) * day, err
}

// Text writes a span as people write it: 30d, 36h, 20m.
func Text(span time.Duration) string {
	for _, unit := range []struct {
		span time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if span >= unit.span && span%unit.span == 0 {
			return strconv.FormatInt(int64(span/unit.span), 10) + unit.name
		}
	}
	return span.String()
}
