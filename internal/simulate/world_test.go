package simulate

import (
	"context"
	"fmt"
	"hash"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/turns"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/powerloss"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// The size of a world.
const (
	// checkEvery is after how many steps the database is held against what was acknowledged.
	checkEvery = 100
	// mostTasks is how many calls are under way at most.
	mostTasks     = 24
	nodesInMemory = 3
)

// plan says which run it is. The same plan has the same course.
type plan struct {
	seed  uint64
	steps int
	// disk is there for a run over SQLite, whose disk loses power; nil is the engine in memory,
	// which fails over.
	disk *powerloss.Disk
	// without are the faults and calls that do not happen.
	without []string
}

// report says what a run did.
type report struct {
	hash uint64
	// lines are the history that the hash is of.
	lines                          []string
	steps, calls, acked, unclear   int
	crashes, failovers, deliveries int
	// failure is what is wrong; empty when nothing is.
	failure string
}

// world is the state of a run.
type world struct {
	tb    testing.TB
	plan  plan
	start time.Time
	// ahead is how much time has passed.
	ahead   time.Duration
	jumped  time.Duration
	engine  store.Store
	memory  *memstore.Store // nil over SQLite
	nodes   []*node
	tasks   []*task
	current *task
	book    *book
	history hash.Hash64
	report  report

	// lagging is true while the standby gets nothing; epoch counts the failovers.
	lagging bool
	epoch   int
	// quiet ends all faults.
	quiet bool
	dir   string
	shop  *shop
	// chances are streams of chance, one for each purpose, so that one which is switched off
	// changes no other.
	chances map[string]*rand.Rand
}

// task is something that goes on when it is told to.
type task struct {
	number  int
	node    *node
	next    func() (struct{}, bool)
	stop    func()
	turn    func()
	stalled int // the step until which it is not chosen
}

// killed unwinds a task whose node has died.
type killed struct{}

// chance is the stream for a purpose.
func (w *world) chance(purpose string) *rand.Rand {
	c := w.chances[purpose]
	if c == nil {
		h := fnv.New64a()
		_, _ = h.Write([]byte(purpose))
		c = rand.New(rand.NewPCG(w.plan.seed, h.Sum64()))
		w.chances[purpose] = c
	}
	return c
}

// happens draws whether something does, one time in many.
func (w *world) happens(what string, oneIn int) bool {
	drawn := w.chance(what).IntN(oneIn) == 0
	return drawn && !w.quiet && !slices.Contains(w.plan.without, what)
}

// note adds an event to the history.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf(format+"\n", args...)
	_, _ = w.history.Write([]byte(line))
	w.report.lines = append(w.report.lines, line)
}

// fail ends the run with what is wrong, unless something was before.
func (w *world) fail(format string, args ...any) {
	if w.report.failure == "" {
		w.report.failure = fmt.Sprintf(format, args...)
	}
}

// now is the time of the world.
func (w *world) now() time.Time { return w.start.Add(w.ahead) }

// run plays a plan.
func run(tb testing.TB, p plan) report {
	tb.Helper()
	w := &world{tb: tb, plan: p, history: fnv.New64a(), chances: map[string]*rand.Rand{}, start: beginning(p.seed)}
	w.open()
	defer func() { _ = w.engine.Close() }()
	w.shop = w.arrange()
	w.book = newBook(w)
	for range w.count() {
		w.nodes = append(w.nodes, w.boot(len(w.nodes)))
	}
	for w.report.steps = 1; w.report.steps <= p.steps && w.report.failure == ""; w.report.steps++ {
		w.step()
	}
	w.settle()
	for _, t := range w.tasks {
		t.stop()
	}
	w.report.hash = w.history.Sum64()
	return w.report
}

// beginning is a quarter to midnight in Beijing, before one of the days that matter.
func beginning(seed uint64) time.Time {
	days := []time.Time{
		time.Date(2026, 12, 5, 15, 45, 0, 0, time.UTC), time.Date(2028, 2, 28, 15, 45, 0, 0, time.UTC),
		time.Date(2028, 2, 29, 15, 45, 0, 0, time.UTC), time.Date(2026, 12, 31, 15, 45, 0, 0, time.UTC),
		time.Date(2027, 1, 31, 15, 45, 0, 0, time.UTC),
	}
	return days[seed%uint64(len(days))]
}

func (w *world) count() int {
	if w.plan.disk != nil {
		return 1
	}
	return nodesInMemory
}

// open makes the database.
func (w *world) open() {
	if w.plan.disk == nil {
		w.memory = memstore.New()
		w.memory.Draw(w.chance("codes").IntN)
		w.engine = w.memory
		w.listen()
		return
	}
	w.dir = w.tb.TempDir()
	w.reopen()
}

// reopen opens the file in the directory.
func (w *world) reopen() {
	s, err := sqlitestore.Open(w.tb.Context(), sqlitestore.Options{Path: filepath.Join(w.dir, "favord.db"), Mode: store.Sandbox})
	if err != nil {
		w.tb.Fatalf("seed %d, step %d: the database does not open: %v", w.plan.seed, w.report.steps, err)
	}
	w.engine = s
	w.listen()
}

// listen has news of changes reach every node: that of the change at once, the others late or
// never.
func (w *world) listen() {
	w.engine.OnChange(func(owner merchant.ID) {
		for _, n := range w.nodes {
			switch {
			case w.current != nil && w.current.node == n, owner == "":
				n.tell(owner)
			case w.happens("news lost", 10):
			default:
				n.news = append(n.news, owner)
			}
		}
	})
}

// step lets one task go on, after what may happen meanwhile.
func (w *world) step() {
	w.pass()
	w.trouble()
	w.hurry()
	if w.report.steps%checkEvery == 0 {
		w.book.check()
	}
}

