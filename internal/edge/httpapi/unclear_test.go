package httpapi_test

import (
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/media"
)

// TestAnUnclearOutcomeIsSaidAndARepeatSettlesIt walks the tables: of every operation that changes
// something every commit is made unclear, one at a time, once so that it was done and once so that it
// was not. The caller is told 500 SYSTEM_ERROR, never a success and never a refusal; the same call
// again gets the documented answer, and so does each one after it; and all of them together leave as
// many effects as one call alone.
func TestAnUnclearOutcomeIsSaidAndARepeatSettlesIt(t *testing.T) {
	t.Parallel()
	var held, commits, operations, count atomic.Int64
	t.Cleanup(func() {
		t.Logf("proof P7: %d of %d unclear commits of %d writing operations on %d engines were said and settled by a repeat",
			held.Load(), commits.Load(), operations.Load(), count.Load())
	})
	engines.Each(t, func(t *testing.T, s store.Store) {
		count.Add(1)
		u := &storetest.Unclear{Store: s}
		p := &unclearPorts{twinPorts: newTwinPorts(t, u), unclear: u}
		var changing int64
		for _, op := range httpapi.Operations() {
			if !op.Changes() {
				continue
			}
			changing++
			alone := p.alone(p.building(&op))
			for _, outcome := range []storetest.Outcome{storetest.Committed, storetest.Abandoned} {
				lost := 0
				for p.lose(&op, lost, outcome, alone) {
					lost++
					if p.broken == 0 {
						held.Add(1)
					}
					p.broken = 0
				}
				if lost == 0 {
					t.Errorf("%s commits nothing", op.ID)
				}
				commits.Add(int64(lost))
			}
		}
		operations.Store(changing)
		p.expectWhole(s)
	})
}

// unclearPorts are ports over a store that loses commits.
type unclearPorts struct {
	*twinPorts
	unclear *storetest.Unclear
}

// building makes new requests of an operation that succeed, again and again.
func (p *unclearPorts) building(op *wire.Operation) twin {
	cases := twinCases()[op.ID]
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		return cases[name]
	}
	if op.ID == media.UploadImage { // the same image once more would change nothing
		return func(f *fixture) (request, request) {
			f.numbers++
			r := f.imageForm(form{file: padded(f.t, 5000+f.numbers)})
			return r, r
		}
	}
	return func(f *fixture) (request, request) {
		r := f.sample(op.ID)
		f.clock.Set(opened())
		return r, r
	}
}

// lose makes a call of which the commit after so many others is unclear, and repeats it. It returns
// false when the call has no such commit.
func (p *unclearPorts) lose(op *wire.Operation, before int, outcome storetest.Outcome, alone int) bool {
	p.t.Helper()
	r, _ := p.building(op)(p.fixture)
	captured := p.capture(r)
	p.effects()
	p.unclear.Lose(before, outcome)
	first := p.replay(captured, nil)
	if !p.unclear.Reached() {
		if first.status != op.Success {
			p.errorf("%s: %d %s", op.ID, first.status, first.body)
		}
		return false
	}
	if first.status != http.StatusInternalServerError || first.code() != "SYSTEM_ERROR" {
		p.errorf("%s, commit %d, outcome %d: the call is answered %d %s", op.ID, before, outcome, first.status, first.body)
	}
	repeat := func() reply {
		if op.ByNonce() {
			return p.replay(captured, nil) // the nonce is its number
		}
		return p.send(r)
	}
	second := repeat()
	if second.status != op.Success {
		p.errorf("%s, commit %d, outcome %d: the repeat is answered %d %s", op.ID, before, outcome, second.status, second.body)
	}
	if third := repeat(); third.status != second.status || third.body != second.body {
		p.errorf("%s, commit %d, outcome %d: %d %s, then %d %s", op.ID, before, outcome, second.status, second.body, third.status, third.body)
	}
	if effects := p.effects(); effects != alone {
		p.errorf("%s, commit %d, outcome %d: %d effects, one call alone has %d", op.ID, before, outcome, effects, alone)
	}
	return true
}
