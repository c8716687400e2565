package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/rsakey"
)

// figures are those of one kind of call.
type figures struct {
	name      string
	perSecond float64
	// cpu is the processor time of the server for one call.
	cpu      time.Duration
	p50, p99 time.Duration
}

// report is everything that a run measured.
type report struct {
	machine machine
	calls   int
	clients int

	sign, verify          time.Duration
	firstStart, nextStart time.Duration
	binaryBytes           int64
	restBytes             int64
	loadedBytes           int64
	figures               []figures
}

// machine says where a run took place.
type machine struct {
	cpu, system, compiler, commit string
	cores                         int
	at                            time.Time
}

func describeMachine(ctx context.Context) machine {
	return machine{
		cpu: cpuModel(), system: runtime.GOOS + "/" + runtime.GOARCH, compiler: runtime.Version(),
		commit: commit(ctx), cores: runtime.NumCPU(), at: clock.System{}.Now().UTC(),
	}
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func commit(ctx context.Context) string {
	output, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(output))
}

// print writes the report as Markdown, which is readable as it is.
func (r *report) print(w io.Writer) error {
	var b strings.Builder
	m := r.machine
	fmt.Fprintf(&b, "# Benchmark of %s\n\n", m.at.Format(time.DateTime))
	fmt.Fprintf(&b, "Commit %s, %s, %s, %d cores of %s. Server and load generator share the cores.\n\n", m.commit, m.compiler, m.system, m.cores, m.cpu)
	floor := r.sign + r.verify
	b.WriteString("| floor: RSA-2048 alone, by " + rsakey.Engine() + ", one core | µs | per second and core |\n|---|---:|---:|\n")
	for _, row := range []struct {
		name string
		took time.Duration
	}{{"sign", r.sign}, {"verify", r.verify}, {"verify + sign, as every call needs", floor}} {
		fmt.Fprintf(&b, "| %s | %d | %.0f |\n", row.name, row.took.Microseconds(), float64(time.Second)/float64(row.took))
	}
	fmt.Fprintf(&b, "\n| signed call, %d clients, %d calls | calls/s | p50 ms | p99 ms | server CPU µs per call | floor / server CPU |\n|---|---:|---:|---:|---:|---:|\n", r.clients, r.calls)
	for _, f := range r.figures {
		fmt.Fprintf(&b, "| %s | %.0f | %.1f | %.1f | %d | %.2f |\n", f.name, f.perSecond, milliseconds(f.p50), milliseconds(f.p99), f.cpu.Microseconds(), ratio(floor, f.cpu))
	}
	const mega = 1 << 20
	b.WriteString("\n| | |\n|---|---:|\n")
	fmt.Fprintf(&b, "| start to ready, new data directory (median of %d) | %d ms |\n", starts, r.firstStart.Milliseconds())
	fmt.Fprintf(&b, "| start to ready, existing data directory | %d ms |\n", r.nextStart.Milliseconds())
	fmt.Fprintf(&b, "| binary | %.1f MB |\n", float64(r.binaryBytes)/mega)
	fmt.Fprintf(&b, "| memory at rest | %.1f MB |\n", float64(r.restBytes)/mega)
	fmt.Fprintf(&b, "| memory after %d calls | %.1f MB |\n", len(r.figures)*r.calls, float64(r.loadedBytes)/mega)
	_, err := io.WriteString(w, b.String())
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// save keeps the report under the day and the commit.
func (r *report) save(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	path := filepath.Join(dir, r.machine.at.Format(time.DateOnly)+"-"+r.machine.commit+".md")
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	if err := r.print(f); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	progress("written to " + path)
	return f.Close()
}

func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}
