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

// TestProgramsForTheRealServiceReachTheSandbox runs programs that name no other host than
// that of the real service.
func TestProgramsForTheRealServiceReachTheSandbox(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	data := filepath.Join(t.TempDir(), "a folder") // Java's options lie in one variable, separated by blanks
	p := start(t, data, state)
	program := filepath.Join(t.TempDir(), "program")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./redirect").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, output)
	}
	for name, args := range map[string][]string{
		"Go":   {program, demoStock},
		"Java": {"java", "redirect/Sample.java", demoStock},
		"PHP":  {"php", "redirect/sample.php", demoStock},
		"curl": {"sh", "redirect/sample.sh", demoStock},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if output := p.run(t, state, ".", args...); !strings.Contains(output, demoStockName) {
				t.Errorf("it prints\n%s", output)
			}
		})
	}
}

// TestAThirdPartyClientReachesTheSandboxByItsDefaultHost plays the main job with a client
// that was told of no other host.
func TestAThirdPartyClientReachesTheSandboxByItsDefaultHost(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := start(t, t.TempDir(), state)
	ready := filepath.Join(state, "ready.json")
	t.Log(p.run(t, state, "axios", "env", "FAVORD_ENV_FILE="+ready, "FAVORD_DEFAULT_HOST=1", "node", "--test", "--test-reporter=spec"))
}
