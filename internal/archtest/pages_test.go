package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheQuickStartShowsItsSamplesWordForWord compares the page, in both languages, with the
// files that the end-to-end tests run; -update writes the page.
func TestTheQuickStartShowsItsSamplesWordForWord(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob("../../docs/examples/quickstart/*.*")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	block := regexp.MustCompile("(?s)(\\]\\((examples/quickstart/[^)]+)\\)[^\n]*\n\n```[a-z]+\n).*?```\n")
	for _, page := range []string{"../../docs/quickstart.md", "../../docs/quickstart.zh-CN.md"} {
		have := read(t, page)
		shown := map[string]bool{}
		want := block.ReplaceAllStringFunc(have, func(found string) string {
			parts := block.FindStringSubmatch(found)
			shown[filepath.Base(parts[2])] = true
			return parts[1] + read(t, "../../docs/"+parts[2]) + "```\n"
		})
		for _, sample := range samples {
			if !shown[filepath.Base(sample)] {
				t.Errorf("%s does not show %s", page, sample)
			}
		}
		if *update {
			if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(have, want); diff != "" {
			t.Errorf("%s is out of date (go test ./internal/archtest -update):\n%s", page, diff)
		}
	}
}

// TestEveryPageIsInTheIndexAndItsLinksLeadSomewhere looks at the pages in docs and the
// READMEs of the project.
func TestEveryPageIsInTheIndexAndItsLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	index := map[bool]string{
		false: read(t, "../../docs/README.md"),
		true:  read(t, "../../docs/README.zh-CN.md"),
	}
	code := regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	link := regexp.MustCompile(`\]\(([^):#]+)(?:#[^)]*)?\)`)
	for _, page := range append(pages, "../../README.md", "../../README.zh-CN.md") {
		name := filepath.Base(page)
		if !strings.HasPrefix(name, "README") && !strings.Contains(index[strings.HasSuffix(name, ".zh-CN.md")], "("+name+")") {
			t.Errorf("the index does not name %s", name)
		}
		for _, found := range link.FindAllStringSubmatch(code.ReplaceAllString(read(t, page), ""), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), found[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, found[1], err)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
