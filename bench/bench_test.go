package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/load"
	"github.com/favord/favord/internal/rule/coupon"
)

func TestProcessorTimeIsReadFromProc(t *testing.T) {
	t.Parallel()
	got, ok := parseProcess("42 (a (strange) name) S 7 42 42 0 -1 4194560 1 2 3 4 150 50 20 10 20 0 1 0 99 1 1")
	want := process{parent: 7, own: 2 * time.Second, reaped: 300 * time.Millisecond}
	if !ok || got != want {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, wrong := range []string{"", "42 no name", "42 (x) S 1 2"} {
		if _, ok := parseProcess(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestAGoalSaysByHowMuchItIsMissed(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		goal   goal
		missed string
	}{
		{goal{want: 20, got: 15, measured: true}, "25 %"},
		{goal{want: 20, got: 20, measured: true}, ""},
		{goal{want: 20, got: 25, measured: true, atMost: true}, "25 %"},
		{goal{want: 20, got: 15, measured: true, atMost: true}, ""},
		{goal{want: 20}, ""},
	} {
		if got := one.goal.missedBy(); got != one.missed {
			t.Errorf("%+v is missed by %q", one.goal, got)
		}
	}
}

// filled is a report that has something of everything.
func filled() *report {
	r := &report{options: options{clients: numbers{64}, users: 10}, firstStart: time.Second, noRedis: true}
	r.addFloor(floor{sign: 800 * time.Microsecond, verify: 20 * time.Microsecond})
	r.addFloor(floor{sign: 900 * time.Microsecond, verify: 40 * time.Microsecond})
	r.calls = []callFigures{{engine: "SQLite", scenario: "hot", result: &load.Result{}, used: usage{server: time.Millisecond}}}
	r.overloads = []overloadFigures{{engine: "SQLite", Overload: load.Overload{Capacity: 100, Goodput: 70, Recovered: -1}, during: &load.Result{}}}
	r.sales = []saleFigures{
		{contender: onPostgres, stocks: 1, clients: 64, perSecond: 9000},
		{contender: rowLock, stocks: 1, clients: 64, perSecond: 450},
		{contender: onSQLite, stocks: 1, clients: 64, perSecond: 16_000},
	}
	r.spent = []spendFigures{{engine: "PostgreSQL", what: spendPay, saleFigures: saleFigures{perSecond: 17_000}}}
	for size, cost := range map[int]time.Duration{0: 60 * time.Microsecond, 1_000_000: 90 * time.Microsecond} {
		figures := growthFigures{engine: "SQLite", what: growCoupons, size: size}
		figures.app = cost
		r.growth = append(r.growth, figures)
	}
	if r.growth[0].size > 0 {
		r.growth[0], r.growth[1] = r.growth[1], r.growth[0]
	}
	r.proofs = []proof{{what: "a <b>", holds: true, found: "1 & 2"}}
	return r
}

func TestGoalsCompareWhatWasMeasured(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	r := filled()
	for _, g := range r.goals() {
		got[g.name] = g.reached()
	}
	for name, want := range map[string]string{
		"signatures alone ÷ server CPU per signed issue, SQLite":               "0.88",
		"signatures alone ÷ server CPU per signed issue, PostgreSQL":           "not measured",
		"engine on PostgreSQL ÷ PostgreSQL, row lock, issues/s, 64 clients":    "20.0×",
		"engine on SQLite ÷ Redis, appendfsync always, issues/s, 1024 clients": "not measured",
		"payment with one voucher, PostgreSQL, per second":                     "17000",
		"engine on SQLite, durable issues/s, the best number of clients":       "16000",
		"cost per issue by coupons, SQLite (0 → 1000000)":                      "1.50×",
		"goodput at ten times the capacity, SQLite":                            "70.0 %",
		"recovered after, SQLite":                                              "8.00 s",
		"start to ready, new data directory":                                   "1000 ms",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestAReportIsWhole(t *testing.T) {
	t.Parallel()
	r := filled()
	text := r.markdown("x.svg")
	for _, want := range []string{"## Goals", "## Floor", "## Overload", "## Redemptions", "## Growth", "comparison with Redis is missing", "![plot](x.svg)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(r.plot()))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
	}
	if err := r.sound(); err != nil {
		t.Error(err)
	}
	r.prove(proof{what: "x"})
	if err := r.sound(); !errors.Is(err, errUnproved) {
		t.Errorf("a broken proof gives %v", err)
	}
	if empty := (&report{}).plot(); !strings.HasSuffix(empty, "</svg>\n") {
		t.Errorf("an empty plot is %q", empty)
	}
}

func TestAnAxisEndsAtARoundNumber(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]float64{0: 1, 0.9: 1, 1.3: 1.6, 7: 8, 9: 10, 34_383: 40_000, 8_500: 10_000} {
		if got := roundUp(v); got < want*0.999 || got > want*1.001 {
			t.Errorf("%v ends at %v, want %v", v, got, want)
		}
	}
}

func TestSizesEndWithTheMost(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]int{0, 100, 150}, sizes(150, 0, 100, 1000)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{0, 100}, sizes(100, 0, 100, 1000)); diff != "" {
		t.Error(diff)
	}
}

func TestNumbersAreRead(t *testing.T) {
	t.Parallel()
	var n numbers
	if err := n.Set("1, 64,256"); err != nil || n.String() != "1,64,256" {
		t.Errorf("%s, %v", n.String(), err)
	}
	for _, wrong := range []string{"", "a", "0", "1,,2"} {
		if n.Set(wrong) == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestTheMiddleOfTheRoundsCounts(t *testing.T) {
	t.Parallel()
	var all []saleFigures
	for _, speed := range []float64{30, 10, 20} {
		all = append(all,
			saleFigures{contender: onSQLite, stocks: 1, clients: 64, perSecond: speed},
			saleFigures{contender: onSQLite, stocks: 1, clients: 256, perSecond: speed + 1},
			saleFigures{contender: rowLock, stocks: 1, clients: 64, perSecond: speed + 2})
	}
	got := middle(all)
	want := []saleFigures{
		{contender: onSQLite, stocks: 1, clients: 64, perSecond: 20},
		{contender: onSQLite, stocks: 1, clients: 256, perSecond: 21},
		{contender: rowLock, stocks: 1, clients: 64, perSecond: 22},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestASaleCountsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	b := &bench{options: options{users: 20}}
	e, err := b.openEngine(t.Context(), "SQLite")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.close() })
	if err := e.addStocks(t.Context(), 3, coupon.CodesByPlatform); err != nil {
		t.Fatal(err)
	}
	var numbers atomic.Int64
	s := sale{contender: e.contender(e.stocks), clients: 8, duration: time.Hour, most: 100, users: 20, numbers: &numbers}
	figures, acknowledged, err := s.run(t.Context())
	if err != nil || figures.issued != 100 || acknowledged < 100 || acknowledged > 108 {
		t.Fatalf("%+v, %d acknowledged, %v", figures, acknowledged, err)
	}
	for claimed, holds := range map[int64]bool{acknowledged: true, acknowledged + 1: false} {
		var r report
		if err := e.prove(t.Context(), &r, "test", claimed); err != nil || r.proofs[0].holds != holds {
			t.Errorf("%d claimed: %+v, %v", claimed, r.proofs, err)
		}
	}
}

func TestASaleEndsWithItsFirstError(t *testing.T) {
	t.Parallel()
	wrong := errors.New("on purpose")
	var numbers atomic.Int64
	s := sale{
		contender: contender{stocks: 1, issue: func(context.Context, claim) error { return wrong }},
		clients:   2, duration: time.Hour, users: 1, numbers: &numbers,
	}
	if _, _, err := s.run(t.Context()); !errors.Is(err, wrong) {
		t.Error(err)
	}
}
