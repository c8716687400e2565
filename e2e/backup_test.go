package e2e

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/favord/favord/internal/size"
)

// A sale has so many backups, between and during so many coupons. Whoever has bought so many waits:
// without that a sale would grow while it is compared, each time by what it was. As each backup is held
// to all that was sold before, more of them are of more sales, and not of a longer one.
const (
	backups = 3
	between = 25
	during  = 50
)

// TestABackupHoldsEverythingThatWasAcknowledgedBeforeIt makes backups during sales, restores each
// and holds it to every answer that had been given when it was begun.
func TestABackupHoldsEverythingThatWasAcknowledgedBeforeIt(t *testing.T) {
	t.Parallel()
	sales, held, sold := size.Counts{Usual: 1, Hour: 10, Night: 100}.Of(t), 0, 0
	for n := range sales {
		heldNow, soldNow := backUpASale(t)
		held, sold = held+heldNow, sold+soldNow
		size.Tell(t, n+1, sales, "sales")
	}
	t.Logf("proof P17: %d backups under load, %d coupons acknowledged before their marks, all restored; %d sold",
		sales*backups, held, sold)
}

// backUpASale returns how many coupons its backups were held to, and how many were sold.
func backUpASale(t *testing.T) (held, total int) {
	t.Helper()
	dir, kept := t.TempDir(), t.TempDir()
	file, keys := filepath.Join(kept, "backup.tar.gz"), filepath.Join(t.TempDir(), "keys")
	p := start(t, dir, t.TempDir())
	stock, sold := createStock(t, p), newLedger()
	end := p.sell(t, sold, stock)
	for range backups {
		sold.goOn(between, during)
		before := sold.copy()
		favord(t, "backup", "create", file, "--data", dir, "--keys", keys)
		favord(t, "backup", "verify", file, "--key-file", filepath.Join(keys, "kek"))
		restored := filepath.Join(t.TempDir(), "data")
		favord(t, "backup", "restore", file, "--data", restored, "--keys", keys)
		again := start(t, restored, t.TempDir())
		for number := range before.told {
			again.check(t, before, stock, number)
		}
		again.checkInvariants(t, restored)
		held += len(before.told)
		if err := errors.Join(os.Remove(file), os.RemoveAll(keys)); err != nil {
			t.Fatal(err)
		}
	}
	end()
	p.checkAll(t, sold, stock)
	p.checkInvariants(t, dir)
	return held, len(sold.told)
}

// sell has clients buy until the function that it returns is called.
func (p *process) sell(t *testing.T, l *ledger, stock string) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	caller := p.caller(t)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for l.mayGoOn(ctx) {
				number := l.number()
				f, err := p.live(context.WithoutCancel(ctx), caller, stock, number)
				if err != nil {
					t.Errorf("%s: %v", number, err)
					return
				}
				l.acknowledge(number, f)
			}
		})
	}
	stop := func() {
		cancel()
		l.goOn(0, 0) // who waits sees that it is over
	}
	t.Cleanup(stop)
	return func() {
		stop()
		wg.Wait()
	}
}

// goOn has clients buy so many and returns; they buy as many more as it says, and then wait.
func (l *ledger) goOn(now, later int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	enough := len(l.told) + now
	l.most = enough + later
	l.more.Broadcast()
	for len(l.told) < enough {
		l.more.Wait()
	}
}

// mayGoOn waits until clients may buy, and reports false when the sale is over.
func (l *ledger) mayGoOn(ctx context.Context) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ctx.Err() == nil && len(l.told) >= l.most {
		l.more.Wait()
	}
	return ctx.Err() == nil
}

// copy is what was acknowledged until now.
func (l *ledger) copy() *ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &ledger{told: maps.Clone(l.told)}
}

// favord runs the program, which must succeed.
func favord(t *testing.T, args ...string) {
	t.Helper()
	if output, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput(); err != nil {
		t.Fatalf("favord %v: %v\n%s", args, err, output)
	}
}
