package e2e

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/favord/favord/internal/size"
)

// firstStart is how long a first start takes at most that matters: migrations, keys and the demo shop are
// written by then.
const firstStart = 400 * time.Millisecond

// TestAFirstStartThatIsKilledGoesOn kills the server while it makes its database, again and again, at
// any moment. The next start finishes what is missing, and nothing is there twice.
func TestAFirstStartThatIsKilledGoesOn(t *testing.T) {
	t.Parallel()
	starts := size.Counts{Usual: 12, Hour: 120, Night: 1_200}
	onBothEngines(t, engineCounts{starts, starts}, killFirstStarts)
}

func killFirstStarts(t *testing.T, cycles int, more ...string) {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	random := rand.New(rand.NewPCG(5, 6))
	for n := range cycles {
		startFor(t, time.Duration(random.Int64N(int64(firstStart))), state, append([]string{"--data", dir}, more...)...)
		size.Tell(t, n+1, cycles, "first starts")
	}
	p := start(t, dir, state, more...)
	stock := createStock(t, p)
	if _, err := p.caller(t).BusiFavor().SendCoupon(t.Context(), p.send(stock, "first")); err != nil {
		t.Error(err)
	}
	p.checkInvariants(t, dir, more...)
	t.Logf("proof P1: %d first starts killed, and the next one goes on", cycles)
}

// startFor runs a server for a while and kills it.
func startFor(t *testing.T, while time.Duration, state string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), while)
	defer cancel()
	command := exec.CommandContext(ctx, binary, append([]string{
		"dev", "--api", "127.0.0.1:0", "--manage", "127.0.0.1:0", "--no-proxy", "--quiet",
	}, args...)...)
	command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state, "FAVORD_LANG=en")
	if output, _ := command.CombinedOutput(); ctx.Err() == nil {
		t.Errorf("a start ended by itself: %s", output)
	}
}
