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
//
//nolint:mnd // the goals are the table
func (r *report) goals() []goal {
	list := []goal{r.floorGoal("SQLite", 0.86), r.floorGoal("PostgreSQL", 0.90), r.sm2Goal()}
	for _, clients := range r.options.clients {
		least := 1.25
		if clients < 256 {
			least = 1.05
		}
		list = append(list, r.against(onPostgres, redisSync, clients, least))
	}
	list = append(list, r.against(onSQLite, redisSync, 1024, 0.65))
	for _, clients := range r.options.clients {
		least := 50.0
		if clients < 256 {
			least = 34
		}
		list = append(list, r.against(onPostgres, rowLock, clients, least))
	}
	list = append(list, r.speedGoal(onPostgres, 40_000), r.speedGoal(onSQLite, 22_000),
		r.spendGoal(spendRedeem, 15_000), r.spendGoal(spendPay, 10_000))
	list = append(list, r.growthGoals()...)
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		list = append(list, r.overloadGoals(engine)...)
	}
	started := r.firstStart > 0
	return append(list,
		goal{name: "start to ready, new data directory", want: 300, atMost: true, unit: " ms", got: milliseconds(r.firstStart), measured: started},
		goal{name: "memory at rest", want: 60, atMost: true, unit: " MB", got: megabytes(r.restBytes), measured: started})
}

func (r *report) floorGoal(engine string, want float64) goal {
	g := goal{name: "signatures alone ÷ server CPU per signed issue, " + engine, want: want}
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

// against compares two contenders at a number of clients.
func (r *report) against(who, other string, clients int, want float64) goal {
	g := goal{name: fmt.Sprintf("%s ÷ %s, issues/s, %d clients", who, other, clients), want: want, unit: "×"}
	if theirs := r.hot(other)[clients]; theirs > 0 && r.hot(who)[clients] > 0 {
		g.got, g.measured = r.hot(who)[clients]/theirs, true
	}
	return g
}

func (r *report) speedGoal(who string, want float64) goal {
	g := goal{name: who + ", durable issues/s, the best number of clients", want: want}
	if rates := slices.Collect(maps.Values(r.hot(who))); len(rates) > 0 {
		g.got, g.measured = slices.Max(rates), true
	}
	return g
}

// spendGoal is about one creator on PostgreSQL.
func (r *report) spendGoal(what string, want float64) goal {
	g := goal{name: what + ", PostgreSQL, per second", want: want}
	for i := range r.spent {
		if f := &r.spent[i]; f.engine == "PostgreSQL" && f.what == what {
			g.got, g.measured = f.perSecond, true
		}
	}
	return g
}

// growthGoals compare a size of everything that grew with the smallest.
func (r *report) growthGoals() []goal {
	var list []goal
	for _, one := range []struct {
		what string
		size int
		want float64
	}{
		{growCoupons, 0, 1.3}, {growStocks, 0, 1.3}, {growAllStocks, manyStocks, 1.5}, {growAllStocks, 1000, 1.9}, {growCodes, 0, 1.3},
	} {
		for _, engine := range []string{"SQLite", "PostgreSQL"} {
			list = append(list, r.growthGoal(engine, one.what, one.size, one.want))
		}
	}
	return list
}

// growthGoal is about one size, or about the largest when it is 0.
func (r *report) growthGoal(engine, what string, size int, want float64) goal {
	g := goal{name: "cost per issue by " + what + ", " + engine, want: want, atMost: true, unit: "×"}
	var first, last *growthFigures
	for i := range r.growth {
		f := &r.growth[i]
		if f.engine != engine || f.what != what {
			continue
		}
		if first == nil {
			first = f
		}
		if size == 0 || f.size <= size {
			last = f
		}
	}
	if last != first {
		g.name += fmt.Sprintf(" (%d → %d)", first.size, last.size)
		g.got, g.measured = ratio(last.cpu(), first.cpu()), true
	}
	return g
}

// maxPeak is how much memory a server may take under overload: it is bounded by the
// connections that it accepts, 4,096.
const maxPeak = 400

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
