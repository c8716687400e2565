package e2e

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheRailsPageIsTrueInANewSandbox runs every command of docs/rail.md, in both languages, as it is printed.
func TestTheRailsPageIsTrueInANewSandbox(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)\n```\n(.*?\n)```\n")
	for _, page := range []string{"rail.md", "rail.zh-CN.md"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			p := start(t, t.TempDir(), state)
			script := "PATH='" + filepath.Dir(binary) + "':\"$PATH\"\n"
			for _, block := range blocks.FindAllStringSubmatch(string(readFile(t, "../docs/"+page)), -1) {
				script += block[1]
			}
			output := p.run(t, state, t.TempDir(), "sh", "-ec", script)
			for _, want := range []string{"4200000001  20", "5030000001  20"} {
				if !strings.Contains(output, want) {
					t.Errorf("no line begins with %s:\n%s", want, output)
				}
			}
		})
	}
}
