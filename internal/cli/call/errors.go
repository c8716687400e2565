package call

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/catalogue"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/server"
)

// Errors explains the errors of the API.
type Errors struct {
	Code string `arg:"" optional:"" help:"errorcode"`
}

// ErrorTexts are the help of the command about errors, in Chinese and English, by their keys.
func ErrorTexts() map[string][2]string {
	return map[string][2]string{
		"errors":    {"查询错误码：含义、原因、怎么办", "Look up an error code: what it means and what to do."},
		"errorcode": {"错误码（如 RULE_LIMIT）、错误编号（如 272758293）或请求编号；缺省列出全部", "Error code, such as RULE_LIMIT, number, such as 272758293, or Request-ID; lists all if omitted."},
	}
}

// Run implements the command.
func (e *Errors) Run(c *term.Command) error {
	entries := catalogue.Entries(server.Operations())
	if e.Code == "" {
		rows := make([][]string, 0, len(entries))
		for _, entry := range entries {
			rows = append(rows, []string{entry.Code, c.Head(entry.Reason.ZH, entry.Reason.EN)})
		}
		for _, one := range catalogue.Numbers() {
			rows = append(rows, []string{strconv.Itoa(one.Number), c.Head(one.Reason.ZH, one.Reason.EN)})
		}
		return term.Format("table").Print(c, nil, []string{c.Head("错误码", "CODE"), c.Head("含义", "MEANING")}, rows)
	}
	if n, is := number(e.Code); is {
		return explainNumber(c, n)
	}
	for _, entry := range entries {
		if strings.EqualFold(entry.Code, e.Code) {
			return explainCode(c, entry)
		}
	}
	known := make([]string, len(entries))
	for i := range entries {
		known[i] = entries[i].Code
	}
	return errNoCode(strings.ToUpper(e.Code), known)
}

func explainCode(c *term.Command, e catalogue.Entry) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n  %s\n\n", e.Code, c.Choose(e.Reason.ZH, e.Reason.EN), c.Choose("怎么办：", "What to do: ")+c.Choose(e.Fix.ZH, e.Fix.EN))
	for _, one := range e.Cases {
		fmt.Fprintf(&b, "  %d  %s\n       %s\n       %s\n", one.Status, term.OrElse(one.Message, "…"), c.Choose(one.When.ZH, one.When.EN), strings.Join(one.Operations, ", "))
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}
