package archtest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// TestTheTreeOfTheArchitectureIsComplete compares the tree in docs/ARCHITECTURE.md with the
// folders that are there: every package is in it, and everything in it is a folder.
func TestTheTreeOfTheArchitectureIsComplete(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := treeOf(string(text))
	for folder := range named {
		if info, err := os.Stat(filepath.Join(root, folder)); err != nil || !info.IsDir() {
			t.Errorf("the tree names %s, which is no folder", folder)
		}
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && file != ".") {
			return fs.SkipDir
		}
		folder := path.Dir(file)
		if path.Ext(file) == ".go" && !strings.HasSuffix(file, "_test.go") && folder != "." && !named[folder] && !isBeside(folder) {
			t.Errorf("%s is not in the tree", folder)
			named[folder] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isBeside reports whether a folder belongs to one that the tree names as a whole.
func isBeside(folder string) bool {
	for _, whole := range []string{"bench", "tools", "docs", "packaging", "e2e", "scripts"} {
		if strings.HasPrefix(folder, whole+"/") || folder == whole {
			return true
		}
	}
	return false
}

// treeOf returns the folders of the first indented list that a heading "Tree" has. A line may
// name several folders side by side; two blanks of indentation are one level.
func treeOf(text string) map[string]bool {
	_, text, _ = strings.Cut(text, "## Tree")
	_, text, _ = strings.Cut(text, "```\n")
	text, _, _ = strings.Cut(text, "```")
	names := regexp.MustCompile(`^( *)((?:[a-z0-9]+(?:/[a-z0-9]+)*/ ?)+)`)
	folders, levels := map[string]bool{}, []string{}
	for line := range strings.Lines(text) {
		parts := names.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		depth := min(len(parts[1])/2, len(levels))
		levels = levels[:depth]
		above, last := path.Join(levels...), ""
		for name := range strings.FieldsSeq(parts[2]) {
			last = path.Clean(name)
			folders[path.Join(above, last)] = true
		}
		levels = append(levels, last)
	}
	return folders
}
