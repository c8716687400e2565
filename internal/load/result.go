package load

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// sample is what came of one call.
type sample struct {
	// at is when it was due, took how long after that its answer was there.
	at, took time.Duration
	status   int // 0 without an answer
	code     string
	signed   bool
	wrong    bool
	// unsent is a call that found no free client in time.
	unsent bool
}

// there reports a sample that was filled in: runs without a rate may end before all their
// calls were due.
func (s *sample) there() bool { return s.unsent || s.took > 0 }

func (s *sample) answered() bool { return s.status != 0 }

// Result is what a run measured.
type Result struct {
	Plan Plan
	// Took is how long calls arrived: the duration of the plan, or less when there
	// were no more.
	Took time.Duration
	// Sent counts the calls that went out, Unsent those that were due and found every
	// client busy for a second.
	Sent, Unsent int
	// Unanswered counts calls whose connection broke; Broken is how the first did.
	Unanswered int
	Broken     string
	// Wrong counts successes that are not what they must be; WrongText is the first.
	Wrong     int
	WrongText string

	samples []sample // in the order in which they were due
	took    []time.Duration
}

// finish sums up.
func (r *Result) finish() {
	r.samples = slices.DeleteFunc(r.samples, func(s sample) bool { return !s.there() })
	for i := range r.samples {
		s := &r.samples[i]
		switch {
		case s.unsent:
			r.Unsent++
			continue
		case s.answered():
			r.took = append(r.took, s.took)
		default:
			r.Unanswered++
		}
		if s.wrong {
			r.Wrong++
		}
		r.Sent++
		r.Took = max(r.Took, s.at+s.took)
	}
	slices.Sort(r.took)
	r.Took = min(r.Took, r.Plan.Duration)
}

// Answered counts the calls that were answered, whenever and however.
func (r *Result) Answered() int { return len(r.took) }

// Successes counts the calls that were answered with success, whenever.
func (r *Result) Successes() int {
	return r.count(func(s *sample) bool { return s.good() })
}

// PerSecond is how many answers came per second while calls arrived.
func (r *Result) PerSecond() float64 {
	return r.rate(func(s *sample) bool { return s.answered() })
}

// GoodPerSecond is the same of successes.
func (r *Result) GoodPerSecond() float64 {
	return r.rate(func(s *sample) bool { return s.good() })
}

func (r *Result) rate(counts func(*sample) bool) float64 {
	if r.Took <= 0 {
		return 0
	}
	n := r.count(func(s *sample) bool { return counts(s) && s.at+s.took <= r.Took })
	return float64(n) / r.Took.Seconds()
}

func (r *Result) count(counts func(*sample) bool) int {
	n := 0
	for i := range r.samples {
		if counts(&r.samples[i]) {
			n++
		}
	}
	return n
}

// Latency returns the time within which a share of the answers came, such as 0.99; 1 is
// the slowest.
func (r *Result) Latency(share float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	return r.took[min(len(r.took)-1, int(share*float64(len(r.took))))]
}

// Answer is a kind of answer, and how often it came.
type Answer struct {
	// Status is 0 for calls without an answer.
	Status int
	// Code is that of the body; empty with a success.
	Code  string
	Count int
}

// Answers counts the calls by answer, the most frequent first.
func (r *Result) Answers() []Answer {
	counts := map[Answer]int{}
	for i := range r.samples {
		if s := &r.samples[i]; !s.unsent {
			counts[Answer{Status: s.status, Code: s.code}]++
		}
	}
	list := make([]Answer, 0, len(counts))
	for a, n := range counts {
		a.Count = n
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code))
	})
	return list
}

// RateLimited counts the calls that were refused for a documented rate. Those refusals are
// signed; a server without room refuses before it verifies, and does not sign.
func (r *Result) RateLimited() int {
	return r.count(func(s *sample) bool { return s.status == http.StatusTooManyRequests && s.signed })
}

// unclear counts the calls that may have done something without saying so.
func (r *Result) unclear() int {
	return r.count(func(s *sample) bool {
		return !s.unsent && (s.status == 0 || s.status >= http.StatusInternalServerError)
	})
}

// between returns the part of a result whose calls were due within a span.
func (r *Result) between(from, to time.Duration) *Result {
	part := &Result{Plan: r.Plan}
	for _, s := range r.samples {
		if s.at >= from && s.at < to {
			part.samples = append(part.samples, s)
		}
	}
	part.finish()
	return part
}
