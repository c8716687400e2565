package catalogue_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/catalogue"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/wire"
)

// TestTheEnglishMessagesAreThoseThatTheServerSays compares messages.txt with the faults in the sources;
// -update writes it.
func TestTheEnglishMessagesAreThoseThatTheServerSays(t *testing.T) {
	t.Parallel()
	said := faults(t)
	for _, p := range []wire.Product{wire.Favor, wire.BusiFavor} { // texts that differ by product
		said[wire.RateText(p)], said[wire.FailureText(p)] = said["频率限制"], said["系统异常，请稍后重试"]
	}
	var lines []string
	for _, e := range catalogue.Entries(httpapi.Operations()) {
		for _, c := range e.Cases {
			for _, english := range said[c.Message] {
				lines = append(lines, strings.TrimSpace(c.Message)+" = "+english)
			}
			if c.Message != "" && len(said[c.Message]) == 0 && e.Code != "PARAM_ERROR" { // whose texts declarations have
				t.Errorf("no English is known of %s %q", e.Code, c.Message)
			}
		}
	}
	slices.Sort(lines)
	want := strings.Join(slices.Compact(lines), "\n") + "\n"
	if *update {
		if err := os.WriteFile("messages.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), want); diff != "" {
		t.Errorf("messages.txt is out of date (go test ./internal/catalogue -update):\n%s", diff)
	}
}

// faults are the texts of faults in the sources of the server: Chinese ones with their English.
func faults(t *testing.T) map[string][]string {
	t.Helper()
	said := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		apart := entry.IsDir() && slices.Contains([]string{"cli", "config", "sandbox", "catalogue", "load"}, entry.Name())
		switch {
		case err != nil:
			return err
		case apart:
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var parts []ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				parts = n.Args
			case *ast.CompositeLit:
				parts = n.Elts
			}
			for i := 0; i+1 < len(parts); i++ {
				if zh, en := literal(parts[i]), literal(parts[i+1]); zh != "" && en != "" {
					said[zh] = append(said[zh], en)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// literal is a text that is written down, in parts perhaps; "" for anything else.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value) // no text for a number
		return text
	case *ast.KeyValueExpr:
		return literal(e.Value)
	case *ast.BinaryExpr:
		left, right := literal(e.X), literal(e.Y)
		if left != "" && right != "" {
			return left + right
		}
	}
	return ""
}

func TestASearchFindsBothLanguagesWhateverTheCase(t *testing.T) {
	t.Parallel()
	entries := catalogue.Entries(httpapi.Operations())
	for words, want := range map[string]string{
		"THE STOCK IS NOT RUNNING":   "RULE_LIMIT", // a message in English
		"活动已结束或未激活":                  "INVALID_REQUEST",
		"already Associated another": "",
		"another ORDER associated":   "INVALID_REQUEST", // a condition
		"top it up":                  "NOT_ENOUGH",
		"rule_limit":                 "RULE_LIMIT",
		"coupons.send NOT_ENOUGH":    "NOT_ENOUGH", // an operation, and a code
	} {
		found := catalogue.Search(entries, strings.Fields(words)...)
		has := slices.ContainsFunc(found, func(e catalogue.Entry) bool { return e.Code == want })
		if has != (want != "") || want == "" && len(found) > 0 {
			t.Errorf("%q finds %d entries, not %q", words, len(found), want)
		}
		for _, e := range found {
			if len(e.Cases) == 0 {
				t.Errorf("%q finds %s without a case", words, e.Code)
			}
		}
	}
	if found := catalogue.SearchNumbers("risk", "CONTROL"); len(found) != 1 || found[0].Number != 268697610 {
		t.Errorf("%+v", found)
	}
}
