package httpapi_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
)

// nights end days on which something about the calendar is special.
func nights() map[string]string {
	return map[string]string{
		"an ordinary night":                 "2026-12-05",
		"the end of a year":                 "2026-12-31",
		"the end of a month":                "2027-04-30",
		"February of no leap year":          "2027-02-28",
		"before a leap day":                 "2028-02-28",
		"a leap day":                        "2028-02-29",
		"the end of a leap year":            "2028-12-31",
		"midnight of UTC, 8 in the morning": "2027-01-01T07:59:59+08:00",
	}
}

// lastSecond is the last second of a night.
func lastSecond(t *testing.T, night string) time.Time {
	t.Helper()
	if !strings.Contains(night, "T") {
		night += "T23:59:59+08:00"
	}
	at, err := time.Parse(time.RFC3339, night)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// timely is a fixture whose stocks are there for years, and whose merchants sign with SM2.
func timely(t *testing.T, s store.Store) *fixture {
	t.Helper()
	return newFixtureOf(t, options{gate: roomy(), takeAny: true, sm2: true, store: s})
}

// lasting makes a stock that gives out so many coupons, a day and in all, since yesterday and until a
// moment.
func (f *fixture) lasting(byDay, most int, until time.Time) string {
	f.t.Helper()
	return f.stock(func(o object) {
		set(o, f.clock.Now().AddDate(0, 0, -1).Format(time.RFC3339), "coupon_use_rule", "coupon_available_time", "available_begin_time")
		o["stock_send_rule"] = object{"max_coupons": most, "max_coupons_per_user": 100, "max_coupons_by_day": byDay}
		set(o, until.Format(time.RFC3339), "coupon_use_rule", "coupon_available_time", "available_end_time")
	})
}

// given counts how many of some coupons a stock gives out.
func (f *fixture) given(stock string, attempts int) (n int) {
	f.t.Helper()
	for range attempts {
		got := f.post(alice, pathSend, f.sendBody(stock))
		switch {
		case got.status == http.StatusOK:
			n++
		case got.code() != "NOT_ENOUGH" && got.code() != "RULE_LIMIT":
			f.t.Errorf("%d %s", got.status, got.body)
		}
	}
	return n
}

// TestADayIsADayInBeijing counts what a stock gives out a day to the last second of a night, in the
// first of the next day, and after the clock was set back: each day has exactly its own, whatever the
// order. Eight in the morning, when UTC has its midnight, is nothing special.
func TestADayIsADayInBeijing(t *testing.T) {
	t.Parallel()
	var checked atomic.Int64
	t.Cleanup(func() {
		t.Logf("proof P16: %d counts of days over %d nights on every engine", checked.Load(), len(nights()))
	})
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := timely(t, s)
		for name, night := range nights() {
			end := lastSecond(t, night)
			f.clock.Set(end.Add(-time.Hour))
			stock := f.lasting(3, 100, end.AddDate(0, 0, 10))
			next := 3
			if strings.Contains(night, "T07") {
				next = 0
			}
			for _, step := range []struct {
				at   time.Duration
				want int
			}{{0, 3}, {time.Second, next}, {0, 0}, {time.Second, 0}, {-30 * time.Minute, 0}, {24*time.Hour + time.Second, 3}} {
				f.clock.Set(end.Add(step.at))
				if got := f.given(stock, 4); got != step.want {
					t.Errorf("%s, %v after its end: %d coupons, want %d", name, step.at, got, step.want)
				}
				checked.Add(1)
			}
		}
		f.expectWhole(s)
	})
}

