//go:build upgrade

package e2e

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
)

// previousProgram names the variable with the path of the previous release's program, which `make
// upgrade-test` builds.
const previousProgram = "FAVORD_PREVIOUS"

// callsBetween is how many calls are answered, at least, between two replacements.
const callsBetween = 100

// until waits until so many calls more were answered.
func (l *load) until(more int64) {
	for goal := l.answered.Load() + more; l.answered.Load() < goal; {
		<-l.more
	}
}

// numbers are those of the coupons that were sent.
func (l *load) numbers() map[string]string {
	sent := map[string]string{}
	for n := range l.next.Load() {
		number := loadNumber(n + 1)
		sent[number] = number
	}
	return sent
}

// TestAReleaseReplacesThePreviousOneWithoutAFailedCall runs both on one database behind a proxy
// that repeats nothing, under load: two nodes of the previous release are replaced one by one. At
// the end the invariants hold, and each coupon was told of once.
func TestAReleaseReplacesThePreviousOneWithoutAFailedCall(t *testing.T) {
	t.Parallel()
	program := os.Getenv(previousProgram)
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("make upgrade-test builds the previous release: %v", err)
	}
	dir, database := t.TempDir(), pgtest.Shared(t).Empty(t)
	node := func(program string) *process {
		return serveFileWith(t, program, dir, fmt.Sprintf("database: {url: %q, connections: 4}", database))
	}
	x := newProxy(t)
	nodes := []*process{node(program), node(program)}
	for _, p := range nodes {
		x.add(t, p)
	}
	shop := openInbox(t, nodes[0].receiverOf(t), 0)
	callback := &busifavor.SetCallbackRequest{NotifyURL: shop.URL + "/notify"}
	if _, err := nodes[0].caller(t).BusiFavor().SetCallback(t.Context(), callback); err != nil {
		t.Fatal(err)
	}
	load := newLoad(t, nodes[0], x)
	var before string // what the nodes of the previous release say
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() { load.run(t) })
	}
	for i, old := range nodes {
		load.until(callsBetween)
		nodes[i] = node(binary)
		x.add(t, nodes[i])
		load.until(callsBetween) // both releases serve
		if err := old.stop(); err != nil {
			t.Errorf("node %d ends with %v", i, err)
		}
		before += old.errors.String()
	}
	load.until(callsBetween)
	close(load.done)
	workers.Wait()
	numbers := load.numbers()
	for shop.missing(numbers) > 0 { // nobody asks for one to be sent again: that would be told twice
		<-shop.arrived
	}
	for number, n := range shop.got {
		if n != 1 {
			t.Errorf("%s was told of %d times", number, n)
		}
	}
	if load.failed.Load() > 0 || len(shop.got) != len(numbers) {
		t.Errorf("%d calls failed; %d coupons, %d told of", load.failed.Load(), len(numbers), len(shop.got))
	}
	if err := nodes[1].stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, nodes[1].errors.String())
	}
	nodes[0].checkInvariants(t, dir, "--database", database)
	if t.Failed() {
		t.Logf("said of the previous release:\n%s", before)
	}
	t.Logf("proof P18: 2 nodes of the previous release replaced, %d calls answered, %d failed, %d coupons, each told of once",
		load.answered.Load(), load.failed.Load(), len(numbers))
}
