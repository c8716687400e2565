package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/favord/favord"

// listed is what `go list` says about a package.
type listed struct {
	Name       string
	ImportPath string
	Doc        string
	Dir        string
	GoFiles    []string
	Imports    []string
}

// packages lists the packages of the module, with more arguments for go list if there are any.
func packages(t *testing.T, more ...string) []listed {
	t.Helper()
	arguments := append([]string{"list", "-json=Name,ImportPath,Doc,Dir,GoFiles,Imports"}, more...)
	command := exec.CommandContext(t.Context(), "go", append(arguments, "./...")...)
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	list := packages(t)
	known := map[string]bool{}
	for _, r := range rings() {
		for name := range r.rooms {
			known[name] = true
		}
		t.Run(r.name+" ("+string(r.std)+")", func(t *testing.T) {
			t.Parallel()
			for _, wrong := range r.check(list) {
				t.Error(wrong)
			}
		})
	}
	for _, p := range list {
		if name := p.name(); !known[name] {
			t.Errorf("package %s is in no ring: say in rings what it may know", name)
		}
	}
}

// TestAPlantedImportIsFound puts a file that imports net/http into every package that must
// not, and wants each to be found.
func TestAPlantedImportIsFound(t *testing.T) {
	t.Parallel()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		planted := filepath.Join(t.TempDir(), "planted.go")
		text := "package " + p.Name + "\n\nimport _ \"net/http\"\n"
		if err := os.WriteFile(planted, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(p.Dir, "planted.go")] = planted
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	list := packages(t, "-overlay", file)
	for _, r := range rings() {
		want := 0
		if r.std != whole {
			want = len(r.rooms)
		}
		if found := r.check(list); len(found) != want {
			t.Errorf("%s: %d planted imports found, want %d: %q", r.name, len(found), want, found)
		} else {
			t.Logf("%s: %d of %d planted imports found", r.name, len(found), want)
		}
	}
}

// check returns a sentence for each import that a package of the ring must not have, and for
// each room without a package.
func (r *ring) check(list []listed) (wrong []string) {
	for name, may := range r.rooms {
		at := slices.IndexFunc(list, func(p listed) bool { return p.name() == name })
		if at < 0 {
			wrong = append(wrong, name+" is in the ring and nowhere else")
			continue
		}
		for _, imported := range list[at].Imports {
			if isStandard(imported) {
				if !r.std.has(imported) && !slices.Contains(may, imported) {
					wrong = append(wrong, fmt.Sprintf("%s imports %s; its part of the standard library is %s", name, imported, r.std))
				}
			} else if !slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, imported) }) {
				wrong = append(wrong, name+" imports "+imported)
			}
		}
	}
	return wrong
}

// has reports whether a package of the standard library belongs to the part.
func (p part) has(imported string) bool {
	below := func(parents ...string) bool {
		return slices.ContainsFunc(parents, func(parent string) bool {
			return imported == parent || strings.HasPrefix(imported, parent+"/")
		})
	}
	switch p {
	case whole:
		return true
	case noHTTP:
		return !below("net/http")
	case pure:
	}
	return imported == "net/url" || imported == "net/netip" ||
		!below("net", "os", "database", "log", "syscall", "unsafe", "plugin", "testing", "runtime", "C")
}

// name is the path of the package within the module.
func (p *listed) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// matches reports whether a pattern of the table allows an import: a package of this
// module, everything below one, or another module.
func matches(pattern, imported string) bool {
	first, _, _ := strings.Cut(pattern, "/")
	if !strings.Contains(first, ".") {
		pattern = module + "/" + pattern
	} else {
		pattern += "/..."
	}
	if below, found := strings.CutSuffix(pattern, "/..."); found {
		return imported == below || strings.HasPrefix(imported, below+"/")
	}
	return imported == pattern
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := p.name()
		if len(p.GoFiles) > 0 && len(strings.Fields(p.Doc)) < 6 {
			t.Errorf("package %s has no comment that says what it owns: %q", name, p.Doc)
		}
		if last := name[strings.LastIndexByte(name, '/')+1:]; slices.Contains([]string{"util", "utils", "common", "helpers", "models", "types", "base", "misc"}, last) {
			t.Errorf("package %s is named after nothing", name)
		}
	}
}