// TestACouponEndsWithTheLastSecondOfItsDay uses one in that second and one in the next.
func TestACouponEndsWithTheLastSecondOfItsDay(t *testing.T) {
	t.Parallel()
	f := timely(t, memstore.New())
	for name, night := range nights() {
		end := lastSecond(t, night)
		f.clock.Set(end.Add(-time.Hour))
		stock := f.lasting(100, 100, end)
		first, second := f.coupon(stock), f.coupon(stock)
		use := func(code string) reply {
			return f.post(alice, pathUse, set(f.useBody(stock, code), f.clock.Now().Format(time.RFC3339), "use_time"))
		}
		f.clock.Set(end)
		if got := use(first); got.status != http.StatusOK {
			t.Errorf("%s, last second: %d %s", name, got.status, got.body)
		}
		f.clock.Set(end.Add(time.Second))
		before := f.trailOf(alice)
		if got := use(second); got.status != http.StatusForbidden && got.status != http.StatusBadRequest {
			t.Errorf("%s, a second later: %d %s", name, got.status, got.body)
		}
		if f.trailOf(alice) != before {
			t.Errorf("%s: a coupon that had ended changed", name)
		}
	}
	t.Logf("proof P16: %d nights: a coupon counts in the last second of its day, and not in the next", len(nights()))
}

// TestAJumpingClockDoesNoHarm moves the clock forward and back at random, an hour at most, while
// coupons are given out, used and returned, and calls come again: every repeat gets the first answer,
// no coupon is given or used twice, and the invariants hold.
func TestAJumpingClockDoesNoHarm(t *testing.T) {
	t.Parallel()
	const steps = 150
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := timely(t, s)
		noon := opened().AddDate(0, 0, 2)
		f.clock.Set(noon)
		random := rand.New(rand.NewPCG(16, 16)) // the same run each time
		stock := f.lasting(1000, 60, opened().AddDate(0, 1, 0))
		type made struct {
			target string
			body   object
			answer string
		}
		var calls []made
		codes := map[string]bool{}
		for range steps {
			f.clock.Set(noon.Add(time.Duration(random.IntN(7200)-3600) * time.Second))
			if len(calls) > 0 && random.IntN(3) == 0 {
				one := calls[random.IntN(len(calls))]
				if got := f.post(alice, one.target, one.body); got.status != http.StatusOK || got.body != one.answer {
					t.Errorf("the clock is at %v: a repeat gets %d %s, want %s", f.clock.Now(), got.status, got.body, one.answer)
				}
				continue
			}
			body := f.sendBody(stock)
			got := f.post(alice, pathSend, body)
			if got.status != http.StatusOK {
				if len(codes) < 60 {
					t.Errorf("%d %s", got.status, got.body)
				}
				continue
			}
			calls = append(calls, made{pathSend, body, got.body})
			code := text(got.at("send_coupon_result", "coupon_code"))
			if codes[code] {
				t.Errorf("%s is given twice", code)
			}
			codes[code] = true
			use := set(f.useBody(stock, code), f.clock.Now().Format(time.RFC3339), "use_time")
			if used := f.post(alice, pathUse, use); used.status == http.StatusOK {
				calls = append(calls, made{pathUse, use, used.body})
				again := set(f.useBody(stock, code), f.clock.Now().Format(time.RFC3339), "use_time")
				if got := f.post(alice, pathUse, again); got.status == http.StatusOK {
					t.Errorf("%s is used twice", code)
				}
			} else {
				t.Errorf("%d %s", used.status, used.body)
			}
		}
		f.expectWhole(s)
	})
	t.Logf("proof P16: %d steps of the clock, forward and back, on every engine", steps)
}

// TestAClockThatIsWrongRefusesHonestCallsAndNothingElse: a node whose clock is an hour off takes no
// call of those whose clocks are right. Set right, it takes them; what was captured before has no
// second effect then.
func TestAClockThatIsWrongRefusesHonestCallsAndNothingElse(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := timely(t, s)
		captured := map[string]capture{}
		first := map[string]reply{}
		for _, op := range []string{"busifavor.callbacks.set", "busifavor.coupons.send"} {
			captured[op] = f.capture(f.sample(op))
			first[op] = f.replay(captured[op], nil)
		}
		before := f.trailOf(alice)
		wrongs := []time.Duration{-time.Hour, time.Hour, -301 * time.Second, 301 * time.Second, 365 * 24 * time.Hour}
		for _, off := range wrongs {
			wrong := f.nodeWith(s, clock.NewManual(f.clock.Now().Add(off)))
			for op, c := range captured {
				got := wrong.replay(c, nil)
				if got.status != http.StatusUnauthorized || !strings.Contains(got.message(), "timestamp") {
					t.Errorf("%v off, %s: %d %s", off, op, got.status, got.body)
				}
			}
			wrong.clock.Set(f.clock.Now())
			for op, c := range captured {
				if got := wrong.replay(c, nil); got.status != first[op].status || got.body != first[op].body {
					t.Errorf("set right, %s: %d %s, want %s", op, got.status, got.body, first[op].body)
				}
			}
		}
		if after := f.trailOf(alice); after != before {
			t.Errorf("there is an effect:\n%s\nbefore\n%s", after, before)
		}
		t.Logf("proof P16: %d clocks that are wrong, %d captured calls each: 0 effects", len(wrongs), len(captured))
	})
}

