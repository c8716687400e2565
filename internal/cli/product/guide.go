package product

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// question is one that a person is asked about a stock.
type question struct {
	// flag is the flag that says the same.
	flag string
	ask  fault.Text
	// otherwise is the answer of who says nothing; "" wants one, unless optional.
	otherwise string
	optional  bool
	// choices may be answered by their number.
	choices []choice
	take    func(text string) error
}

// asked is a question without more to it.
func asked(flag, zh, en string, take func(string) error) question {
	return question{flag: flag, ask: fault.Text{ZH: zh, EN: en}, take: take}
}

// or gives a question the answer of who says nothing.
func (q question) or(otherwise string) question {
	q.otherwise = otherwise
	return q
}

// of gives a question its choices, of which the first one is that of who says nothing.
func (q question) of(choices ...choice) question {
	q.choices, q.otherwise = choices, choices[0].value
	return q
}

// choice is one of a few answers.
type choice struct {
	value string
	text  fault.Text
}

// guide asks a person what to create.
type guide struct {
	*creation
	environment *sandbox.Environment
}

// maxTries bounds how often one question is asked.
const maxTries = 10

// run asks all questions. Which ones there are may depend on the answers so far.
func (g *guide) run() error {
	g.Say("创建批次：回车采用方括号中的值，Ctrl-C 放弃。", "A new stock: Enter takes what is in brackets, Ctrl-C gives up.")
	for i, list := 0, g.questions(); i < len(list); i, list = i+1, g.questions() {
		if err := g.ask(list[i]); err != nil {
			return err
		}
	}
	return nil
}

// ask asks until the answer is one.
func (g *guide) ask(q question) error {
	for range maxTries {
		g.prompt(q)
		typed, err := g.ReadLine()
		if err != nil {
			return err
		}
		wrong := g.answer(q, typed)
		if wrong == nil {
			return nil
		}
		g.Say("  ✘ %s", "  ✘ %s", g.Sentence(wrong))
	}
	return errTries
}

var errTries = fault.New(fault.Refused, "没有得到可用的回答，什么也没有创建", "There was no answer that works; nothing was created.")

func (g *guide) prompt(q question) {
	for i, one := range q.choices {
		_, _ = fmt.Fprintf(g.Err, "  %d  %s\n", i+1, g.Choose(one.text.ZH, one.text.EN))
	}
	text := g.Choose(q.ask.ZH, q.ask.EN)
	switch {
	case q.otherwise != "":
		text += " [" + q.shown() + "]"
	case q.optional:
		text += g.Choose(" [无]", " [none]")
	}
	_, _ = fmt.Fprint(g.Err, text+g.Choose("：", ": "))
}

// shown is how the answer of who says nothing is shown.
func (q question) shown() string {
	for i, one := range q.choices {
		if one.value == q.otherwise {
			return strconv.Itoa(i + 1)
		}
	}
	return q.otherwise
}

// answer takes an answer, or says what is wrong with it.
func (g *guide) answer(q question, typed string) error {
	if typed == "" {
		typed = q.otherwise
	}
	switch {
	case typed == "" && q.optional:
		return nil
	case typed == "":
		return fault.New(fault.Refused, "这一项必须回答", "This needs an answer.")
	case len(q.choices) > 0:
		value, is := q.chosen(typed)
		if !is {
			most := strconv.Itoa(len(q.choices))
			return fault.New(fault.Refused, "请回答编号，1到"+most, "Answer with a number, 1 to "+most+".")
		}
		typed = value
	}
	if err := q.take(typed); err != nil {
		return err
	}
	return g.objection(q.flag)
}

// chosen is the choice that is meant: by its number, or as it is.
func (q question) chosen(typed string) (string, bool) {
	for i, one := range q.choices {
		if typed == strconv.Itoa(i+1) || strings.EqualFold(typed, one.value) {
			return one.value, true
		}
	}
	return "", false
}

