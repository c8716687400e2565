package archtest

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyHasAReason compares go.mod and the console's package.json with
// docs/dependencies.md: each direct dependency has a row there, and each row names
// dependencies.
func TestEveryDependencyHasAReason(t *testing.T) {
	t.Parallel()
	modules, packages, found := strings.Cut(read(t, "../../docs/dependencies.md"), "\n## The console\n")
	if !found {
		t.Fatal("docs/dependencies.md has no part about the console")
	}
	compareDependencies(t, goModules(t), explained(modules))
	compareDependencies(t, npmPackages(t), explained(packages))
}

// explained returns the names in the first column of a table whose second has a reason.
func explained(page string) map[string]bool {
	names := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (`+"`[^|]+`"+`) \| [^|]{10,} \|`).FindAllStringSubmatch(page, -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			names[name[1]] = true
		}
	}
	return names
}

func goModules(t *testing.T) map[string]bool {
	t.Helper()
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
	return direct
}

func npmPackages(t *testing.T) map[string]bool {
	t.Helper()
	var manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal([]byte(read(t, "../../web/package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	direct := map[string]bool{}
	for _, list := range []map[string]string{manifest.Dependencies, manifest.DevDependencies} {
		for name, version := range list {
			direct[name] = true
			if strings.ContainsAny(version, "^~*><") {
				t.Errorf("%s is not pinned: %s", name, version)
			}
		}
	}
	return direct
}

func compareDependencies(t *testing.T, direct, documented map[string]bool) {
	t.Helper()
	for name := range direct {
		if !documented[name] {
			t.Errorf("%s is a dependency without a reason in docs/dependencies.md", name)
		}
	}
	for name := range documented {
		if !direct[name] {
			t.Errorf("docs/dependencies.md explains %s, which is no dependency", name)
		}
	}
}
