package notify

import (
	"testing"
	"time"
)

// TestAReceiverGetsAsMuchAsItAnswers: the window grows with successes and shrinks with
// failures; who does not answer at all is left alone for a while.
func TestAReceiverGetsAsMuchAsItAnswers(t *testing.T) {
	t.Parallel()
	const most = 8
	now := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		results []result
		wait    time.Duration
		room    int
		proven  bool
	}{
		"new":                            {nil, 0, firstWindow, false},
		"grows":                          {[]result{accepted, accepted}, 0, 4, true},
		"up to the bound":                {make([]result, 100), 0, most, true},
		"halves":                         {[]result{accepted, accepted, refused}, 0, 2, false},
		"down to one":                    {[]result{refused, refused, refused, refused, refused, refused}, 0, 1, false},
		"silent":                         {[]result{unanswered, unanswered, unanswered, unanswered, unanswered}, 0, 0, false},
		"silent, just before the pause":  {[]result{unanswered, unanswered, unanswered, unanswered, unanswered}, pause - 1, 0, false},
		"silent, after the pause":        {[]result{unanswered, unanswered, unanswered, unanswered, unanswered}, pause, 1, false},
		"answers at last":                {[]result{unanswered, unanswered, unanswered, unanswered, unanswered, accepted}, 0, 2, true},
		"a refusal is an answer as well": {[]result{unanswered, unanswered, unanswered, unanswered, refused, unanswered}, 0, 1, false},
	} {
		l := newLine(receiver{})
		for _, r := range c.results {
			l.inFlight++
			l.note(r, now, most)
		}
		if room := l.room(now.Add(c.wait)); room != c.room || l.proven != c.proven {
			t.Errorf("%s: room %d, proven %v; want %d, %v", name, room, l.proven, c.room, c.proven)
		}
	}
	probing := newLine(receiver{})
	probing.inFlight, probing.silent = 1, broken
	if room := probing.room(now); room != 0 {
		t.Errorf("%d attempts beside the one that finds out", room)
	}
}

// TestTheClaimOutlivesItsAttempt: or another node would make it again meanwhile.
func TestTheClaimOutlivesItsAttempt(t *testing.T) {
	t.Parallel()
	if timeout := DefaultBounds().Timeout; lease < 2*timeout {
		t.Errorf("a lease of %s for attempts of %s", lease, timeout)
	}
	if last := LongestTail; lifetime() <= last {
		t.Errorf("deliveries are given up after %s, their last attempt is after %s", lifetime(), last)
	}
}
