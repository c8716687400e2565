package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// quickstarts returns the commands of the samples of docs/quickstart.md by language, those
// whose language is on this machine.
func quickstarts(t *testing.T) map[string][]string {
	t.Helper()
	dir, err := filepath.Abs("../docs/examples/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, dir).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, output)
	}
	samples := map[string][]string{"Go": {program}}
	for _, l := range []struct {
		name    string
		probe   []string
		command []string
	}{
		{"Java", []string{"java", "-version"}, []string{"java", filepath.Join(dir, "Sample.java")}},
		{"PHP", []string{"php", "--ri", "curl"}, []string{"php", filepath.Join(dir, "sample.php")}},
		{"Node", []string{"node", "--version"}, []string{"node", besideItsModules(t, filepath.Join(dir, "sample.mjs"))}},
		{"Python", []string{"python3", "-c", "import cryptography"}, []string{"python3", filepath.Join(dir, "sample.py")}},
	} {
		if err := exec.CommandContext(t.Context(), l.probe[0], l.probe[1:]...).Run(); err != nil {
			t.Logf("%s is not run: %v: %v", l.name, l.probe, err)
			continue
		}
		samples[l.name] = l.command
	}
	return samples
}

// besideItsModules copies a script for Node to where the modules of the third-party client
// are found, as `npm install` would have put them, and returns the copy.
func besideItsModules(t *testing.T, script string) string {
	t.Helper()
	modules, err := filepath.Abs("axios/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, filepath.Base(script))
	if err := os.WriteFile(copied, readFile(t, script), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

// TestTheQuickStartsIssueAndRedeemACoupon runs every sample as the page says: redirected, with
// the real service's host, and with the sandbox as its base URL and nothing redirected.
func TestTheQuickStartsIssueAndRedeemACoupon(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := start(t, filepath.Join(t.TempDir(), "a folder"), state) // Java's options lie in one variable, separated by blanks
	played := regexp.MustCompile(`(?m)^issued (\d+)\nredeemed (\d+)$`)
	for language, command := range quickstarts(t) {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			for how, output := range map[string]string{
				"redirected":    p.run(t, state, ".", command...),
				"by a base URL": withBaseURL(t, state, command),
			} {
				if m := played.FindStringSubmatch(output); len(m) != 3 || m[1] != m[2] {
					t.Errorf("%s it prints\n%s", how, output)
				}
			}
		})
	}
}

// withBaseURL runs a sample without the redirect and returns what it prints.
func withBaseURL(t *testing.T, state string, sample []string) string {
	t.Helper()
	const script = `set -a; eval "$("$0" env --format dotenv)"; set +a; exec "$@" "$FAVORD_API_URL"`
	command := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, binary}, sample...)...)
	command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", sample, err, output)
	}
	return string(output)
}

// TestPrintedProgramsReachASandbox runs what `favord example --as` prints as it is printed.
func TestPrintedProgramsReachASandbox(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	start(t, t.TempDir(), state)
	for language, c := range map[string]struct{ file, program string }{
		"node": {"sample.mjs", "node"}, "python": {"sample.py", "python3"}, "curl": {"sample.sh", "sh"},
	} {
		for _, operation := range []string{"certificates.list", "busifavor.coupons.send"} {
			t.Run(language+" "+operation, func(t *testing.T) {
				t.Parallel()
				example := exec.CommandContext(t.Context(), binary, "example", operation, "--as", language)
				example.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state)
				text, err := example.Output()
				if err != nil {
					t.Fatal(err)
				}
				script := filepath.Join(t.TempDir(), c.file)
				if err := os.WriteFile(script, text, 0o600); err != nil {
					t.Fatal(err)
				}
				if language == "node" {
					script = besideItsModules(t, script)
				}
				output, err := exec.CommandContext(t.Context(), c.program, script).CombinedOutput()
				if err != nil || !regexp.MustCompile(`"(data|send_coupon_result)"`).Match(output) {
					t.Errorf("%v\n%s\n%s", err, output, text)
				}
			})
		}
	}
}
