package notify

import (
	"time"

	"github.com/favord/favord/internal/base/planted"
)

// schedule is when an event is sent: planned times after its first attempt, the first of
// which is 0.
type schedule []time.Duration

// LongestTail is until when, after its first attempt, an event may be sent.
const LongestTail = 72 * time.Hour

// scheduleOf is once a minute, so many times, as the contract says (protocol 6.3). What comes
// after is ours: the tail, with growing pauses until it is over. Then the delivery is dead.
func scheduleOf(times int, tail time.Duration) schedule {
	var s schedule
	for i := range times {
		s = append(s, time.Duration(i)*time.Minute)
	}
	for _, hours := range []float64{0.5, 1, 2, 4, 8, 16, 24, 36, 48, 60, 72} {
		if after := time.Duration(hours * float64(time.Hour)); after <= tail {
			s = append(s, after)
		}
	}
	return s
}

// next is how long after the beginning of a failed attempt the next one begins; failed counts
// the failures, that one included. It reports false when there is no next one.
func (s schedule) next(failed int) (time.Duration, bool) {
	if failed < 1 || failed >= len(s)-int(planted.DeliveryShort.One()) {
		return 0, false
	}
	return s[failed] - s[failed-1], true
}

// lifetime is after how long a delivery is given up that could not be attempted as often as
// planned, because its receiver was too slow for all that waits.
func lifetime() time.Duration { return 73 * time.Hour }
