package httpapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// pairs is how many pairs of each kind meet.
func pairs(tb testing.TB) int {
	tb.Helper()
	return size.Counts{Usual: 30, Hour: 100, Night: 1_000}.Of(tb)
}

// numbered are the operations with a request number, of both ports.
func numbered() []wire.Operation {
	return slices.DeleteFunc(slices.Concat(httpapi.Operations(), manage.Operations()), func(op wire.Operation) bool { return op.RequestNo == "" })
}

// TestTwinsOfEveryNumberedOperationHaveOneEffect walks the tables: two requests with one
// number come at once, with the same content and with other content. They must be answered
// as if one had come after the other, and leave as much behind.
func TestTwinsOfEveryNumberedOperationHaveOneEffect(t *testing.T) {
	t.Parallel()
	cases, operations := twinCases(), numbered()
	held := newTally()
	t.Cleanup(func() {
		t.Logf("proof P6: numbered operations with twins %d of %d, %d pairs of each kind", held.everywhere(), len(operations), pairs(t))
	})
	for _, op := range operations {
		if len(cases[op.ID]) == 0 {
			t.Errorf("%s has the request number %s, and no case of arguments here", op.ID, op.RequestNo)
		}
	}
	engines.Each(t, func(t *testing.T, s store.Store) {
		held.engine()
		p := newTwinPorts(t, s)
		for i, op := range operations {
			holds := len(cases[op.ID]) > 0
			for name, build := range cases[op.ID] {
				holds = p.run(&op, name, build) && holds
			}
			if holds {
				held.add(op.ID)
			}
			size.Tell(t, i+1, len(operations), "operations")
		}
		p.expectWhole(s)
	})
}

// tally counts on how many engines operations hold.
type tally struct {
	sync.Mutex
	engines int
	held    map[string]int
}

func newTally() *tally { return &tally{held: map[string]int{}} }

func (c *tally) engine() {
	c.Lock()
	defer c.Unlock()
	c.engines++
}

func (c *tally) add(id string) {
	c.Lock()
	defer c.Unlock()
	c.held[id]++
}

// everywhere returns how many operations hold on every engine.
func (c *tally) everywhere() (n int) {
	c.Lock()
	defer c.Unlock()
	for _, held := range c.held {
		if held == c.engines {
			n++
		}
	}
	return n
}

// twinPorts are both ports over one store.
type twinPorts struct {
	*fixture
	manage *console.Server
	// seen is the last entry of the audit that was counted, broken how often the test failed.
	seen   int64
	broken int
}

func (p *twinPorts) errorf(format string, args ...any) {
	p.t.Helper()
	p.broken++
	p.t.Errorf(format, args...)
}