// TestNodesWhoseClocksDifferAgree has two nodes, four minutes apart, give out one stock around
// midnight: each day has no more than its own, both together no more than all, and a call that comes
// to one node and then to the other has one effect.
func TestNodesWhoseClocksDifferAgree(t *testing.T) {
	t.Parallel()
	const byDay, most = 30, 50
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := timely(t, s)
		midnight := lastSecond(t, "2026-12-31").Add(time.Second)
		f.clock.Set(midnight.Add(-2 * time.Minute))
		stock := f.lasting(byDay, most, midnight.AddDate(0, 0, 5))
		ahead := f.nodeWith(s, clock.NewManual(midnight.Add(2*time.Minute)))
		old, recent := 0, 0
		for range 40 {
			r := request{as: alice, method: http.MethodPost, target: pathSend, body: f.encode(f.sendBody(stock))}
			c := f.capture(r)
			here, there := f.replay(c, nil), ahead.replay(c, nil)
			if here.status == http.StatusOK {
				old++
				if there.body != here.body {
					t.Errorf("one node answers %s, the other %s", here.body, there.body)
				}
			} else if there.status == http.StatusOK {
				recent++
			}
		}
		if old != byDay || recent != 40-byDay {
			t.Errorf("%d before midnight and %d after it, want %d and %d", old, recent, byDay, 40-byDay)
		}
		ahead.numbers = 1000
		if got := ahead.given(stock, 40); got != most-40 {
			t.Errorf("%d more, want %d", got, most-40)
		}
		f.expectWhole(s)
	})
	t.Logf("proof P16: 2 nodes 4 minutes apart agree at midnight, on every engine")
}

// TestACertificateEndsDuringARun: with its last second a merchant's certificate signs, with the next
// it does not, and what it signed then has no effect; the certificate that came in time goes on.
func TestACertificateEndsDuringARun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	end := opened().AddDate(5, 0, 0)
	f.clock.Set(opened().AddDate(4, 11, 0))
	renewed := f.addSM2(alice)
	stock := f.lasting(1000, 1000, f.clock.Now().AddDate(0, 3, 0))
	send := func(r request) reply {
		r.as, r.method, r.target, r.body = alice, http.MethodPost, pathSend, f.encode(f.sendBody(stock))
		return f.send(r)
	}
	f.clock.Set(end)
	send(request{}).expect(t, http.StatusOK, "")
	f.clock.Set(end.Add(time.Second))
	before := f.trailOf(alice)
	refused := send(request{})
	refused.expect(t, http.StatusUnauthorized, "SIGN_ERROR")
	if !strings.Contains(refused.message(), "过期") || f.trailOf(alice) != before {
		t.Errorf("%s, or an effect", refused.message())
	}
	send(request{with: renewed}).expect(t, http.StatusOK, "")
	f.clock.Set(end.Add(-time.Second)) // the clock was wrong
	send(request{}).expect(t, http.StatusOK, "")
	t.Log("proof P16: a certificate ends during a run: 0 effects after its last second")
}

// expectWhole fails the test unless the invariants hold.
func (f *fixture) expectWhole(s store.Store) {
	f.t.Helper()
	checks, err := s.Check(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			f.t.Errorf("%d of %d rows break: %s", c.Broken, c.Rows, c.Name)
		}
	}
}

// roomy is a gate that nobody waits at.
func roomy() *limit.Gate {
	return limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute})
}
