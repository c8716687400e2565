package e2e

import (
	"bufio"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store/pgtest"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	if text := os.Getenv(asWorker); text != "" {
		os.Exit(runWorker(text))
	}
	os.Exit(run(m))
}

// run builds the program once for all tests.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "favord-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "favord")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "../cmd/favord")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, output)
		return 1
	}
	return m.Run()
}

// process is a running sandbox.
type process struct {
	*sandbox.Environment
	command *exec.Cmd
	errors  strings.Builder // to be read when the process has ended
	ended   chan struct{}
	// replaced is closed when another process has taken its place.
	replaced chan struct{}
	how      error // to be read when the process has ended
}

// start runs a sandbox in a data directory until the test ends. Commands with the same
// state directory find it.
func start(t *testing.T, dir, state string, more ...string) *process {
	t.Helper()
	p, err := launch(dir, state, more...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// launch starts a sandbox and waits until it says that it is ready.
func launch(dir, state string, more ...string) (*process, error) {
	return serve(state, append([]string{
		"dev", "--data", dir, "--api", "127.0.0.1:0", "--manage", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--quiet",
	}, more...)...)
}

// serve starts a server of any kind.
func serve(state string, args ...string) (*process, error) {
	return serveWith(binary, state, args...)
}

// serveWith is serve for another release of the program.
func serveWith(program, state string, args ...string) (*process, error) {
	ready := filepath.Join(state, "ready.json")
	p := &process{ended: make(chan struct{}), replaced: make(chan struct{})}
	p.command = exec.CommandContext(context.Background(), program, append(args, "--ready-file", ready)...)
	p.command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state, "FAVORD_LANG=en")
	p.command.Stderr = &p.errors
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	told := make(chan struct{})
	go func() {
		defer close(p.ended)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			if strings.HasPrefix(scanner.Text(), "Favord ") {
				close(told)
			}
		}
		p.how = p.command.Wait()
	}()
	select {
	case <-told:
	case <-p.ended:
		return nil, fmt.Errorf("the sandbox ended: %w\n%s", p.how, p.errors.String())
	}
	e, err := sandbox.ReadEnvironment(ready)
	p.Environment = &e
	return p, err
}

// kill ends the process as a power switch would.
func (p *process) kill() {
	_ = p.command.Process.Signal(syscall.SIGKILL) // it may have ended by itself
	<-p.ended
}

// stop asks the process to finish, and returns how it ended.
func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.ended
	return p.how
}

// caller returns a client for the demo merchant.
func (p *process) caller(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(p.config(t), client.WithRetry(client.Retry{})) // a test wants to see each failure
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// config is that of a client for the demo merchant.
func (p *process) config(t *testing.T) client.Config {
	t.Helper()
	private, err := apiv3.ParseRSAPrivateKey(readFile(t, p.PrivateKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := apiv3.ParseCertificate(readFile(t, p.PlatformCertFile))
	if err != nil {
		t.Fatal(err)
	}
	key, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		t.Fatal(err)
	}
	return client.Config{
		BaseURL: p.APIURL, MchID: p.MchID, SerialNo: p.SerialNo, PrivateKey: private,
		PlatformKeys: map[string]*rsa.PublicKey{p.PlatformSerialNo: key},
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestAThirdPartyClientPlaysTheMainJob runs the scripts in axios with Node; make test
// installs what they need.
func TestAThirdPartyClientPlaysTheMainJob(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("axios/node_modules"); errors.Is(err, os.ErrNotExist) {
		t.Fatal("the third-party client is not installed: run `make test`, or `npm ci` in e2e/axios")
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		playWithAxios(t)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		playWithAxios(t, "--database", pgtest.Shared(t).Empty(t))
	})
}

// playWithAxios runs the scripts against a server with the given flags.
func playWithAxios(t *testing.T, flags ...string) {
	t.Helper()
	p := start(t, t.TempDir(), t.TempDir(), flags...)
	file := filepath.Join(t.TempDir(), "env.json")
	if err := p.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "--test", "--test-timeout=120000", "--test-force-exit", "--test-reporter=spec")
	node.Dir = "axios"
	node.Env = append(os.Environ(), "FAVORD_ENV_FILE="+file)
	output, err := node.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}