// objection is what the declaration of the request says against the value of a flag.
func (g *guide) objection(flag string) error {
	body, err := g.body(g.environment)
	if err != nil {
		return err
	}
	list, _, err := g.violations(body)
	if err != nil {
		return err
	}
	for _, v := range list {
		if g.flags[v.Field] == flag {
			return fault.New(fault.Refused, v.Brief(), v.Issue)
		}
	}
	return nil
}

// confirm shows what would be sent, and asks.
func (n *creation) confirm(body []byte) error {
	n.Say("\n将发送到 %s 的 %s %s：", "\nTo be sent to %s, %s %s:", n.address(), n.op.Method, n.op.Path)
	if err := term.PrintJSON(n.Err, body); err != nil {
		return err
	}
	_, _ = fmt.Fprint(n.Err, n.Choose("发送吗？[Y/n] ", "Send it? [Y/n] "))
	typed, err := n.ReadLine()
	if err != nil {
		return err
	}
	switch strings.ToLower(typed) {
	case "", "y", "yes", "是", "好":
		return nil
	}
	n.Say("没有发送，什么也没有创建。", "Nothing was sent, and nothing created.")
	return term.ErrReported
}

// address is where calls go.
func (n *creation) address() string {
	e, err := n.create.Environment(n.Command)
	if err != nil {
		return ""
	}
	return term.OrElse(n.BaseURL, e.APIURL)
}

// Ways to take an answer.

func takeText(into *string) func(string) error {
	return func(typed string) error {
		*into = typed
		return nil
	}
}

func takeNumber(into *int64) func(string) error {
	return func(typed string) error {
		n, err := strconv.ParseInt(typed, 10, 64)
		if err != nil {
			return fault.New(fault.Refused, "“"+typed+"”不是整数", strconv.Quote(typed)+" is not a whole number.")
		}
		*into = n
		return nil
	}
}

// takeYuan takes an amount in yuan.
func takeYuan(into *int64) func(string) error {
	return func(typed string) error {
		n, is := parseYuan(typed)
		if !is {
			return fault.New(fault.Refused, "“"+typed+"”不是金额，如 5 或 5.50", strconv.Quote(typed)+" is not an amount such as 5 or 5.50.")
		}
		*into = n
		return nil
	}
}

// parseYuan reads an amount in yuan with at most two decimals, and returns it in fen.
func parseYuan(typed string) (int64, bool) {
	typed = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(typed, "¥"), "￥"), "元")
	whole, part, has := strings.Cut(typed, ".")
	const decimals, most = 2, 9
	if whole == "" || len(whole) > most || len(part) > decimals || has && part == "" {
		return 0, false
	}
	digits := whole + part + strings.Repeat("0", decimals-len(part))
	if strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

// takeTime takes a time, and keeps it as it was typed.
func takeTime(into *string) func(string) error {
	return func(typed string) error {
		if typed == nowWord {
			*into = ""
			return nil
		}
		if _, err := until(typed, time.Time{}); err != nil {
			return err
		}
		*into = typed
		return nil
	}
}

// nowWord is an answer to when.
const nowWord = "now"

// until reads a time, or how long after another one it is.
func until(typed string, from time.Time) (time.Time, error) {
	if span, err := term.ParseSpan(typed); err == nil {
		return from.Add(span), nil
	}
	at, err := term.ParseTime(typed)
	if err != nil {
		return at, err //nolint:wrapcheck // it is for the user as it is
	}
	return at, nil
}

// times are when a stock begins and ends: from now for thirty days, if nothing is said.
func (k *create) times(now time.Time) (begin, end time.Time, err error) {
	const usual = 30 // days
	begin = now
	if k.From != "" {
		if begin, err = until(k.From, now); err != nil {
			return begin, end, &term.While{Text: fault.Text{ZH: "--from", EN: "--from"}, Err: err}
		}
	}
	end = begin.AddDate(0, 0, usual)
	if k.Until != "" {
		if end, err = until(k.Until, begin); err != nil {
			return begin, end, &term.While{Text: fault.Text{ZH: "--until", EN: "--until"}, Err: err}
		}
	}
	return begin, end, nil
}
