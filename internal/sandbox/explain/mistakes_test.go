package explain_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/internal/sandbox/explain"
)

// mistake is what clients get wrong most often; web/e2e/explain.spec.ts shows the same ones to the console.
type mistake struct {
	Name, Method, Target, Body string
	// Message is what was signed, with {timestamp} and {nonce}.
	Message string
	Cause   explain.Cause
	ZH, EN  string
	// Byte is the first one that differs.
	Byte int
}

// TestTheUsualMistakesAreNamedWithTheirByte goes through those that the console's test goes through.
func TestTheUsualMistakesAreNamedWithTheirByte(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/mistakes.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []mistake
	if err := json.Unmarshal(text, &all); err != nil || len(all) != 12 {
		t.Fatalf("%d mistakes, %v", len(all), err)
	}
	said := strings.NewReplacer("{timestamp}", strconv.FormatInt(at().Unix(), 10), "{nonce}", nonce)
	for _, m := range all {
		s := sample{method: m.Method, target: m.Target, body: m.Body, message: said.Replace(m.Message)}
		f := explain.Signature(s.request(), known())
		named := len(f.Causes) == 1 && f.Causes[0] == m.Cause
		if !named || !strings.Contains(f.Text.ZH, m.ZH) || !strings.Contains(f.Text.EN, m.EN) {
			t.Errorf("%s: %v %s %s", m.Name, f.Causes, f.Text.ZH, f.Text.EN)
		}
		if f.Difference == nil || f.Difference.Byte != m.Byte {
			t.Errorf("%s: the first difference is %+v, want byte %d", m.Name, f.Difference, m.Byte)
		}
	}
}
