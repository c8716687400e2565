package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/favord/favord/internal/load"
)

// callFigures are those of one scenario over HTTP.
type callFigures struct {
	engine, scenario string
	result           *load.Result
	used             usage
	signed           int
	signedIn         time.Duration
}

// usage is processor time.
type usage struct{ server, database, generator time.Duration }

func (u usage) minus(o usage) usage {
	return usage{server: u.server - o.server, database: u.database - o.database, generator: u.generator - o.generator}
}

// per divides by a number of calls.
func (u usage) per(calls int) usage {
	n := time.Duration(max(1, calls))
	return usage{server: u.server / n, database: u.database / n, generator: u.generator / n}
}

// overloadFigures are those of an overload.
type overloadFigures struct {
	engine string
	load.Overload
	during *load.Result
	used   usage
	// restBytes is the memory before, peakBytes the most during the overload.
	restBytes, peakBytes int64
}

// bed is a server under load, and what it stands on.
type bed struct {
	*bench
	*server
	engine   string
	dir      string
	database string
	target   load.Target
}

// httpClients is how many wait for their answers at once: enough to keep every core busy.
func httpClients() int {
	const perCore = 32
	return perCore * runtime.GOMAXPROCS(0)
}

// onSM2 is SQLite with a merchant who signs with SM2.
const onSM2 = "SQLite, SM2"

// measureHTTP puts signed calls on a server on each engine.
func (b *bench) measureHTTP(ctx context.Context) error {
	if err := b.serveHTTP(ctx, "SQLite", ""); err != nil {
		return err
	}
	if b.cluster != nil {
		url, err := b.database(ctx, "http")
		if err != nil {
			return err
		}
		if err := b.serveHTTP(ctx, "PostgreSQL", url); err != nil {
			return err
		}
	}
	if err := b.serveHTTP(ctx, onSM2, ""); err != nil {
		return err
	}
	// The machine may be slower by now than it was at first: the floor is the mean.
	again, err := takeFloor(ctx)
	if err != nil {
		return err
	}
	b.report.addFloor(again)
	return nil
}

// serveHTTP runs every scenario on one server, then proves its database.
func (b *bench) serveHTTP(ctx context.Context, engine, database string) (err error) {
	dir, err := os.MkdirTemp("", "favord-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var flags []string
	if engine == onSM2 {
		flags = append(flags, "--sm2")
	}
	s, err := startServer(ctx, b.binary, dir, database, flags...)
	if err != nil {
		return err
	}
	running := &bed{bench: b, server: s, engine: engine, dir: dir, database: database}
	if running.target, err = s.target(); err == nil {
		err = running.playAll(ctx)
	}
	if err := errors.Join(err, s.stop()); err != nil {
		return err
	}
	return running.check(ctx)
}

func (b *bed) playAll(ctx context.Context) error {
	if b.engine == onSM2 {
		return b.play(ctx, "hot")
	}
	for _, scenario := range []string{"hot", "stocks", "mixed", "repeats"} {
		if err := b.play(ctx, scenario); err != nil {
			return fmt.Errorf("%s: %w", scenario, err)
		}
	}
	return b.overload(ctx)
}

func (b *bed) use() usage {
	u := usage{server: b.cpu(), generator: ownCPU()}
	if b.database != "" {
		u.database = treeCPU(b.cluster.Pid())
	}
	return u
}

func (b *bed) play(ctx context.Context, scenario string) error {
	progress("http: %s on %s", scenario, b.engine)
	var used usage
	report, err := load.Play(ctx, b.target, scenario, load.Plan{Duration: b.duration, Clients: httpClients()}, load.Options{
		Watch: func(string) func() {
			before := b.use()
			return func() { used = b.use().minus(before) }
		},
	})
	if err != nil {
		return err
	}
	b.report.proved(b.engine+" over HTTP, "+scenario, report.Proofs)
	result := report.Phases[0].Result
	b.report.calls = append(b.report.calls, callFigures{
		engine: b.engine, scenario: scenario, result: result, used: used.per(result.Answered()),
		signed: report.Signed, signedIn: report.SignedIn,
	})
	return nil
}

// overload asks for ten times what the server can do, and watches its memory.
func (b *bed) overload(ctx context.Context) error {
	progress("http: overload on %s", b.engine)
	figures := overloadFigures{engine: b.engine, restBytes: residentBytes(b.pid())}
	report, err := load.Play(ctx, b.target, "overload", load.Plan{Duration: b.overloadTime(), Clients: httpClients()}, load.Options{
		Watch: func(phase string) func() {
			before, stop := b.use(), b.watchMemory(ctx, &figures.peakBytes)
			return func() {
				stop()
				if phase == "overload" {
					figures.used = b.use().minus(before)
				}
			}
		},
	})
	if err != nil {
		return err
	}
	b.report.proved(b.engine+" over HTTP, overload", report.Proofs)
	figures.Overload = *report.Overload
	for _, phase := range report.Phases {
		if phase.Name == "overload" {
			figures.during = phase.Result
		}
	}
	b.report.overloads = append(b.report.overloads, figures)
	return nil
}

// overloadTime is long enough for what happens once, such as thousands of new connections,
// to weigh little.
func (b *bench) overloadTime() time.Duration { return max(b.duration, 5*time.Second) }

// watchMemory keeps the most memory that the server held until it is stopped.
func (b *bed) watchMemory(ctx context.Context, most *int64) (stop func()) {
	const every = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for ctx.Err() == nil {
			*most = max(*most, residentBytes(b.pid()))
			select {
			case <-ticker.C:
			case <-ctx.Done():
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// check proves the invariants of the database with the program's own command.
func (b *bed) check(ctx context.Context) error {
	progress("http: favord check on %s", b.engine)
	args := []string{"check", "--data", b.dir}
	if b.database != "" {
		path := filepath.Join(b.dir, "check.yaml")
		text := fmt.Sprintf("mode: sandbox\ndata: %q\ndatabase: {url: %q}\n", b.dir, b.cluster.DSN("http"))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		args = []string{"check", "--config", path}
	}
	command := exec.CommandContext(ctx, b.binary, args...) //nolint:gosec // named by the person who runs this
	command.Env = append(os.Environ(), "FAVORD_LANG=en")
	output, err := command.CombinedOutput()
	b.report.prove(proof{what: b.engine + " over HTTP, favord check", holds: err == nil, found: lastLine(output, err)})
	return nil
}

func lastLine(output []byte, err error) string {
	if err == nil {
		return "every invariant holds"
	}
	return string(output)
}
