package wire_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
)

// TestEveryRowThatAPagePrintsIsAnsweredOnDemand walks the tables of errors that the pages of a product
// print under each of its operations.
func TestEveryRowThatAPagePrintsIsAnsweredOnDemand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		operations []wire.Operation
		file       string
		from, to   string
		least      int
	}{
		{busifavor.Operations(), "busifavor.md", "### 8.1 ", "### 8.2 ", 17},
		{favor.Operations(), "favor.md", "### 3.1 ", "### 3.2 ", 27},
	} {
		rows := printedRows(t, "../docs/contract/"+c.file, c.from, c.to)
		if len(rows) < c.least {
			t.Errorf("%s: %d rows are read, want %d or more", c.file, len(rows), c.least)
		}
		for i := range c.operations {
			op := &c.operations[i]
			for _, row := range rows {
				if _, known := op.Injectable(row.Status, row.Code, row.Message); !known {
					t.Errorf("%s has no %d %s %s", op.ID, row.Status, row.Code, row.Message)
				}
			}
		}
	}
}

// printedRows reads the errors of a part of the contract.
func printedRows(t *testing.T, path, from, to string) (rows []wire.Failure) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "\n"+from)
	part, _, _ = strings.Cut(part, "\n"+to)
	row := regexp.MustCompile("(?m)\\| (\\d{3}) \\| `?([A-Z_]+)`? \\| `?([^|`]+?)`?(?: \\([^|]*)? \\|")
	for _, m := range row.FindAllStringSubmatch(part, -1) {
		status, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, wire.Failure{Status: status, Code: m[2], Message: strings.ReplaceAll(m[3], ",", "，")})
	}
	return rows
}
