package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// demoStock is a stock of every sandbox, and demoStockName its name.
const (
	demoStock     = "1282070000000017"
	demoStockName = "满10元减5元"
)

// run runs a program under `favord run` and returns its output.
func (p *process) run(t *testing.T, state, dir string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, append([]string{"run", "--"}, args...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, output)
	}
	return string(output)
}

// TestAShellScriptForTheRealServiceReachesTheSandbox runs a program that names no other host
// than the real service's standby; those of the quick start, in other languages, name the main one.
func TestAShellScriptForTheRealServiceReachesTheSandbox(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := start(t, t.TempDir(), state)
	if output := p.run(t, state, ".", "sh", "redirect/sample.sh", demoStock); !strings.Contains(output, demoStockName) {
		t.Errorf("it prints\n%s", output)
	}
}

// TestAThirdPartyClientReachesTheSandboxByItsDefaultHost plays the main job with a client
// that was told of no other host.
func TestAThirdPartyClientReachesTheSandboxByItsDefaultHost(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := start(t, t.TempDir(), state)
	ready := filepath.Join(state, "ready.json")
	t.Log(p.run(t, state, "axios", "env", "FAVORD_ENV_FILE="+ready, "FAVORD_DEFAULT_HOST=1", "node", "--test", "--test-timeout=120000", "--test-force-exit", "--test-reporter=spec"))
}
