package simulate

import (
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store/powerloss"
)

// What to play.
var (
	seedFlag    = flag.Uint64("seed", 0, "play this run alone; 0 plays as many as the size says")
	stepsFlag   = flag.Int("steps", usualSteps, "how many steps a run has")
	withoutFlag = flag.String("without", "", "faults and calls that do not happen, between commas")
)

const (
	usualSteps = 1200
	// onDisk is how many of the runs are over SQLite: one in so many.
	onDisk = 20
)

// disk is the one that SQLite has in this process.
var disk = sync.OnceValues(powerloss.Install)

// planOf says how a seed is played.
func planOf(tb testing.TB, seed uint64) plan {
	tb.Helper()
	p := plan{seed: seed, steps: *stepsFlag}
	if *withoutFlag != "" {
		p.without = strings.Split(*withoutFlag, ",")
	}
	if seed%onDisk == 0 {
		d, err := disk()
		if err != nil {
			tb.Fatal(err)
		}
		p.disk = d
	}
	return p
}

// seeds lists what is played.
func seeds(tb testing.TB, count size.Counts) []uint64 {
	tb.Helper()
	if *seedFlag != 0 {
		return []uint64{*seedFlag}
	}
	list := make([]uint64, count.Of(tb))
	for i := range list {
		list[i] = uint64(i) + 1
	}
	return list
}

// TestNothingThatWasAcknowledgedIsLostWhateverHappens plays many runs, each from its seed.
func TestNothingThatWasAcknowledgedIsLostWhateverHappens(t *testing.T) { //nolint:tparallel // the group waits for its parts
	t.Parallel()
	var runs, steps, acked, unclear, crashes, failovers, deliveries atomic.Int64
	list, whole := seeds(t, size.Counts{Usual: 200, Hour: 4_000, Night: 84_000}), t
	t.Run("each", func(t *testing.T) {
		for _, seed := range list {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				p := planOf(t, seed)
				r := run(t, p)
				if r.failure != "" {
					t.Error(explain(t, p, r))
				}
				if *seedFlag != 0 {
					t.Logf("seed %d: hash %016x after %d steps, %d calls, %d acknowledged", seed, r.hash, r.steps-1, r.calls, r.acked)
				}
				for counter, n := range map[*atomic.Int64]int{
					&steps: r.steps, &acked: r.acked, &unclear: r.unclear,
					&crashes: r.crashes, &failovers: r.failovers, &deliveries: r.deliveries,
				} {
					counter.Add(int64(n))
				}
				size.Tell(whole, int(runs.Add(1)), len(list), "runs")
			})
		}
	})
	t.Logf("%d runs: %d steps, %d calls acknowledged and %d unclear, %d crashes, %d failovers and losses of power, %d deliveries",
		runs.Load(), steps.Load(), acked.Load(), unclear.Load(), crashes.Load(), failovers.Load(), deliveries.Load())
	all := *seedFlag == 0 && *withoutFlag == ""
	for what, n := range map[string]*atomic.Int64{
		"acknowledged": &acked, "unclear": &unclear, "crashed": &crashes, "failed over": &failovers, "delivered": &deliveries,
	} {
		if all && n.Load() == 0 {
			t.Errorf("nothing was %s, which proves nothing", what)
		}
	}
	t.Logf("proof P4: %d simulated steps, %d acknowledged calls, 0 limits exceeded", steps.Load(), acked.Load())
	t.Logf("proof P16: %d simulated runs over midnight, leap day and year's end with clocks that jump", runs.Load())
}

// TestARunIsPlayedAgainAsItWas compares the histories of runs that are played twice.
func TestARunIsPlayedAgainAsItWas(t *testing.T) {
	t.Parallel()
	again := seeds(t, size.Counts{Usual: 20, Hour: 200, Night: 2_000})
	t.Logf("%d runs are played twice", len(again))
	for _, seed := range again {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := planOf(t, seed)
			first, second := run(t, p), run(t, p)
			if first.hash == second.hash {
				return
			}
			at := 0
			for at < min(len(first.lines), len(second.lines)) && first.lines[at] == second.lines[at] {
				at++
			}
			t.Errorf("seed %d: %016x, then %016x; from event %d on:\n%q\n%q", seed, first.hash, second.hash, at,
				first.lines[at:min(at+3, len(first.lines))], second.lines[at:min(at+3, len(second.lines))])
		})
	}
}

// explain shrinks a run that fails, and says how to play what is left of it.
func explain(t *testing.T, p plan, r report) string {
	t.Helper()
	p, r = shrink(t, p, r)
	commit := "unknown"
	if output, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--short=12", "HEAD").Output(); err == nil {
		commit = strings.TrimSpace(string(output))
	}
	again := fmt.Sprintf("go test ./internal/simulate -run Acknowledged -seed %d -steps %d", p.seed, p.steps)
	if len(p.without) > 0 {
		again += fmt.Sprintf(" -without %q", strings.Join(p.without, ","))
	}
	return fmt.Sprintf("%s\nseed %d, commit %s, %d steps; play it again: %s", r.failure, p.seed, commit, p.steps, again)
}

// shrink takes from a run all that it does not need in order to fail: faults, kinds of calls, and
// steps.
func shrink(t *testing.T, p plan, r report) (plan, report) {
	t.Helper()
	p.steps = min(p.steps, r.steps)
	try := func(smaller plan) {
		if got := run(t, smaller); got.failure != "" {
			p, r = smaller, got
			p.steps = min(p.steps, max(1, got.steps))
		}
	}
	kinds := slices.Sorted(maps.Keys((&world{}).kinds()))
	for _, one := range append(faults(), kinds...) {
		smaller := p
		smaller.without = append(slices.Clone(p.without), one)
		try(smaller)
	}
	for cut := p.steps / 2; cut > 0; cut /= 2 {
		smaller := p
		smaller.steps -= cut
		if smaller.steps > 0 {
			try(smaller)
		}
	}
	return p, r
}

// faults lists what can go wrong.
func faults() []string {
	return []string{
		"crash", "power", "lag", "failover", "stall", "duplicate", "news lost", "clock jump", "clock back",
		"broken", "read broken", "full", "unclear undone", "unclear done",
	}
}
