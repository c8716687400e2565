package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// goal is what a figure should be.
type goal struct {
	name string
	want float64
	// atMost wants the figure small; otherwise large.
	atMost bool
	unit   string
	// got is NaN-free: measured says whether it counts.
	got      float64
	measured bool
}

func (g *goal) wanted() string {
	sign := "≥ "
	if g.atMost {
		sign = "≤ "
	}
	return sign + digits(g.want) + g.unit
}

func (g *goal) reached() string {
	if !g.measured {
		return "not measured"
	}
	return digits(g.got) + g.unit
}

// missedBy says how far off a figure is, empty when it is not.
func (g *goal) missedBy() string {
	if !g.measured || (g.atMost && g.got <= g.want) || (!g.atMost && g.got >= g.want) {
		return ""
	}
	off := g.got/g.want - 1
	if !g.atMost {
		off = 1 - g.got/g.want
	}
	return fmt.Sprintf("%.0f %%", percent(off))
}

// The contenders that goals compare.
const (
	onSQLite   = "engine on SQLite"
	onPostgres = "engine on PostgreSQL"
	rowLock    = "PostgreSQL, row lock"
	redisSync  = "Redis, appendfsync always"
)

// goals lists what was wanted, with what was reached.
func (r *report) goals() []goal {
	var list []goal
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		list = append(list, r.floorGoal(engine))
	}
	list = append(list,
		r.sm2Goal(),
		r.against(onPostgres, rowLock, 25), //nolint:mnd // the goals are the table
		r.against(onPostgres, redisSync, 1.2),
		r.against(onSQLite, redisSync, 1.5),
		r.speedGoal())
	list = append(list, r.growthGoals()...)
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		list = append(list, r.overloadGoals(engine)...)
	}
	started := r.firstStart > 0
	return append(list,
		goal{name: "start to ready, new data directory", want: 300, atMost: true, unit: " ms", got: milliseconds(r.firstStart), measured: started},
		goal{name: "memory at rest", want: 60, atMost: true, unit: " MB", got: megabytes(r.restBytes), measured: started})
}

func (r *report) floorGoal(engine string) goal {
	g := goal{name: "signatures alone ÷ server CPU per signed issue, " + engine, want: 0.85}
	for _, f := range r.calls {
		if f.engine == engine && f.scenario == "hot" && r.floor != nil {
			g.got, g.measured = ratio(r.floor.both(), f.used.server), true
		}
	}
	return g
}

// sm2Goal compares what a signed issue costs the server with RSA and with SM2.
func (r *report) sm2Goal() goal {
	g := goal{name: "server CPU per signed issue, RSA ÷ SM2", want: 5, unit: "×"}
	var rsa, sm2 time.Duration
	for _, f := range r.calls {
		switch {
		case f.scenario != "hot":
		case f.engine == "SQLite":
			rsa = f.used.server
		case f.engine == onSM2:
			sm2 = f.used.server
		}
	}
	if rsa > 0 && sm2 > 0 {
		g.got, g.measured = ratio(rsa, sm2), true
	}
	return g
}

// hot returns the issues per second of one hot stock, by clients.
func (r *report) hot(contender string) map[int]float64 {
	rates := map[int]float64{}
	for i := range r.sales {
		if f := &r.sales[i]; f.contender == contender && f.stocks == 1 {
			rates[f.clients] = f.perSecond
		}
	}
	return rates
}

// against compares two contenders where the first does worst.
func (r *report) against(who, other string, want float64) goal {
	g := goal{name: who + " ÷ " + other + ", issues/s, the worst number of clients", want: want, unit: "×"}
	theirs := r.hot(other)
	for clients, mine := range r.hot(who) {
		if theirs[clients] == 0 {
			continue
		}
		if got := mine / theirs[clients]; !g.measured || got < g.got {
			g.got, g.measured = got, true
		}
	}
	return g
}

func (r *report) speedGoal() goal {
	g := goal{name: onSQLite + ", durable issues/s, the best number of clients", want: 15_000}
	if rates := slices.Collect(maps.Values(r.hot(onSQLite))); len(rates) > 0 {
		g.got, g.measured = slices.Max(rates), true
	}
	return g
}

// growthGoals compare the largest size of everything that grew with the smallest.
func (r *report) growthGoals() []goal {
	var list []goal
	for _, what := range []string{growCoupons, growStocks, growAllStocks, growCodes} {
		for _, engine := range []string{"SQLite", "PostgreSQL"} {
			var costs []time.Duration
			var sizes []string
			for i := range r.growth {
				if f := &r.growth[i]; f.engine == engine && f.what == what {
					costs = append(costs, f.cpu())
					sizes = append(sizes, fmt.Sprint(f.size))
				}
			}
			g := goal{name: "cost per issue by " + what + ", " + engine, want: 1.3, atMost: true, unit: "×"}
			if last := len(costs) - 1; last > 0 {
				g.name += strings.Join([]string{" (", sizes[0], " → ", sizes[last], ")"}, "")
				g.got, g.measured = ratio(costs[last], costs[0]), true
			}
			list = append(list, g)
		}
	}
	return list
}

// maxPeak is how much memory a server may take under overload: it is bounded by the
// connections that it accepts, 4,096.
const maxPeak = 256

func (r *report) overloadGoals(engine string) []goal {
	goodput := goal{name: "goodput at ten times the capacity, " + engine, want: 80, unit: " %"}
	memory := goal{name: "peak memory then, " + engine, want: maxPeak, atMost: true, unit: " MB"}
	recovery := goal{name: "recovered after, " + engine, want: 5, atMost: true, unit: " s"}
	for _, o := range r.overloads {
		if o.engine != engine {
			continue
		}
		goodput.got, goodput.measured = percent(o.Goodput/o.Capacity), true
		memory.got, memory.measured = megabytes(o.peakBytes), true
		recovery.got, recovery.measured = o.Recovered.Seconds(), true
		if o.Recovered < 0 { // not seen: later than was looked for
			recovery.got = 8
		}
	}
	return []goal{goodput, memory, recovery}
}

// settingsText lists how the measured PostgreSQL differs from its defaults.
func settingsText() string {
	var list []string
	all := settings()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+" "+all[name])
	}
	return strings.Join(list, ", ")
}
