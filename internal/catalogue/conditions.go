package catalogue

import (
	_ "embed" // a table of texts
	"strings"
)

//go:embed conditions.txt
var conditionTable string

// conditions says in Chinese what the tables of operations say in English about each failure.
func conditions() map[string]string {
	texts := map[string]string{}
	for line := range strings.Lines(conditionTable) {
		english, chinese, _ := strings.Cut(strings.TrimSpace(line), " = ")
		texts[english] = chinese
	}
	return texts
}
