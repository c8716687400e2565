package explain

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Causes that lie in what a receiver did with a notification before it verified it.
const (
	ReceivedSwapped Cause = "TIMESTAMP_NONCE_SWAPPED"
	ReceivedBlank   Cause = "BLANK_ADDED"
)

// adviceThree is about the lines that a receiver verifies.
func adviceThree() advice {
	return advice{
		ZH: `验签串共三行：Wechatpay-Timestamp、Wechatpay-Nonce、收到的原始包体，每行都以一个换行符（\n）结尾`,
		EN: `verify over three lines, Wechatpay-Timestamp, Wechatpay-Nonce and the body as it arrived, each with one line feed (\n) at its end`,
	}
}

// found is what a receiver did, in words and for programs.
type found struct {
	causes []Cause
	zh, en []string
}

func (f *found) note(cause Cause, zh, en string) {
	if !slices.Contains(f.causes, cause) {
		f.causes = append(f.causes, cause)
	}
	f.zh, f.en = append(f.zh, zh), append(f.en, en)
}

// finding is about a message that was verified in place of the one that the platform signed.
func (f *found) finding(zh, en string, signed, verified []byte, do advice) Finding {
	c := clause{cause: f.causes[0], zh: zh + strings.Join(f.zh, "、"), en: en + strings.Join(f.en, ", ")}
	out := findingAt(nil, c)
	out.Causes = f.causes
	out.Difference = differ(verified, signed)
	where := out.Difference.textAs("验签用的是", "平台签名的是", "was verified instead of")
	out.Text.ZH = strings.TrimSuffix(out.Text.ZH, "。") + where.ZH + "，" + do.ZH + "。"
	out.Text.EN = strings.TrimSuffix(out.Text.EN, ".") + where.EN + ": " + do.EN + "."
	out.Expected, out.Signed = string(signed), string(verified)
	return out
}

// changes says what became of a body on its way from the platform to the verification.
func changes(sent, got []byte) *found {
	f := new(found)
	if bytes.HasPrefix(got, []byte("\ufeff")) && !bytes.HasPrefix(sent, []byte("\ufeff")) {
		f.note(BodyBOM, "多了BOM", "has a byte order mark")
		got = bytes.TrimPrefix(got, []byte("\ufeff"))
	}
	f.noteEdges(sent, got)
	a, okA := parseJSON(sent)
	b, okB := parseJSON(got)
	if okA && okB {
		f.noteJSON(sent, got, &a, &b)
	}
	return f
}

// noteEdges looks at what stands around a document, and at its line ends.
func (f *found) noteEdges(sent, got []byte) {
	edge := func(text []byte) string {
		return string(text[:len(text)-len(bytes.TrimLeft(text, " \t\r\n"))]) + "|" + string(text[len(bytes.TrimRight(text, " \t\r\n")):])
	}
	switch a, b := edge(sent), edge(got); {
	case a == b:
	case strings.Trim(a, "\r\n") == strings.Trim(b, "\r\n"):
		f.note(BodyLineEnd, "首尾换行不同", "has other line ends around it")
	default:
		f.note(BodyTrimmed, "首尾空白不同", "has other blanks around it")
	}
	if inner := bytes.TrimSpace(got); bytes.Contains(inner, []byte("\r\n")) && !bytes.Contains(sent, []byte("\r\n")) {
		f.note(BodyCRLF, `换行成了 \r\n`, `has \r\n for line feeds`)
	}
}

// noteJSON compares two spellings of a document.
func (f *found) noteJSON(sent, got []byte, a, b *node) {
	if !slices.Equal(names(a), names(b)) {
		if slices.Equal(slices.Sorted(slices.Values(names(a))), slices.Sorted(slices.Values(names(b)))) {
			f.note(BodyKeyOrder, "字段次序不同", "has its members in another order")
		} else {
			f.note(BodyReformatted, "字段多了或少了", "has other members")
		}
	}
	for _, e := range []struct{ pattern, zh, en string }{
		{`\\/`, `/ 写成了 \/`, `has \/ for /`},
		{`\\u[0-9a-fA-F]{4}`, `字符写成了 \uXXXX`, `has \uXXXX for characters`},
	} {
		if escape := regexp.MustCompile(e.pattern); len(escape.FindAll(got, -1)) != len(escape.FindAll(sent, -1)) {
			f.note(BodyEscapes, e.zh, e.en)
		}
	}
	switch x, y := outside(sent), outside(got); {
	case x == y:
	case strings.ContainsAny(y, "\n\t"):
		f.note(BodyReformatted, "多了缩进", "is indented")
	case y == "":
		f.note(BodyReformatted, "空格被去掉", "has lost its blanks")
	default:
		f.note(BodyReformatted, "多了空格", "has other blanks")
	}
}

// names lists the names of all members in their order.
func names(n *node) []string {
	var list []string
	for i := range n.members {
		list = append(list, n.members[i].name)
		list = append(list, names(&n.members[i].value)...)
	}
	return list
}

// outside is the white space between the tokens of a document.
func outside(text []byte) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, c := range bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			b.WriteByte(c)
		}
	}
	return b.String()
}

// envelopes are the orders in which the platform writes the members of notifications
// (protocol 6.1).
func envelopes() [][]string {
	sealed := []string{"original_type", "algorithm", "ciphertext", "associated_data", "nonce"}
	return [][]string{
		append([]string{"id", "create_time", "resource_type", "event_type", "summary", "resource"}, sealed...),
		append([]string{"id", "summary", "resource", "create_time", "event_type", "resource_type"}, sealed...),
	}
}

// ordered is a document with its members in the order of a list; those that are not in it come
// last, as they are.
func ordered(n *node, list []string) node {
	out := *n
	out.members = slices.Clone(n.members)
	for i := range out.members {
		out.members[i].value = ordered(&out.members[i].value, list)
	}
	if n.kind != '{' {
		return out
	}
	place := func(m member) int {
		if i := slices.Index(list, m.name); i >= 0 {
			return i
		}
		return len(list)
	}
	slices.SortStableFunc(out.members, func(a, b member) int { return place(a) - place(b) })
	return out
}

// originals calls try with what a body may have been when the platform signed it, the likely
// ones first, until it reports true.
func originals(got []byte, try func(body []byte) bool) bool {
	text := bytes.TrimPrefix(got, []byte("\ufeff"))
	trimmed := bytes.TrimSpace(text)
	if slices.ContainsFunc([][]byte{
		text, trimmed, append(slices.Clone(trimmed), '\n'), bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")),
		bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")),
	}, try) {
		return true
	}
	document, ok := parseJSON(got)
	if !ok || document.kind == '"' || len(got) > maxRewritten {
		return false
	}
	documents := []node{document}
	for _, list := range envelopes() {
		documents = append(documents, ordered(&document, list))
	}
	for _, s := range styles() {
		for i := range documents {
			if try([]byte(s.render(&documents[i]))) {
				return true
			}
		}
	}
	return false
}
