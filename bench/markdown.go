package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/internal/load"
)

// page is a report on its way into Markdown.
type page struct{ strings.Builder }

// table begins a table; a column whose name begins with a blank is text.
func (p *page) table(columns ...string) {
	names, rules := "", ""
	for _, c := range columns {
		names += "| " + strings.TrimSpace(c) + " "
		if strings.HasPrefix(c, " ") {
			rules += "|---"
		} else {
			rules += "|---:"
		}
	}
	p.put("\n%s|\n%s|\n", names, rules)
}

// row adds one; floats get as many digits as they deserve.
func (p *page) row(cells ...any) {
	for _, cell := range cells {
		switch v := cell.(type) {
		case float64:
			p.put("| %s ", digits(v))
		default:
			p.put("| %v ", v)
		}
	}
	p.WriteString("|\n")
}

// digits writes three digits that count.
func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// put writes a text.
func (p *page) put(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// say writes a paragraph.
func (p *page) say(format string, args ...any) { p.put("\n"+format+"\n", args...) }

// markdown writes the report; plot is the file with the picture.
func (r *report) markdown(plot string) string {
	p := &page{}
	m := r.machine
	p.put("# Benchmark of %s\n", m.at.Format(time.DateTime))
	p.say("Commit %s, %s, %s, %d cores of %s, load average %s before the run, which took %s. Server, databases and load\ngenerator share the cores, so CPU time and ratios say more than calls per second.",
		m.commit, m.compiler, m.system, m.cores, m.cpu, m.load, r.took.Round(time.Second))
	p.say("![plot](%s)", plot)
	for _, section := range []func(*page){
		r.writeGoals, r.writeFloor, r.writeCalls, r.writeOverload, r.writeSales, r.writeSpent, r.writeGrowth, r.writeCodes, r.writeRest, r.writeProofs,
	} {
		section(p)
	}
	return p.String()
}

func (r *report) writeGoals(p *page) {
	p.say("## Goals")
	p.table(" goal", "wanted", "reached", " missed by")
	for _, g := range r.goals() {
		p.row(g.name, g.wanted(), g.reached(), g.missedBy())
	}
	if r.noRedis {
		p.say("**`redis-server` is not installed: the comparison with Redis is missing.**")
	}
}

func (r *report) writeFloor(p *page) {
	if r.floor == nil {
		return
	}
	p.say("## Floor: signatures alone, by %s", load.SignerName())
	p.say("RSA-2048 over a message as long as an answer. Every call verifies one signature and makes one. A server is compared\nwith the floor while every core works, in CPU time; with several rows, with their mean.")
	p.table(" ", "sign µs", "verify µs", "both µs", "per second and core", "one core alone: sign µs", "verify µs")
	for _, f := range r.floors {
		p.row("all cores busy", microseconds(f.sign), microseconds(f.verify), microseconds(f.both()),
			float64(time.Second)/float64(f.both()), microseconds(f.signAlone), microseconds(f.verifyAlone))
	}
}

func (r *report) writeCalls(p *page) {
	if len(r.calls) == 0 {
		return
	}
	p.say("## Signed calls over HTTP")
	p.say("%d clients, each with its next call when it has the answer; CPU µs per answered call. *hot* issues of one stock, *stocks*\nof 100, *mixed* is 60 %% issue, 20 %% query, 20 %% redeem, *repeats* sends each number four times. All calls were signed\nbefore (%s).",
		httpClients(), r.signedBefore())
	p.table(" engine", " scenario", "calls/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "server CPU", "database CPU", "generator CPU", "floor ÷ server CPU", " not 200")
	for _, f := range r.calls {
		share := "–"
		if r.floor != nil && f.engine != onSM2 { // the floor is of RSA
			share = digits(ratio(r.floor.both(), f.used.server))
		}
		p.row(f.engine, f.scenario, f.result.PerSecond(), milliseconds(f.result.Latency(0.5)), milliseconds(f.result.Latency(0.99)),
			milliseconds(f.result.Latency(0.999)), milliseconds(f.result.Latency(1)), microseconds(f.used.server),
			microseconds(f.used.database), microseconds(f.used.generator), share, others(f.result))
	}
}

// signedBefore says what the generator was spared.
func (r *report) signedBefore() string {
	n, took := 0, time.Duration(0)
	for _, f := range r.calls {
		n += f.signed
		took += f.signedIn
	}
	return fmt.Sprintf("%d in %s", n, took.Round(time.Second))
}

// others lists the answers that are no success.
func others(r *load.Result) string {
	var list []string
	for _, a := range r.Answers() {
		if a.Status != http.StatusOK {
			list = append(list, fmt.Sprintf("%d × %d %s", a.Count, a.Status, a.Code))
		}
	}
	if r.Unsent > 0 {
		list = append(list, fmt.Sprintf("%d unsent", r.Unsent))
	}
	return strings.Join(list, ", ")
}

func (r *report) writeOverload(p *page) {
	if len(r.overloads) == 0 {
		return
	}
	p.say("## Overload")
	p.say("Ten times the capacity is offered for %s, on schedule; what was refused comes again. The generator and the refusals take\ncores from the server here: their CPU says how much.", r.overloads[0].during.Plan.Duration)
	p.table(" engine", "capacity/s", "offered/s", "good/s", "goodput %", "recovered s", "memory before MB", "peak MB", "server CPU s", "database CPU s", "generator CPU s", " not 200")
	for _, o := range r.overloads {
		p.row(o.engine, o.Capacity, o.during.Plan.Rate, o.Goodput, percent(o.Goodput/o.Capacity), o.Recovered.Seconds(),
			megabytes(o.restBytes), megabytes(o.peakBytes), o.used.server.Seconds(), o.used.database.Seconds(), o.used.generator.Seconds(), others(o.during))
	}
}

func percent(share float64) float64 {
	const whole = 100
	return whole * share
}

func megabytes(bytes int64) float64 {
	const mega = 1 << 20
	return float64(bytes) / mega
}

func (r *report) writeSales(p *page) {
	if len(r.sales) == 0 {
		return
	}
	p.say("## Engine and peers, without HTTP and signatures")
	p.say("Every answer is durable, but for `everysec`. The engine also knows each user, of %d that are registered, and writes an\n"+
		"audit row; the peers do not. Users were looked at less than a minute before and are in memory, where nothing else is said.\n"+
		"Each figure is the middle of %d rounds in which all took turns. PostgreSQL: %s, otherwise its defaults.\n"+
		"Peers on PostgreSQL have up to %d connections, Redis one for each client.",
		r.options.users, r.options.rounds, settingsText(), peerConnections)
	p.table(" who", "stocks", "clients", "issues/s", "p50 ms", "p99 ms", "CPU µs app", "database", "both")
	for _, f := range r.sales {
		p.row(f.contender, f.stocks, f.clients, f.perSecond, milliseconds(f.p50), milliseconds(f.p99),
			microseconds(f.app), microseconds(f.database), microseconds(f.cpu()))
	}
}

func (r *report) writeSpent(p *page) {
	if len(r.spent) == 0 {
		return
	}
	p.say("## Redemptions and vouchers, without HTTP and signatures")
	p.say("%d clients on one stock of one merchant, as fast as they are answered; CPU µs for each.", spendClients)
	p.table(" engine", " what", "per second", "p50 ms", "p99 ms", "CPU µs app", "database", "both")
	for _, f := range r.spent {
		p.row(f.engine, f.what, f.perSecond, milliseconds(f.p50), milliseconds(f.p99),
			microseconds(f.app), microseconds(f.database), microseconds(f.cpu()))
	}
}

func (r *report) writeGrowth(p *page) {
	if len(r.growth) == 0 {
		return
	}
	p.say("## Growth")
	p.say("CPU µs of app and database for one issue, %d clients. Coupons lie in %d other stocks.", growthClients, manyStocks)
	p.table(" engine", " what grows", "size", "issues/s", "p99 ms", "CPU µs", "to the smallest")
	first := map[string]time.Duration{}
	for _, f := range r.growth {
		key := f.engine + f.what
		if first[key] == 0 {
			first[key] = f.cpu()
		}
		p.row(f.engine, f.what, f.size, f.perSecond, milliseconds(f.p99), microseconds(f.cpu()), ratio(f.cpu(), first[key]))
	}
}

func (r *report) writeCodes(p *page) {
	if len(r.codes) == 0 {
		return
	}
	p.say("## Calls about uploaded codes")
	p.say("CPU µs of app and database for one call, %d clients, on the stock that has the codes.", codeClients)
	p.table(" engine", " call", "codes", "calls/s", "p50 ms", "p99 ms", "CPU µs", "to the smallest")
	first := map[string]time.Duration{}
	for _, f := range r.codes {
		key := f.engine + f.what
		if first[key] == 0 {
			first[key] = f.cpu()
		}
		p.row(f.engine, f.what, f.size, f.perSecond, milliseconds(f.p50), milliseconds(f.p99), microseconds(f.cpu()), ratio(f.cpu(), first[key]))
	}
}

func (r *report) writeRest(p *page) {
	p.say("## Start and size")
	p.table(" ", "")
	if r.firstStart > 0 {
		p.row("start to ready, new data directory (median of 5)", fmt.Sprintf("%d ms", r.firstStart.Milliseconds()))
		p.row("start to ready, existing data directory", fmt.Sprintf("%d ms", r.nextStart.Milliseconds()))
		p.row("memory at rest", fmt.Sprintf("%.1f MB", megabytes(r.restBytes)))
	}
	p.row("binary", fmt.Sprintf("%.1f MB", megabytes(r.binaryBytes)))
}

func (r *report) writeProofs(p *page) {
	p.say("## Proofs")
	p.table(" after", " holds", " found")
	for _, one := range r.proofs {
		p.row(one.what, map[bool]string{true: "yes", false: "**NO**"}[one.holds], strings.TrimSuffix(strings.ReplaceAll(one.found, "\n", " "), "; "))
	}
}
