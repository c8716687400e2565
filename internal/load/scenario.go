package load

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// Scenario is a kind of load.
type Scenario struct {
	Name  string
	Title fault.Text
	play  func(ctx context.Context, s *session) error
}

// Scenarios lists them all.
func Scenarios() []Scenario {
	return []Scenario{
		{"hot", fault.Text{ZH: "一个热门批次，人人可领", EN: "one hot stock with enough for everybody"}, playHot},
		{"flash", fault.Text{ZH: "秒杀：一个批次，券不够发", EN: "flash sale: one stock that sells out"}, playFlash},
		{"stocks", fault.Text{ZH: "同时发放100个批次", EN: "100 stocks at once"}, playStocks},
		{"mixed", fault.Text{ZH: "混合：发券60%、查询20%、核销20%", EN: "mixed: 60 % issue, 20 % query, 20 % redeem"}, playMixed},
		{"repeats", fault.Text{ZH: "每个单号重复4次，须得到同一张券", EN: "each number four times, for the same coupon"}, playRepeats},
		{"overload", fault.Text{ZH: "过载：十倍于测得的能力，然后恢复", EN: "overload: ten times the measured capacity, then recovery"}, playOverload},
	}
}

// Report is what a scenario found out.
type Report struct {
	Scenario Scenario
	Phases   []Phase
	// Signed is how many calls were signed beforehand, SignedIn how long that took.
	Signed   int
	SignedIn time.Duration
	// Overload is set by that scenario alone.
	Overload *Overload
	// Proofs hold the server to what it acknowledged.
	Proofs []Proof
}

// Phase is one stretch of load.
type Phase struct {
	Name   string
	Title  fault.Text
	Result *Result
}

// Overload is how a server bore ten times what it can.
type Overload struct {
	// Capacity is how many issues a second it made for clients who wait for their
	// answers; Goodput is the same under overload.
	Capacity, Goodput float64
	// Recovered is how long after the overload a call took no longer than before, or
	// negative when that was not seen.
	Recovered time.Duration
}

// Proof is one thing that must be true after a scenario.
type Proof struct {
	Title fault.Text
	Holds bool
	// Found says what was counted.
	Found fault.Text
}

// Play runs a scenario.
func Play(ctx context.Context, t Target, name string, p Plan, o Options) (*Report, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	for _, sc := range Scenarios() {
		if sc.Name != name {
			continue
		}
		return newSession(&t, p, o).play(ctx, sc)
	}
	return nil, refuse("没有这个压测场景："+name, "There is no scenario "+name+".")
}

func newSession(t *Target, p Plan, o Options) *session {
	return &session{target: t, plan: p, options: o, pace: usualPace(), caller: newCaller(t, p), book: newBook()}
}

func (s *session) play(ctx context.Context, sc Scenario) (*Report, error) {
	s.report = &Report{Scenario: sc}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	if err := sc.play(ctx, s); err != nil {
		return nil, err
	}
	return s.report, s.prove(ctx)
}

// issues is a script that issues of the session's stocks in turn; numberOf says which
// request number a call has.
func (s *session) issues(sc Scenario, numberOf func(i int) int) script {
	what := func(i int) grant {
		n := numberOf(i)
		return grant{stock: s.stocks[n%len(s.stocks)], user: n, number: s.caller.number(sc.Name, n)}
	}
	return script{
		phase: sc.Name, title: sc.Title,
		call: func(i int) Call { return s.caller.issue(what(i)) },
		seen: func(i int, body []byte) error { return s.book.enter(what(i), body) },
	}
}

func once(i int) int { return i }

func playHot(ctx context.Context, s *session) error {
	if err := s.createStocks(ctx, 1, plentiful); err != nil {
		return err
	}
	return s.measure(ctx, s.issues(s.report.Scenario, once))
}

// playFlash has a stock for nine of ten calls, or without a rate for some half of
// what can be served in the time.
func playFlash(ctx context.Context, s *session) error {
	const share, shareOfAmple = 0.9, 0.4
	maximum := share * float64(s.plan.calls(s.perSecond))
	if s.plan.Rate == 0 {
		maximum *= shareOfAmple / share
	}
	if err := s.createStocks(ctx, 1, int64(maximum)); err != nil {
		return err
	}
	return s.measure(ctx, s.issues(s.report.Scenario, once))
}

func playStocks(ctx context.Context, s *session) error {
	const stocks = 100
	if err := s.createStocks(ctx, stocks, plentiful); err != nil {
		return err
	}
	return s.measure(ctx, s.issues(s.report.Scenario, once))
}

// playRepeats sends sixteen numbers four times each, then the next sixteen: a repeat
// comes while its first call is under way, or soon after.
func playRepeats(ctx context.Context, s *session) error {
	const numbers, times = 16, 4
	if err := s.createStocks(ctx, 1, plentiful); err != nil {
		return err
	}
	return s.measure(ctx, s.issues(s.report.Scenario, func(i int) int {
		return i/(numbers*times)*numbers + i%numbers
	}))
}

// playMixed redeems and looks at coupons that were issued before; of ten calls six issue,
// one looks at a coupon, one lists a user's, two redeem.
func playMixed(ctx context.Context, s *session) error {
	const round, issuing, redeeming = 10, 6, 2
	if err := s.createStocks(ctx, 1, plentiful); err != nil {
		return err
	}
	needed := (s.plan.calls(s.perSecond)/round + 1) * redeeming
	s.say("准备：另发一些券供核销，共%d张", "Set-up: coupons to redeem, %d in all", needed)
	if err := s.stockUp(ctx, needed); err != nil {
		return err
	}
	held := s.book.holdings
	issue := s.issues(s.report.Scenario, once)
	return s.measure(ctx, script{
		phase: "mixed", title: s.report.Scenario.Title,
		call: func(i int) Call {
			switch kind := i % round; kind {
			case issuing:
				return s.caller.look(held[i%len(held)])
			case issuing + 1:
				return s.caller.list(i)
			case issuing + redeeming, issuing + redeeming + 1:
				n := i/round*redeeming + kind - issuing - redeeming
				return s.caller.use(held[n], s.caller.number("use", n))
			default:
				return issue.call(i)
			}
		},
		seen: func(i int, body []byte) error {
			if i%round < issuing {
				return issue.seen(i, body)
			}
			return nil
		},
	})
}
