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
	Code []string `arg:"" optional:"" help:"errorcode"`
}

// ErrorTexts are the help of the command about errors, in Chinese and English, by their keys.
func ErrorTexts() map[string][2]string {
	return map[string][2]string{
		"errors": {"查询错误码：含义、原因、怎么办", "Look up an error code: what it means and what to do."},
		"errorcode": {
			"错误码（如 RULE_LIMIT）、错误编号（如 272758293）、请求编号，或描述、情形、接口中的词（中英文均可）；缺省列出全部",
			"Error code, such as RULE_LIMIT, number, such as 272758293, Request-ID, or words of a message, a condition or an operation; " +
				"lists all if omitted.",
		},
	}
}

// Run implements the command.
func (e *Errors) Run(c *term.Command) error {
	entries, code := catalogue.Entries(server.Operations()), strings.Join(e.Code, " ")
	if code == "" {
		return listErrors(c, entries)
	}
	if n, is := number(code); is {
		return explainNumber(c, n)
	}
	for _, entry := range entries {
		if strings.EqualFold(entry.Code, code) {
			return explainCode(c, entry)
		}
	}
	if done, err := searchErrors(c, entries, strings.Fields(code)); done {
		return err
	}
	known := make([]string, len(entries))
	for i := range entries {
		known[i] = entries[i].Code
	}
	return errNoCode(strings.ToUpper(code), known)
}

func listErrors(c *term.Command, entries []catalogue.Entry) error {
	rows := make([][]string, 0, len(entries))
	for _, entry := range entries {
		rows = append(rows, []string{entry.Code, c.Head(entry.Reason.ZH, entry.Reason.EN)})
	}
	for _, one := range catalogue.Numbers() {
		rows = append(rows, []string{strconv.Itoa(one.Number), c.Head(one.Reason.ZH, one.Reason.EN)})
	}
	return term.Format("table").Print(c, nil, []string{c.Head("错误码", "CODE"), c.Head("含义", "MEANING")}, rows)
}

// searchErrors prints what has all the words, if anything has.
func searchErrors(c *term.Command, entries []catalogue.Entry, words []string) (done bool, err error) {
	numbers := catalogue.SearchNumbers(words...)
	found := catalogue.Search(entries, words...)
	for i, entry := range found {
		if i > 0 {
			if _, err := fmt.Fprintln(c.Out); err != nil {
				return true, err
			}
		}
		if err := explainCode(c, entry); err != nil {
			return true, err
		}
	}
	for i, one := range numbers {
		if i == 0 && len(found) > 0 {
			if _, err := fmt.Fprintln(c.Out); err != nil {
				return true, err
			}
		}
		if err := explainNumber(c, one.Number); err != nil {
			return true, err
		}
	}
	return len(found)+len(numbers) > 0, nil
}

func explainCode(c *term.Command, e catalogue.Entry) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n  %s\n\n", e.Code, c.Choose(e.Reason.ZH, e.Reason.EN), c.Choose("怎么办：", "What to do: ")+c.Choose(e.Fix.ZH, e.Fix.EN))
	for _, one := range e.Cases {
		fmt.Fprintf(&b, "  %d  %s\n", one.Status, term.OrElse(one.Message, "…"))
		if c.English {
			for _, text := range one.English {
				fmt.Fprintf(&b, "       “%s”\n", text)
			}
		}
		fmt.Fprintf(&b, "       %s\n       %s\n", c.Choose(one.When.ZH, one.When.EN), strings.Join(one.Operations, ", "))
	}
	_, err := fmt.Fprint(c.Out, b.String())
	return err
}
