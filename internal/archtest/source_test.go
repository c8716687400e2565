package archtest

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "record the present sizes")

// Bounds of what may grow without anybody noticing. The recorded sizes of what is larger
// may shrink, not grow; a new file or function must keep the bound.
const (
	maxFileLines     = 400
	maxFunctionLines = 45
	maxColumns       = 140 // a tab takes one column
	recordFile       = "testdata/sizes.json"
)

// sizes records what is larger than the bounds, and in how many lines.
type sizes struct {
	// WideLines is how many lines of Go are wider than maxColumns, in the whole module.
	WideLines int            `json:"wide_lines"`
	Files     map[string]int `json:"files"`
	Functions map[string]int `json:"functions"`
}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	t.Parallel()
	found := sizes{Files: map[string]int{}, Functions: map[string]int{}}
	for path, file := range sources(t) {
		lines := file.set.File(file.tree.Pos()).LineCount()
		if limit := maxFileLines; lines > limit && !isTest(path) {
			found.Files[path] = lines
		}
		for name, length := range functions(file) {
			if length > maxFunctionLines && !isTest(path) {
				found.Functions[path+" "+name] = length
			}
		}
	}
	found.WideLines = wideLines(t)
	if *update {
		record(t, found)
	}
	known := recorded(t)
	if found.WideLines > known.WideLines {
		t.Errorf("%d lines are wider than %d columns, %d are allowed: wrap yours (with fewer, -update records it)", found.WideLines, maxColumns, known.WideLines)
	}
	compare(t, "file", found.Files, known.Files, maxFileLines)
	compare(t, "function", found.Functions, known.Functions, maxFunctionLines)
}

// wideLines counts lines of Go, in characters.
func wideLines(t *testing.T) (n int) {
	t.Helper()
	for path := range sources(t) {
		for line := range strings.Lines(read(t, "../../"+path)) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > maxColumns {
				n++
			}
		}
	}
	return n
}

func isTest(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.Contains(path, "storetest/")
}

func compare(t *testing.T, kind string, found, known map[string]int, limit int) {
	t.Helper()
	for name, lines := range found {
		if lines > max(limit, known[name]) {
			t.Errorf("%s %s has %d lines, at most %d are allowed", kind, name, lines, max(limit, known[name]))
		}
	}
	for name, lines := range known {
		if found[name] < lines {
			t.Errorf("%s %s shrank from %d to %d lines: record it with -update", kind, name, lines, found[name])
		}
	}
}

func record(t *testing.T, s sizes) {
	t.Helper()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recordFile, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

func recorded(t *testing.T) sizes {
	t.Helper()
	text, err := os.ReadFile(recordFile)
	if err != nil {
		t.Fatal(err)
	}
	var s sizes
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// clockReaders are the files that may read the machine's clock.
func clockReaders() []string {
	return []string{
		"internal/base/clock/clock.go",
		"client/client.go",                 // the default of Config.Now
		"docs/examples/quickstart/main.go", // a sample for users, who have no clock of ours
	}
}

func TestOnlyTheClockReadsTheTime(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t) {
		if isTest(path) || slices.Contains(clockReaders(), path) || strings.HasPrefix(path, "cmd/") {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
				t.Errorf("%s reads the clock", file.set.Position(n.Pos()))
			}
			return true
		})
	}
}

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t) {
		if !isTest(path) {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && (pkg.Name == "time" && selector.Sel.Name == "Sleep" || pkg.Name == "t" && selector.Sel.Name == "Skip") {
					t.Errorf("%s: %s.%s", file.set.Position(n.Pos()), pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestTestNamesAreSentences wants at least three words after "Test".
func TestTestNamesAreSentences(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`[A-Z][a-z0-9]*`)
	for path, file := range sources(t) {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, d := range file.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" && len(word.FindAllString(f.Name.Name, -1)) < 4 {
				t.Errorf("%s: %s is no sentence", path, f.Name.Name)
			}
		}
	}
}

// source is a parsed file.
type source struct {
	set  *token.FileSet
	tree *ast.File
}

// sources parses every Go file of the module.
func sources(t *testing.T) map[string]source {
	t.Helper()
	all := map[string]source{}
	err := filepath.WalkDir("../..", func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata", "bin", ".cache"}, entry.Name()) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(strings.TrimPrefix(path, "../../"))] = source{set: set, tree: tree}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// functions returns the lines of every function body.
func functions(file source) map[string]int {
	lengths := map[string]int{}
	for _, d := range file.tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			name = fmt.Sprintf("%s.%s", receiver(f.Recv.List[0].Type), name)
		}
		lengths[name] = file.set.Position(f.Body.Rbrace).Line - file.set.Position(f.Body.Lbrace).Line - 1
	}
	return lengths
}

func receiver(e ast.Expr) string {
	switch typed := e.(type) {
	case *ast.StarExpr:
		return receiver(typed.X)
	case *ast.IndexExpr:
		return receiver(typed.X)
	case *ast.Ident:
		return typed.Name
	default:
		return "?"
	}
}
