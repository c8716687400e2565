package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// errMissing says that there is no PostgreSQL to test with.
var errMissing = fmt.Errorf(
	"pgtest: these tests need the server of PostgreSQL %d or newer, and none was found in PATH or /usr/lib/postgresql; install the package postgresql",
	Oldest)

// binaries returns the directory of the newest server programs.
func binaries(ctx context.Context) (string, error) {
	places, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", fmt.Errorf("pgtest: %w", err)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	best, newest := "", 0
	for _, place := range places {
		if v := version(ctx, filepath.Join(place, "postgres")); v >= Oldest && v > newest {
			best, newest = place, v
		}
	}
	if best == "" {
		return "", errMissing
	}
	return best, nil
}

// version asks a server program for its major version, 0 when it cannot tell.
func version(ctx context.Context, postgres string) int {
	output, err := exec.CommandContext(ctx, postgres, "--version").Output()
	words := strings.Fields(string(output))
	if err != nil || len(words) < 3 {
		return 0
	}
	major, _, _ := strings.Cut(words[2], ".")
	n, _ := strconv.Atoi(strings.TrimRight(major, "abcdefghijklmnopqrstuvwxyz"))
	return n
}

// run runs one of PostgreSQL's programs to its end.
func (c *Cluster) run(ctx context.Context, program string, args ...string) error {
	command := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...) //nolint:gosec // the path was found by binaries
	command.Dir = c.dir
	command.SysProcAttr = c.account.attributes()
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: %s: %w: %s", program, err, output)
	}
	return nil
}

// process is a server that was started.
type process struct {
	pid    int
	handle *os.Process
	done   chan struct{}
}

// spawn starts the server as a child of this process.
func (c *Cluster) spawn(ctx context.Context) (*process, error) {
	log, err := os.Create(c.logFile())
	if err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	defer func() { _ = log.Close() }()
	command := exec.CommandContext(context.WithoutCancel(ctx), //nolint:gosec // the path was found by binaries
		filepath.Join(c.bin, "postgres"), "-D", c.data(), "-p", strconv.Itoa(c.port))
	command.Dir = c.dir
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = c.account.attributes()
	started := make(chan error)
	p := &process{done: make(chan struct{})}
	go p.live(command, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("pgtest: start postgres: %w", err)
	}
	return p, nil
}

// live starts the server and waits for its end. It keeps its thread, because the
// server dies with the thread that started it.
func (p *process) live(command *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.done)
	if err := command.Start(); err != nil {
		started <- err
		return
	}
	p.pid, p.handle = command.Process.Pid, command.Process
	started <- nil
	_ = command.Wait() // how it ended is in its log
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop ends the server in good order: open transactions are rolled back.
func (p *process) stop() error { return p.end(syscall.SIGINT) }

// kill ends the server and the processes it has for its connections, so that nothing more
// is acknowledged: those would go on for a moment.
func (p *process) kill() error {
	if p == nil || p.ended() {
		return nil
	}
	stopForking(p.pid)
	for _, child := range children(p.pid) {
		_ = child.Kill()
	}
	return p.end(syscall.SIGKILL)
}

func (p *process) end(signal os.Signal) error {
	if p == nil || p.ended() {
		return nil
	}
	if err := p.handle.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("pgtest: end postgres: %w", err)
	}
	<-p.done
	return nil
}
