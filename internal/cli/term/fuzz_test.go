package term_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/favord/favord/internal/cli/term"
)

// FuzzNoCellBecomesAFormula writes a cell as CSV and reads it as a spreadsheet does: it is the same
// text, and begins no formula.
func FuzzNoCellBecomesAFormula(f *testing.F) {
	for _, seed := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "a,b", "\"", "a\nb", "", " =1", "'=1", "\n=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		var text bytes.Buffer
		if err := term.PrintCSV(&text, [][]string{{"x", cell}}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&text).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q gives %q, %v", cell, rows, err)
		}
		got := rows[0][1]
		// Readers of CSV take a line end within a cell for one character.
		if strings.TrimPrefix(got, "'") != strings.ReplaceAll(strings.TrimPrefix(cell, "'"), "\r\n", "\n") {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if got != "" && strings.ContainsRune("=+-@\t\r", rune(got[0])) {
			t.Errorf("%q begins a formula", got)
		}
	})
}