func newTwinPorts(t *testing.T, s store.Store) *twinPorts {
	t.Helper()
	p := &twinPorts{fixture: newFixtureOf(t, options{gate: limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute}), takeAny: true, sm2: true, store: s})}
	business := clock.Same{Source: p.clock}
	var err error
	p.manage, err = console.New(console.Config{
		Version: "1", Sandbox: true, Time: p.clock, Log: slog.New(slog.DiscardHandler),
		Ledger: ledger.New(ledger.Config{Store: s, Clock: business}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outcome is what a pair led to: its answers, the successes first, and how many effects.
type outcome struct {
	answers [2]string
	effects int
}

// sequence is how the two requests of a pair come.
type sequence uint8

const (
	oneFirst sequence = iota
	otherFirst
	atOnce
)

// run compares pairs that meet with pairs of which one comes after the other, and reports
// whether all is well.
func (p *twinPorts) run(op *wire.Operation, name string, build twin) bool {
	p.t.Helper()
	p.broken = 0
	same := func(f *fixture) (request, request) {
		one, _ := build(f)
		return one, one
	}
	success, alone := fmt.Sprint(op.Success), p.alone(build)
	if got := p.meet(op, name+", again", same); got != (outcome{answers: [2]string{success, success}, effects: alone}) {
		p.errorf("%s, %s: a repeat gives %v, want %d effects", op.ID, name, got, alone)
	}
	if got := p.meet(op, name, build); got.answers[0] != success || got.effects < alone {
		p.errorf("%s, %s: one after the other gives %v, want %d effects or more", op.ID, name, got, alone)
	}
	return p.broken == 0
}

// alone returns how many effects a request has that comes once.
func (p *twinPorts) alone(build twin) int {
	p.t.Helper()
	one, _ := build(p.fixture)
	send := p.prepare(one)
	p.effects()
	answer, err := send()
	if err != nil {
		p.t.Fatal(err)
	}
	p.read(answer)
	return p.effects()
}

// meet sends pairs, and returns what comes of one that does not meet.
func (p *twinPorts) meet(op *wire.Operation, name string, build twin) outcome {
	p.t.Helper()
	first, second := p.pair(op, build, oneFirst), p.pair(op, build, otherFirst)
	for i := range pairs(p.t) {
		if got := p.pair(op, build, atOnce); got != first && got != second {
			p.errorf("%s, %s, pair %d: got %v, want %v or %v", op.ID, name, i, got, first, second)
			break
		}
	}
	return first
}

// pair makes two requests of one number, and sends them.
func (p *twinPorts) pair(op *wire.Operation, build twin, how sequence) outcome {
	p.t.Helper()
	one, other := build(p.fixture)
	if how == otherFirst {
		one, other = other, one
	}
	send := [2]func() (*http.Response, error){p.prepare(one), p.prepare(other)}
	p.effects()
	var answers [2]*http.Response
	var errs [2]error
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range send {
		wg.Go(func() {
			if how == atOnce {
				<-start
			}
			answers[i], errs[i] = send[i]()
		})
		if how != atOnce {
			wg.Wait()
		}
	}
	close(start)
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		p.t.Fatal(err)
	}
	replies := [2]reply{p.read(answers[0]), p.read(answers[1])}
	if one.target == other.target && one.body == other.body && replies[0].body != replies[1].body {
		p.errorf("%s: a repeat gets %q, and not %q", op.ID, replies[1].body, replies[0].body)
	}
	got := outcome{answers: [2]string{p.told(op, replies[0]), p.told(op, replies[1])}, effects: p.effects()}
	slices.Sort(got.answers[:])
	return got
}

// told sums an answer up, which must be documented.
func (p *twinPorts) told(op *wire.Operation, r reply) string {
	p.t.Helper()
	if r.status == op.Success {
		return fmt.Sprint(r.status)
	}
	_, documented := op.Documented(r.status, r.code(), r.message())
	if r.status >= http.StatusInternalServerError || !documented && op.Product != wire.Manage {
		p.errorf("%s: %d %s %q is not documented", op.ID, r.status, r.code(), r.message())
	}
	return fmt.Sprintf("%d %s %s", r.status, r.code(), r.message())
}

// prepare signs a request, and returns what sends it.
func (p *twinPorts) prepare(r request) func() (*http.Response, error) {
	p.t.Helper()
	if !strings.HasPrefix(r.target, "/manage/") {
		signed := p.sign(r)
		return func() (*http.Response, error) { return p.server.Client().Do(signed) }
	}
	local := httptest.NewRequestWithContext(p.t.Context(), r.method, r.target, strings.NewReader(r.body))
	local.Host, local.RemoteAddr, local.RequestURI = "127.0.0.1:18081", "127.0.0.1:50000", r.target
	local.Header.Set("Content-Type", "application/json")
	return func() (*http.Response, error) {
		recorder := httptest.NewRecorder()
		p.manage.ServeHTTP(recorder, local)
		return recorder.Result(), nil
	}
}

// effects returns how many entries the audit of alice got since it was asked last.
func (p *twinPorts) effects() int {
	p.t.Helper()
	count := 0
	if err := p.store.Read(p.t.Context(), func(tx store.ReadTx) error {
		const page = 100
		for {
			entries, err := tx.UnsealedAudit(p.t.Context(), alice, p.seen, page)
			count += len(entries)
			if len(entries) > 0 {
				p.seen = entries[len(entries)-1].ID
			}
			if err != nil || len(entries) < page {
				return err
			}
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	return count
}

// with returns a request with a leaf of its body changed.
func (f *fixture) with(r request, value any, path ...string) request {
	f.t.Helper()
	var body object
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		f.t.Fatal(err)
	}
	r.body = f.encode(set(body, value, path...))
	return r
}