// hurry begins a call, and lets some task go on.
func (w *world) hurry() {
	if len(w.tasks) < mostTasks && w.chance("begin").IntN(3) > 0 {
		w.begin()
	}
	var ready []*task
	for _, t := range w.tasks {
		if t.stalled <= w.report.steps || w.quiet {
			ready = append(ready, t)
		}
	}
	if len(ready) == 0 {
		return
	}
	t := ready[w.chance("next").IntN(len(ready))]
	if w.happens("stall", 60) {
		t.stalled = w.report.steps + w.chance("stalled").IntN(150)
	}
	w.resume(t)
}

func (w *world) resume(t *task) {
	w.current = t
	_, more := t.next()
	w.current = nil
	if !more {
		w.tasks = slices.DeleteFunc(w.tasks, func(one *task) bool { return one == t })
	}
}

// spawn makes a task of a node.
func (w *world) spawn(n *node, body func(ctx context.Context)) {
	t := &task{number: w.report.calls, node: n}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if p := recover(); p != nil {
				if _, is := p.(killed); !is {
					panic(p)
				}
			}
		}()
		t.turn = func() {
			if !yield(struct{}{}) {
				panic(killed{})
			}
		}
		body(turns.With(w.tb.Context(), t.turn))
	})
	w.tasks = append(w.tasks, t)
}

// yield lets others go on.
func (w *world) yield() {
	if w.current != nil {
		w.current.turn()
	}
}

// pass lets time pass: moments, and now and then a jump.
func (w *world) pass() {
	c := w.chance("time")
	w.ahead += time.Duration(c.IntN(400)) * time.Millisecond
	if c.IntN(50) == 0 {
		w.ahead += time.Duration(c.IntN(120)) * time.Second
	}
	const most = 48 * time.Hour // deliveries are given up after three days
	if w.happens("clock jump", 300) && w.jumped < most {
		forward := time.Duration(c.IntN(30)) * time.Hour
		w.ahead += forward
		w.jumped += forward
	}
	for _, n := range w.nodes {
		if w.happens("clock back", 400) {
			n.skew -= time.Duration(c.IntN(90_000)) * time.Millisecond
		} else if n.skew < -2*time.Second && c.IntN(20) == 0 {
			n.skew = time.Duration(c.IntN(4000)-2000) * time.Millisecond
		}
		n.clock.Set(w.now().Add(n.skew))
		if len(n.news) > 0 && c.IntN(4) == 0 {
			n.tell(n.news[0])
			n.news = n.news[1:]
		}
	}
}

// trouble is what happens to nodes and to the database.
func (w *world) trouble() {
	if w.happens("crash", 250) {
		w.crash(w.nodes[w.chance("crashed").IntN(len(w.nodes))])
	}
	if w.memory == nil {
		if w.happens("power", 400) {
			w.cut()
		}
		return
	}
	switch {
	case !w.lagging && w.happens("lag", 150):
		w.lagging = true
		w.memory.FallBehind()
		w.note("lag")
	case w.lagging && w.chance("lag ends").IntN(40) == 0:
		if w.happens("failover", 2) {
			w.failOver()
		} else {
			w.catchUp()
		}
	}
}

// catchUp has the standby get what it lacks.
func (w *world) catchUp() {
	w.lagging = false
	w.memory.CatchUp()
	w.note("caught up")
}

// failOver has the standby take over without what it lacks.
func (w *world) failOver() {
	w.lagging = false
	w.epoch++
	w.report.failovers++
	w.memory.FailOver()
	w.note("failover")
}

// crash ends a node with all that it does, and starts it again.
func (w *world) crash(n *node) {
	w.report.crashes++
	w.note("crash %d", n.number)
	for _, t := range slices.Clone(w.tasks) {
		if t.node == n {
			t.stop()
			w.tasks = slices.DeleteFunc(w.tasks, func(one *task) bool { return one == t })
		}
	}
	w.nodes[n.number] = w.boot(n.number)
}

// cut takes the power from the machine of the database, which is that of its node.
func (w *world) cut() {
	w.report.failovers++
	w.note("power")
	left := w.tb.TempDir()
	if _, err := w.plan.disk.Cut(w.dir, left, w.chance("left")); err != nil {
		w.tb.Fatal(err)
	}
	for _, t := range w.tasks {
		t.stop()
	}
	w.tasks = nil
	_ = w.engine.Close() // what it writes now is in the old directory
	w.dir = left
	w.reopen()
	w.nodes[0] = w.boot(0)
}

// settle ends all faults: what was begun ends, what was unclear is repeated, what waits is
// delivered, and the books are closed.
func (w *world) settle() {
	if w.report.failure != "" {
		return
	}
	if w.lagging {
		w.catchUp()
	}
	w.quiet = true
	w.drain()
	for range 20 {
		if w.book.repeatOpen() == 0 {
			break
		}
		w.drain()
	}
	for range 200 {
		w.ahead += 90 * time.Second
		w.pass()
		w.deliver(w.nodes[0])
		w.drain()
		if w.book.delivered() {
			break
		}
	}
	w.book.check()
	w.book.close()
}

// drain lets all tasks go on to their end.
func (w *world) drain() {
	const patience = 200_000
	for n := 0; len(w.tasks) > 0; n++ {
		if n == patience {
			w.fail("%d tasks do not end", len(w.tasks))
			return
		}
		w.pass()
		w.resume(w.tasks[w.chance("next").IntN(len(w.tasks))])
	}
}

// skewed is the clock of a node.
func skewed(w *world) *clock.Manual { return clock.NewManual(w.now()) }
