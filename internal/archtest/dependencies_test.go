package archtest

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyHasAReason compares go.mod with docs/dependencies.md: each direct
// dependency has a row there, and each row is a dependency.
func TestEveryDependencyHasAReason(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]{10,} \\|").FindAllStringSubmatch(string(text), -1) {
		documented[row[1]] = true
	}
	command := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all")
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	direct := map[string]bool{}
	for path := range strings.FieldsSeq(string(output)) {
		direct[path] = true
	}
	for path := range direct {
		if !documented[path] {
			t.Errorf("%s is a dependency without a reason in docs/dependencies.md", path)
		}
	}
	for path := range documented {
		if !direct[path] {
			t.Errorf("docs/dependencies.md explains %s, which is no dependency", path)
		}
	}
}
