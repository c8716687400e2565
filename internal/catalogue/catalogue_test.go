package catalogue_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/catalogue"
	"github.com/favord/favord/internal/edge/httpapi"
)

var update = flag.Bool("update", false, "write the pages")

func TestEveryCodeSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, e := range catalogue.Entries(httpapi.Operations()) {
		for _, text := range []string{e.Reason.ZH, e.Reason.EN, e.Fix.ZH, e.Fix.EN} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s lacks advice", e.Code)
			}
		}
		if len(e.Cases) == 0 {
			t.Errorf("%s has no case", e.Code)
		}
		for _, c := range e.Cases {
			if c.When.ZH == "" || c.When.EN == "" {
				t.Errorf("%s: conditions has no Chinese for %q", e.Code, c.When.EN)
			}
		}
	}
}

// TestThePagesAreUpToDate compares the documents with the tables; -update writes them.
func TestThePagesAreUpToDate(t *testing.T) {
	t.Parallel()
	entries := catalogue.Entries(httpapi.Operations())
	for file, lang := range map[string]catalogue.Language{"errors.md": catalogue.English, "errors.zh-CN.md": catalogue.Chinese} {
		page := catalogue.Markdown(entries, lang)
		path := "../../docs/" + file
		if *update {
			if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(have), page); diff != "" {
			t.Errorf("%s is out of date (go test ./internal/catalogue -update):\n%s", file, diff)
		}
	}
}

// TestEveryNumberSaysWhatItMeans, once, and what to do.
func TestEveryNumberSaysWhatItMeans(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, n := range catalogue.Numbers() {
		if seen[n.Number] || n.Number <= 0 || n.Reason.ZH == "" || n.Reason.EN == "" || n.Fix.ZH == "" || n.Fix.EN == "" {
			t.Errorf("%+v", n)
		}
		seen[n.Number] = true
	}
}
