package load

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// How an overload goes.
const (
	// overloadBy is how many times its capacity a server is asked for.
	overloadBy = 10
	// crowd is how many clients do that: more than a server lets in and makes wait.
	crowd = 3000
	// window is the part of the time after in which a recovery is looked for.
	window = 250 * time.Millisecond
	// soon is a latency that nobody minds, whatever it was before.
	soon = 50 * time.Millisecond
)

// pace is how long the capacity is measured, and how long half of it is offered before the
// overload and after.
type pace struct{ capacity, before, after time.Duration }

func usualPace() pace {
	return pace{capacity: 3 * time.Second, before: 2 * time.Second, after: 8 * time.Second}
}

// playOverload measures what the server can do, offers half of that, then ten times, then
// half again.
func playOverload(ctx context.Context, s *session) error {
	if err := s.createStocks(ctx, 1, plentiful); err != nil {
		return err
	}
	capacity, err := s.ready(ctx, stretch{
		phase: "capacity", title: fault.Text{ZH: "测量能力", EN: "what it can do"},
		plan: Plan{Duration: s.pace.capacity, Clients: s.clients()},
	})
	if err != nil {
		return err
	}
	able, err := capacity(ctx)
	if err != nil {
		return err
	}
	most := able.GoodPerSecond()
	if most == 0 {
		return able.setupFault()
	}
	results, err := s.flood(ctx, most)
	if err != nil {
		return err
	}
	before, during, after := results[0], results[1], results[2]
	s.report.Overload = &Overload{Capacity: most, Goodput: during.GoodPerSecond(), Recovered: recovered(before, after)}
	return nil
}

// flood offers a server that can do so much half of it, ten times that, and half again,
// without a pause: everything is signed before. What was refused comes again, as it does
// from real clients: so only twice what can be served is signed, and sent in turn.
func (s *session) flood(ctx context.Context, most float64) ([]*Result, error) {
	half := most / 2
	served := int(2 * most * s.plan.Duration.Seconds())
	var sends []func(context.Context) (*Result, error)
	for _, one := range []stretch{
		{
			phase: "before", title: fault.Text{ZH: "此前：一半的量", EN: "before: half of that"},
			plan: Plan{Rate: half, Duration: s.pace.before, Clients: crowd},
		},
		{
			phase: "overload", title: fault.Text{ZH: "过载：十倍的量", EN: "overload: ten times that"}, signed: served,
			plan: Plan{Rate: min(overloadBy*most, MaxCalls/s.plan.Duration.Seconds()), Duration: s.plan.Duration, Clients: crowd},
		},
		{
			phase: "after", title: fault.Text{ZH: "此后：一半的量", EN: "after: half of it"},
			plan: Plan{Rate: half, Duration: s.pace.after, Clients: crowd},
		},
	} {
		send, err := s.ready(ctx, one)
		if err != nil {
			return nil, err
		}
		sends = append(sends, send)
	}
	var results []*Result
	for _, send := range sends {
		result, err := send(ctx)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

// stretch is a part of the overload.
type stretch struct {
	phase string
	title fault.Text
	plan  Plan
	// signed is how many different calls there are; 0 is one for each.
	signed int
}

// ready signs the calls of a stretch and returns what sends them.
func (s *session) ready(ctx context.Context, one stretch) (func(context.Context) (*Result, error), error) {
	count := one.plan.calls(s.perSecond)
	different := count
	if one.signed > 0 {
		different = min(one.signed, count)
	}
	base := s.numbers
	s.numbers += different
	sc := s.issues(Scenario{Name: "overload", Title: one.title}, func(i int) int { return base + i%different })
	sc.phase = one.phase
	calls, err := s.sign(ctx, different, sc.call)
	return func(ctx context.Context) (*Result, error) {
		return s.send(ctx, sc, &run{target: s.target, plan: one.plan, calls: calls, count: count, seen: sc.seen})
	}, err
}

// recovered finds the first stretch after an overload in which every call succeeds and
// most are answered as soon as before.
func recovered(before, after *Result) time.Duration {
	enough := max(soon, before.Latency(0.99))
	for from := time.Duration(0); from < after.Plan.Duration; from += window {
		part := after.between(from, from+window)
		if part.Sent > 0 && part.Unsent == 0 && part.Successes() == part.Sent && part.Latency(0.5) <= enough {
			return from
		}
	}
	return -1
}
