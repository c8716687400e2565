package openapi

import (
	_ "embed" // a table of texts
	"strings"
)

//go:embed titles.txt
var titleTable string

// titles says in English what the tables of signed operations call their fields in Chinese.
func titles() map[string]string {
	texts := map[string]string{}
	for line := range strings.Lines(titleTable) {
		chinese, english, _ := strings.Cut(strings.TrimSpace(line), " = ")
		texts[chinese] = english
	}
	return texts
}
