package archtest

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// promises is how many promises docs/reliability.md has.
const promises = 23

// proof is a row of scripts/proofs.tsv.
type proof struct{ promise, dir, test string }

func proofs(t *testing.T) []proof {
	t.Helper()
	var rows []proof
	for line := range strings.Lines(read(t, "../../scripts/proofs.tsv")) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("a row of the proofs is %q", line)
		}
		rows = append(rows, proof{fields[0], fields[1], fields[2]})
	}
	return rows
}

// TestEveryPromiseHasItsProof holds the table of proofs, the pages for users in both languages and the
// tests together: each promise is in all of them with the same tests, each test that is named exists,
// and a test that says what it proves names a promise.
func TestEveryPromiseHasItsProof(t *testing.T) {
	t.Parallel()
	rows := proofs(t)
	tests := testFunctions(t)
	for i := range promises {
		name := fmt.Sprintf("P%d", i+1)
		var named []string
		for _, r := range rows {
			if r.promise == name {
				named = append(named, r.test)
			}
		}
		if len(named) == 0 {
			t.Errorf("%s has no row in scripts/proofs.tsv", name)
		}
		for _, page := range []string{"../../docs/reliability.md", "../../docs/reliability.zh-CN.md"} {
			shown := regexp.MustCompile(`(?m)^\| ` + name + ` \|.*$`).FindString(read(t, page))
			if shown == "" {
				t.Errorf("%s does not have %s", page, name)
			}
			in := regexp.MustCompile("`(Test\\w+)`").FindAllString(shown, -1)
			if got := strings.ReplaceAll(strings.Join(in, " "), "`", ""); got != strings.TrimSuffix(strings.Join(named, " "), "none") {
				t.Errorf("%s names %v for %s, the table has %v", page, in, name, named)
			}
		}
	}
	for _, r := range rows {
		if r.test != "none" && tests[r.dir+" "+r.test] == "" {
			t.Errorf("%s names %s in %s, which is not there", r.promise, r.test, r.dir)
		}
	}
	says := regexp.MustCompile(`proof (P\d+):`)
	for name, text := range tests {
		for _, found := range says.FindAllStringSubmatch(text, -1) {
			if !slices.ContainsFunc(rows, func(r proof) bool { return r.promise == found[1] }) {
				t.Errorf("%s says that it proves %s, which is no promise", name, found[1])
			}
		}
	}
}

// testFunctions returns the text of every test, by its directory and name.
func testFunctions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, file := range sources(t) {
		if !isTest(path) {
			continue
		}
		content := read(t, "../../"+path)
		for _, declared := range file.tree.Decls {
			function, is := declared.(*ast.FuncDecl)
			if is && strings.HasPrefix(function.Name.Name, "Test") {
				from, to := file.set.Position(function.Pos()).Offset, file.set.Position(function.End()).Offset
				all[filepath.ToSlash(filepath.Dir(path))+" "+function.Name.Name] = content[from:to]
			}
		}
	}
	return all
}
