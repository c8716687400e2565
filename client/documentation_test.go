package client_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryMethodHasAnExampleThatRuns: the examples are the manual. The management port has
// its own.
func TestEveryMethodHasAnExampleThatRuns(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var exported []string
	examples := map[string]bool{}
	for _, name := range names {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			switch {
			case !is:
			case strings.HasPrefix(f.Name.Name, "Example"):
				examples[f.Name.Name] = hasOutput(file, f)
			case !strings.HasSuffix(name, "_test.go") && f.Name.IsExported():
				exported = append(exported, exampleOf(f))
			}
		}
	}
	for _, want := range exported {
		if strings.HasPrefix(want, "ExampleManagement") || want == "ExampleNewManagement" || want == "" {
			continue
		}
		if runs, there := examples[want]; !runs {
			t.Errorf("client/example_*_test.go: %s is there: %v, and has an output, so that it runs: %v", want, there, runs)
		}
	}
	if len(exported) < 50 {
		t.Errorf("only %d functions", len(exported))
	}
}

// exampleOf names the example of a function; "" needs none.
func exampleOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return "Example" + f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if pointer, is := receiver.(*ast.StarExpr); is {
		receiver = pointer.X
	}
	owner, is := receiver.(*ast.Ident)
	// What errors and interfaces of the library ask for explains itself.
	if !is || !owner.IsExported() || f.Name.Name == "Error" || f.Name.Name == "Unwrap" {
		return ""
	}
	return "Example" + owner.Name + "_" + f.Name.Name
}

// hasOutput reports whether go test runs an example.
func hasOutput(file *ast.File, f *ast.FuncDecl) bool {
	for _, group := range file.Comments {
		if group.Pos() > f.Body.Pos() && group.End() < f.Body.End() && strings.HasPrefix(strings.ToLower(group.Text()), "output:") {
			return true
		}
	}
	return false
}

// TestTheGuideIsMadeOfSamplesThatCompile: every block of Go in docs/client.md and its
// translation stands in a file of examples, word for word.
func TestTheGuideIsMadeOfSamplesThatCompile(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	names, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(withoutIndent(string(text)))
	}
	for _, guide := range []string{"../docs/client.md", "../docs/client.zh-CN.md"} {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		samples := strings.Split(string(text), "```go\n")[1:]
		if len(samples) < 5 {
			t.Errorf("%s has %d samples", guide, len(samples))
		}
		for _, sample := range samples {
			code, _, _ := strings.Cut(sample, "```")
			if !strings.Contains(sources.String(), string(withoutIndent(code))) {
				t.Errorf("%s: no example has\n%s", guide, code)
			}
		}
	}
}

func withoutIndent(text string) []byte {
	var out []byte
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(line)...)
		out = append(out, '\n')
	}
	return out
}
