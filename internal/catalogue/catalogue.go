// Package catalogue explains the errors of the API: what each code means, what to do, and which
// operations answer with it. It is made from the tables of operations.
package catalogue

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/favord/favord/wire"
)

// Entry is one code.
type Entry struct {
	Code string
	// Reason says what the code means, Fix what to do.
	Reason, Fix wire.Text
	Cases       []Case
}

// Case is one documented answer with the code.
type Case struct {
	Status int
	// Message is the text in Chinese; "" when it differs.
	Message string
	// English are the texts in English that stand for the message.
	English []string
	// When says what leads to it.
	When wire.Text
	// Operations are the ids of those that answer so; nil stands for all of a product.
	Operations []string
}

// Entries returns the catalogue of operations, by code.
func Entries(operations []wire.Operation) []Entry {
	cases := map[string]map[wire.Failure][]string{}
	note := func(f wire.Failure, operation string) {
		if cases[f.Code] == nil {
			cases[f.Code] = map[wire.Failure][]string{}
		}
		cases[f.Code][f] = append(cases[f.Code][f], operation)
	}
	for i := range operations {
		op := &operations[i]
		for _, f := range wire.Common(op.Product) {
			note(f, string(op.Product)+".*")
		}
		for _, f := range op.Failures {
			note(f, op.ID)
		}
	}
	chinese, english := conditions(), messages()
	var entries []Entry
	for _, code := range slices.Sorted(maps.Keys(cases)) {
		e := Entry{Code: code, Reason: advice()[code].reason, Fix: advice()[code].fix}
		for f, ids := range cases[code] {
			slices.Sort(ids)
			e.Cases = append(e.Cases, Case{
				Status: f.Status, Message: f.Message, English: english[strings.TrimSpace(f.Message)], When: wire.Text{ZH: chinese[f.When], EN: f.When},
				Operations: slices.Compact(ids),
			})
		}
		slices.SortFunc(e.Cases, func(a, b Case) int {
			return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Message, b.Message), cmp.Compare(a.When.EN, b.When.EN))
		})
		entries = append(entries, e)
	}
	return entries
}

// Language chooses a text.
type Language func(zh, en string) string

// Chinese and English are the languages.
func Chinese(zh, _ string) string { return zh }

// English chooses the English text.
func English(_, en string) string { return en }

// Markdown returns the catalogue as a page.
func Markdown(entries []Entry, lang Language) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", lang("错误码", "Errors"), lang(
		"由接口表生成：`go test ./internal/catalogue -update`。命令行查询：`favord errors RULE_LIMIT`。请按 `code` 判断，不要解析 `message`；同一 `code` 的原因以 `message` 区分。",
		"Made from the tables of operations: `go test ./internal/catalogue -update`. On the command line: `favord errors RULE_LIMIT`. "+
			"Programs decide by `code`, never by `message`; the message tells people which case it is."))
	for _, e := range entries {
		fmt.Fprintf(&b, "\n## %s\n\n%s  \n**%s** %s\n\n", e.Code, lang(e.Reason.ZH, e.Reason.EN), lang("怎么办：", "What to do:"), lang(e.Fix.ZH, e.Fix.EN))
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n|---|---|---|---|\n", lang("状态", "Status"), "message", lang("何时", "When"), lang("接口", "Operations"))
		for _, c := range e.Cases {
			fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", c.Status, cell(c.Message), cell(lang(c.When.ZH, c.When.EN)), cell(strings.Join(c.Operations, ", ")))
		}
	}
	fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| %s | code | %s | %s |\n|---|---|---|---|\n", lang("错误编号", "Numbers"), lang(
		"应答头 `Request-ID` 的末尾和领券页上的编号；命令行查询：`favord errors 272758293`。",
		"They stand at the end of the header `Request-ID` and on the claim page; on the command line: `favord errors 272758293`."),
		lang("编号", "Number"), lang("含义", "Meaning"), lang("怎么办", "What to do"))
	for _, n := range Numbers() {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", n.Number, cell(n.Code), cell(lang(n.Reason.ZH, n.Reason.EN)), cell(lang(n.Fix.ZH, n.Fix.EN)))
	}
	return b.String()
}

// cell escapes what would end a cell of a table.
func cell(text string) string {
	if text == "" {
		return "–"
	}
	return strings.NewReplacer("|", `\|`, "\n", " ", "*", `\*`).Replace(text)
}
